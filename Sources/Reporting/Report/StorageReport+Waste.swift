import Figures

/// The sections of what is there too often, what nothing names, and of all images.
extension StorageReport {
    func duplicateSection(_ scope: Scope, _ download: (String) -> String?, _ links: Links) -> Section {
        let body: String
        if let duplicates = scope.duplicates {
            body =
                duplicates.rows.isEmpty
                ? "<p>None: no content is kept under two digests.</p>\n"
                : TableView(
                    id: anchor("duplicates-table", scope), caption: "Content kept more than once", table: duplicates,
                    columns: duplicateColumns(scope, links),
                    sortedBy: "duplicate_bytes", firstRows: 10, download: download("duplicates"), units: units
                ).html
        } else {
            // Engines keep layers unpacked: what was compressed twice is one layer there.
            body =
                scope.id == "unpacked"
                ? "<p>Nothing to look for: these sources keep layers unpacked, so none is compressed twice.</p>\n"
                : "<p>Not known: no source here tells what its layers hold unpacked.</p>\n"
        }
        return Section(
            id: "duplicates", title: "Duplicates",
            lead: "The same content compressed again, and so kept again: all copies but the smallest.", body: body)
    }

    private func duplicateColumns(_ scope: Scope, _ links: Links) -> [TableView.Column] {
        var columns: [TableView.Column] = [
            .init("diff_id", "Content (diffID)", link: links.layer),
            .bar("Kept again", parts: ["duplicate_bytes"], shades: ["fw"]), .init("duplicate_bytes", "Kept again"),
            .init("bytes", "All copies"), .init("copies", "Copies"), .init("digests", "Blobs", limit: 60),
            .init("instruction", "Instruction", isCode: true, limit: 120),
        ]
        if scope.sources.count > 1 { columns.append(.init("source", "Source")) }
        return columns
    }

    func wasteSection(
        _ scope: Scope, _ download: (String) -> String?, _ links: Links
    ) -> Section {
        var body = ""
        if scope.waste.rows.isEmpty && scope.dangling.rows.isEmpty {
            body = "<p>None was found.</p>\n"
        } else {
            body +=
                TableView(
                    id: anchor("waste-table", scope), caption: "Waste by kind", table: scope.waste,
                    columns: [
                        .init("kind", "Kind"), .bar("Frees", parts: ["exclusive_bytes"], shades: ["fw"]),
                        .init("exclusive_bytes", "Frees together"), .init("stored_bytes", "Holds"),
                        .init("items", "Items"),
                    ],
                    download: download("waste"), units: units
                ).html
        }
        if !scope.dangling.rows.isEmpty {
            let columns: [TableView.Column] = [
                .init("repository", "Repository"), .init("kind", "Kind"),
                .bar("Exclusive", parts: ["exclusive_bytes"], shades: ["fw"]),
                .init("exclusive_bytes", "Goes alone"), .init("reason", "Why it is waste", limit: 160),
                .init("digest", "Digest", link: links.image), .init("source", "Source"),
            ]
            body += "<h3>One by one</h3>\n"
            body +=
                TableView(
                    id: anchor("dangling-table", scope), caption: "Waste, one by one", table: scope.dangling,
                    columns: columns, sortedBy: "exclusive_bytes", firstRows: 10, download: download("dangling"),
                    units: units
                ).html
        }
        return Section(
            id: "waste", title: "Waste",
            lead:
                "What nothing names and nothing was built from. All together it frees more than the sum of each alone "
                + "where waste shares with waste.",
            body: body)
    }

    func imageSection(
        _ scope: Scope, _ download: (String) -> String?, _ links: Links
    ) -> Section {
        var columns: [TableView.Column] = [
            .init("repository", "Repository", link: links.repository), .init("tags", "Tags", limit: 48),
            .init("platform", "Platform"),
            .bar("Exclusive and shared", parts: ["exclusive_bytes", "shared_bytes"], shades: ["f1", "f4"]),
            .init("apparent_bytes", "Apparent"), .init("exclusive_bytes", "Exclusive"),
            .init("shared_bytes", "Shared"), .init("fair_share_bytes", "Fair share"), .init("layers", "Layers"),
            .init("containers", "Containers"), .init("created_at", "Created"),
            .init("digest", "Digest", link: links.image),
        ]
        if scope.sources.count > 1 { columns.append(.init("source", "Source")) }
        let unused = scope.images.position(of: "containers").map { place in
            scope.images.rows.allSatisfy { $0[place] == .null }
        }
        if unused == true { columns.removeAll { $0.name == "containers" } }
        return Section(
            id: "images", title: "Images", lead: "",
            body: TableView(
                id: anchor("images-table", scope), caption: "Images", table: scope.images, columns: columns,
                sortedBy: "exclusive_bytes", download: download("images"), units: units
            ).html)
    }
}

import Figures

extension StorageReport {
    /// A section of one scope.
    struct Section {
        var id: String
        var title: String
        var lead: String
        var body: String
    }

    func sections(_ scope: Scope, _ csvFolder: String?) -> [Section] {
        let download: (String) -> String? = { name in csvFolder.map { "\($0)/\(path(name, scope)).csv" } }
        var sections = [
            Section(
                id: "figures", title: "Key figures", lead: "",
                body: KeyFigureTiles(scope.keyFigures, units: units).html),
            usageSection(scope, download),
            Section(
                id: "references", title: "How often each byte is used",
                lead:
                    "Stored bytes by the number of images that hold them. Deleting one image frees only what no other "
                    + "image holds: the strongest shade.",
                body: ReferenceBand(
                    id: anchor("band", scope), buckets: scope.referenceCounts, units: units
                ).html),
            layerSection(scope, download),
        ]
        if let tree = scope.layerTree, !tree.tree.nodes.isEmpty { sections.append(treeSection(scope, tree)) }
        if let sharing = scope.sharing, sharing.keys.count > 1 {
            sections.append(
                Section(
                    id: "sharing", title: "Who shares with whom",
                    lead: "Bytes that two \(scope.sharingBy == "repository" ? "repositories" : scope.sharingBy + "s") "
                        + "have in common.",
                    body: SharingMatrixView(
                        id: anchor("matrix", scope), matrix: sharing, groupName: scope.sharingBy, units: units
                    ).html))
        }
        sections.append(duplicateSection(scope, download))
        sections.append(wasteSection(scope, download))
        sections.append(imageSection(scope, download))
        return sections
    }

    private func usageSection(_ scope: Scope, _ download: (String) -> String?) -> Section {
        var body = "<ul class=\"legend\"><li>\(Shade.swatch("f1"))exclusive: goes when the holder goes</li>"
        body += "<li>\(Shade.swatch("f4"))shared with others</li></ul>\n<div data-tabs=\"Who holds the bytes\">\n"
        for usage in scope.usage {
            let id = anchor("usage-\(usage.by)", scope)
            body += "<div role=\"tabpanel\" id=\"\(HTML.escape(id))-panel\"><h3>By \(HTML.escape(usage.by))</h3>\n"
            body +=
                TableView(
                    id: id, caption: "Who holds the bytes, by \(usage.by)", table: usage.table,
                    columns: usageColumns(usage, scope), sortedBy: "fair_share_bytes",
                    download: download("usage_by_\(usage.by)"), units: units
                ).html
            body += "</div>\n"
        }
        return Section(
            id: "holders", title: "Who holds the bytes",
            lead:
                "Fair share divides every shared object evenly among those that hold it, so that the column adds up to "
                + "what is stored.",
            body: body + "</div>\n")
    }

    private func usageColumns(_ usage: Usage, _ scope: Scope) -> [TableView.Column] {
        let heading = usage.by.prefix(1).uppercased() + usage.by.dropFirst()
        var columns = [
            TableView.Column(
                usage.by, heading, link: usage.by == "repository" ? "#\(anchor("images-table", scope))" : nil)
        ]
        if usage.by != "source", scope.sources.count > 1, usage.table.position(of: "source") != nil {
            columns.append(.init("source", "Source"))
        }
        return columns + [
            .bar("Stored: exclusive and shared", parts: ["exclusive_bytes", "shared_bytes"], shades: ["f1", "f4"]),
            .init("fair_share_bytes", "Fair share"), .init("stored_bytes", "Stored"),
            .init("exclusive_bytes", "Exclusive"), .init("shared_bytes", "Shared"),
            .init("apparent_bytes", "Apparent"), .init("images", "Images"),
        ]
    }

    private func layerSection(_ scope: Scope, _ download: (String) -> String?) -> Section {
        let columns: [TableView.Column] = [
            .init("digest", "Layer"), .bar("Saved", parts: ["saved_bytes"], shades: ["f3"]),
            .init("saved_bytes", "Saves"), .init("bytes", "Size"), .init("images", "Images"),
            .init("repositories", "Repositories"), .init("instruction", "Instruction", isCode: true, limit: 120),
        ]
        var saving = scope.topLayers
        if let place = saving.position(of: "saved_bytes") {
            saving.rows.removeAll { $0[place] == .integer(0) }
        }
        if saving.rows.isEmpty {
            return Section(id: "layers", title: "Layers that save most", lead: "", body: "<p>No layer is shared.</p>\n")
        }
        return Section(
            id: "layers", title: "Layers that save most",
            lead:
                "What is not stored again because the layer is shared: its size times the images that hold it, less one.",
            body: TableView(
                id: anchor("layers-table", scope), caption: "Layers that save most", table: saving,
                columns: columns, sortedBy: "saved_bytes", firstRows: 12, download: download("layers"), units: units
            ).html)
    }

    private func treeSection(_ scope: Scope, _ tree: LabelledLayerTree) -> Section {
        var lead =
            "Each box is a layer on top of the one above it; its width is the bytes of the layer and of everything "
        lead += "built on it. Wide pale boxes are bases worth sharing, strong ones are content of one image."
        var body = Icicle(id: anchor("tree", scope), tree: tree, units: units).html
        if tree.tree.repeatedBytes > 0 {
            body +=
                "<p class=\"note\">Hatched boxes, \(PageText.bytes(tree.tree.repeatedBytes, units: units)) in all, are "
            body +=
                "layers that stand on another stack too. They are stored once, so the drawing is as much wider than the "
            body += "\(PageText.bytes(tree.tree.layerBytes, units: units)) of stored layers.</p>\n"
        }
        return Section(id: "layer-tree", title: "The tree of layers", lead: lead, body: body)
    }

    private func duplicateSection(_ scope: Scope, _ download: (String) -> String?) -> Section {
        let body: String
        if let duplicates = scope.duplicates {
            body =
                duplicates.rows.isEmpty
                ? "<p>None: no content is kept under two digests.</p>\n"
                : TableView(
                    id: anchor("duplicates-table", scope), caption: "Content kept more than once", table: duplicates,
                    sortedBy: "duplicate_bytes", firstRows: 10, download: download("duplicates"), units: units
                ).html
        } else {
            body = "<p>Not known: no source here tells what its layers hold unpacked.</p>\n"
        }
        return Section(
            id: "duplicates", title: "Duplicates",
            lead: "The same content compressed again, and so kept again: all copies but the smallest.", body: body)
    }

    private func wasteSection(_ scope: Scope, _ download: (String) -> String?) -> Section {
        var body = ""
        if scope.waste.rows.isEmpty && scope.dangling.rows.isEmpty {
            body = "<p>None was found.</p>\n"
        } else {
            body +=
                TableView(
                    id: anchor("waste-table", scope), caption: "Waste by kind", table: scope.waste,
                    download: download("waste"), units: units
                ).html
        }
        if !scope.dangling.rows.isEmpty {
            let columns: [TableView.Column] = [
                .init("repository", "Repository"), .init("kind", "Kind"),
                .bar("Exclusive", parts: ["exclusive_bytes"], shades: ["fw"]),
                .init("exclusive_bytes", "Goes alone"), .init("reason", "Why it is waste", limit: 160),
                .init("digest", "Digest"), .init("source", "Source"),
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

    private func imageSection(_ scope: Scope, _ download: (String) -> String?) -> Section {
        var columns: [TableView.Column] = [
            .init("repository", "Repository"), .init("tags", "Tags", limit: 48), .init("platform", "Platform"),
            .bar("Exclusive and shared", parts: ["exclusive_bytes", "shared_bytes"], shades: ["f1", "f4"]),
            .init("apparent_bytes", "Apparent"), .init("exclusive_bytes", "Exclusive"),
            .init("shared_bytes", "Shared"), .init("fair_share_bytes", "Fair share"), .init("layers", "Layers"),
            .init("containers", "Containers"), .init("created_at", "Created"), .init("digest", "Digest"),
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

import Figures

extension StorageReport {
    /// Where names and digests lead: addresses in which `{}` stands for the value. Nil leads nowhere; a repository then
    /// filters the images of the same page.
    package struct Links: Sendable {
        package var repository: String?
        package var image: String?
        package var layer: String?
        package var build: String?
        package var project: String?

        package init(
            repository: String? = nil, image: String? = nil, layer: String? = nil, build: String? = nil,
            project: String? = nil
        ) {
            self.repository = repository
            self.image = image
            self.layer = layer
            self.build = build
            self.project = project
        }
    }

    /// A section of one scope.
    struct Section {
        var id: String
        var title: String
        var lead: String
        var body: String
    }

    func sections(_ scope: Scope, _ csvFolder: String?, _ links: Links) -> [Section] {
        let download: (String) -> String? = { name in csvFolder.map { "\($0)/\(path(name, scope)).csv" } }
        var sections = [
            Section(
                id: "figures", title: "Key figures", lead: "",
                body: KeyFigureTiles(scope.keyFigures, units: units).html),
            usageSection(scope, download, links),
            Section(
                id: "references", title: "How often each byte is used",
                lead:
                    "Stored bytes by the number of images that hold them. Deleting one image frees only what no other "
                    + "image holds: the strongest shade.",
                body: ReferenceBand(
                    id: anchor("band", scope), buckets: scope.referenceCounts, units: units
                ).html),
            layerSection(scope, download, links),
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
        sections.append(duplicateSection(scope, download, links))
        sections.append(wasteSection(scope, download, links))
        if let cleanup = cleanupSection(scope, download, links) { sections.append(cleanup) }
        sections.append(imageSection(scope, download, links))
        return sections
    }

    private func usageSection(
        _ scope: Scope, _ download: (String) -> String?, _ links: Links
    ) -> Section {
        var body = "<ul class=\"legend\"><li>\(Shade.swatch("f1"))exclusive: goes when the holder goes</li>"
        body += "<li>\(Shade.swatch("f4"))shared with others</li></ul>\n<div data-tabs=\"Who holds the bytes\">\n"
        for usage in scope.usage {
            let id = anchor("usage-\(usage.by)", scope)
            body += "<div role=\"tabpanel\" id=\"\(HTML.escape(id))-panel\"><h3>By \(HTML.escape(usage.by))</h3>\n"
            body +=
                TableView(
                    id: id, caption: "Who holds the bytes, by \(usage.by)", table: usage.table,
                    columns: usageColumns(usage, scope, links), sortedBy: "fair_share_bytes",
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

    private func usageColumns(_ usage: Usage, _ scope: Scope, _ links: Links) -> [TableView.Column] {
        let heading = usage.by.prefix(1).uppercased() + usage.by.dropFirst()
        var columns = [
            TableView.Column(
                usage.by, heading,
                link: usage.by == "repository" ? links.repository ?? "#\(anchor("images-table", scope))" : nil)
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

    private func layerSection(
        _ scope: Scope, _ download: (String) -> String?, _ links: Links
    ) -> Section {
        let columns: [TableView.Column] = [
            .init("digest", "Layer", link: links.layer), .bar("Saved", parts: ["saved_bytes"], shades: ["f3"]),
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
}

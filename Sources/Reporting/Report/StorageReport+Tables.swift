package import Figures

extension StorageReport {
    /// Every table of the report with the path of its CSV file, without the ending.
    package var tables: [(path: String, table: Table)] {
        var tables = [("coverage", coverageTable), ("checks", checkTable)]
        for scope in scopes {
            for table in scope.tables { tables.append((path(table.name, scope), table)) }
        }
        if let buildCache { tables += buildCache.tables.map { (Self.buildCachePath($0.name), $0) } }
        return tables
    }

    /// Where a scope's table is: in a folder of its own when there is more than one scope.
    func path(_ name: String, _ scope: Scope) -> String {
        let safe = name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") ? $0 : "_" }
        return scopes.count > 1 ? "\(scope.id)/\(String(safe))" : String(safe)
    }

    private var coverageTable: Table {
        var table = Table(
            name: "coverage",
            columns: [
                .init("source", .text), .init("kind", .text), .init("location", .text), .init("product", .text),
                .init("bytes_are", .text), .init("collected_at", .time), .init("aspect", .text),
                .init("outcome", .text), .init("seen", .count), .init("expected", .count), .init("detail", .text),
                .init("hint", .text),
            ])
        for source in coverage.sources {
            let start: [Value] = [
                .text(source.name), .text(source.kind), .text(source.location), .text(source.product),
                .text(source.bytesAre), source.collectedAt.map { .time($0) } ?? .null,
            ]
            if source.aspects.isEmpty { table.rows.append(start + Array(repeating: .null, count: 6)) }
            for aspect in source.aspects {
                table.rows.append(
                    start + [
                        .text(aspect.name), .text(aspect.outcome), .integer(aspect.seen),
                        aspect.expected.map { .integer($0) } ?? .null, .text(aspect.detail), .text(aspect.hint),
                    ])
            }
        }
        return table
    }

    private var checkTable: Table {
        Table(
            name: "checks",
            columns: [
                .init("name", .text), .init("scope", .text), .init("left", .count), .init("right", .count),
                .init("outcome", .text), .init("note", .text),
            ],
            rows: checks.map { check in
                [
                    .text(check.name), .text(check.scope), .integer(check.left), .integer(check.right),
                    .text(check.outcome.rawValue), .text(check.note),
                ]
            })
    }
}

extension StorageReport.Scope {
    /// The scope's tables by their own names.
    var tables: [Table] {
        var tables = [named("key_figures", keyFigureTable)]
        for usage in usage { tables.append(named("usage_by_\(usage.by)", usage.table)) }
        tables += [
            named("reference_counts", referenceTable), named("layers", topLayers), named("waste", waste),
            named("dangling", dangling), named("images", images),
        ]
        if let first = cleanup.first {
            tables.append(Table(name: "cleanup_totals", columns: CleanupReport.columns, rows: cleanup.map(\.row)))
            var table = named("cleanup", first.deletions)
            table.rows = cleanup.flatMap { $0.deletions.rows + $0.refusals.rows }
            tables += [table, curveTable]
        }
        if let sharing { tables.append(named("sharing", pairTable(sharing))) }
        if let duplicates { tables.append(named("duplicates", duplicates)) }
        if let layerTree { tables.append(named("layer_tree", treeTable(layerTree))) }
        return tables
    }

    private func named(_ name: String, _ table: Table) -> Table {
        var table = table
        table.name = name
        return table
    }

    private var keyFigureTable: Table {
        Table(
            name: "", columns: [.init("name", .text), .init("value", .text), .init("note", .text)],
            rows: keyFigures.map { [.text($0.name), $0.value, .text($0.note)] })
    }

    private var referenceTable: Table {
        Table(
            name: "",
            columns: [
                .init("images_from", .count), .init("images_through", .count), .init("objects", .count),
                .init("bytes", .bytes),
            ],
            rows: referenceCounts.map {
                [.integer($0.from), $0.through.map { .integer($0) } ?? .null, .integer($0.objects), .integer($0.bytes)]
            })
    }

    private var curveTable: Table {
        Table(
            name: "cleanup_curve",
            columns: [.init("source", .text), .init("images", .count), .init("freed_bytes", .bytes)],
            rows: cleanup.flatMap { report in
                report.curve.map { [.text(report.source), .integer($0.loss), .integer($0.freedBytes)] }
            })
    }

    private func pairTable(_ matrix: SharingMatrix) -> Table {
        var table = Table(
            name: "", columns: [.init("first", .text), .init("second", .text), .init("shared_bytes", .bytes)])
        for pair in SharingMatrixView(id: "", matrix: matrix).pairs {
            table.rows.append([.text(matrix.keys[pair.first]), .text(matrix.keys[pair.second]), .integer(pair.bytes)])
        }
        return table
    }

    private func treeTable(_ tree: LabelledLayerTree) -> Table {
        Table(
            name: "",
            columns: [
                .init("node", .count), .init("parent", .count), .init("depth", .count), .init("digest", .digest),
                .init("instruction", .text), .init("bytes", .bytes), .init("total_bytes", .bytes),
                .init("images", .count), .init("ending_images", .count), .init("is_repeat", .flag),
                .init("folded_nodes", .count), .init("example", .text),
            ],
            rows: tree.tree.nodes.enumerated().map { index, node in
                let label = tree.label(index)
                return [
                    .integer(Int64(index)), node.parent.map { .integer(Int64($0)) } ?? .null,
                    .integer(Int64(node.depth)), label.digest.isEmpty ? .null : .text(label.digest),
                    .text(label.instruction), .integer(node.bytes), .integer(node.totalBytes),
                    .integer(node.images), .integer(node.endingImages), .flag(node.isRepeat),
                    .integer(node.foldedNodes), .text(label.example),
                ]
            })
    }
}

import Figures
import Postgres

/// Writes the figures of one source. Rows that have them already are not touched.
struct FigureWriter {
    let connection: PostgresConnection
    let source: Int32

    /// - Parameter graph: the source's graph, which the figures are of.
    func write(_ update: FigureUpdate, of graph: LayerGraph) async throws {
        let figures = update.figures
        try check(update, graph)
        try await write(figures.sources.first ?? ByteFigures())
        try await writeItems(figures, graph)
        try await writeHoldings(figures, graph)
        try await writeObjects(figures, graph)
        try await writeGroups(update.groups)
        try await writeWaste(figures, graph)
        try await write(update.checks)
    }

    private func check(_ update: FigureUpdate, _ graph: LayerGraph) throws {
        let figures = update.figures
        guard graph.sourceKeys == [source] else { throw DatabaseError.unfitFigures("not one source") }
        for (name, count, expected) in [
            ("sources", figures.sources.count, 1), ("items", figures.items.count, graph.itemCount),
            ("holdings", figures.holdingFairShare.count, graph.holdingCount),
            ("objects", figures.objectImages.count, graph.objectCount),
            ("objects' repositories", figures.objectRepositories.count, graph.objectCount),
        ] where count != expected {
            throw DatabaseError.unfitFigures("\(count) \(name) instead of \(expected)")
        }
        for group in update.groups where group.figures.count != group.grouping.keys.count {
            throw DatabaseError.unfitFigures("\(group.figures.count) figures for \(group.grouping.keys.count) groups")
        }
    }

    private func write(_ figures: ByteFigures) async throws {
        try await connection.execute(
            try Statements.sql("figures", "source"),
            [
                .int4(source), .int8(figures.images), .int8(figures.items), .int8(figures.apparentBytes),
                .int8(figures.storedBytes), .int8(figures.exclusiveBytes), .int8(figures.sharedBytes),
                .int8(figures.fairShareBytes), .int8(figures.unknownObjects),
            ])
    }

    private func writeItems(_ figures: FigureSet, _ graph: LayerGraph) async throws {
        let table = FigureTable(
            name: "item_figure", keys: ["item_id"],
            values: [
                "apparent_bytes", "stored_bytes", "exclusive_bytes", "shared_bytes", "fair_share_bytes",
                "unknown_objects",
            ])
        try await table.replace(
            connection, source, count: graph.itemCount, key: { UInt64(UInt32(truncatingIfNeeded: graph.itemKeys[$0])) }
        ) { row, values in
            let own = figures.items[row]
            values[0] = own.apparentBytes
            values[1] = own.storedBytes
            values[2] = own.exclusiveBytes
            values[3] = own.sharedBytes
            values[4] = own.fairShareBytes
            values[5] = own.unknownObjects
        }
    }

    private func writeHoldings(_ figures: FigureSet, _ graph: LayerGraph) async throws {
        let table = FigureTable(
            name: "holding_figure", keys: ["repository_id", "item_id"], values: ["fair_share_bytes"])
        try await table.replace(
            connection, source, count: graph.holdingCount,
            key: { holding in
                let repository = graph.repositoryKeys[Int(graph.holdingRepositories[holding])]
                let item = UInt32(truncatingIfNeeded: graph.itemKeys[Int(graph.holdingItems[holding])])
                return UInt64(UInt32(bitPattern: repository)) << 32 | UInt64(item)
            }
        ) { row, values in values[0] = figures.holdingFairShare[row] }
    }

    private func writeObjects(_ figures: FigureSet, _ graph: LayerGraph) async throws {
        let table = FigureTable(
            name: "object_figure", keys: ["object_id"], values: ["reference_count", "repositories"])
        try await table.replace(
            connection, source, count: graph.objectCount,
            key: { UInt64(UInt32(truncatingIfNeeded: graph.objectKeys[$0])) }
        ) { row, values in
            values[0] = Int64(figures.objectImages[row])
            values[1] = Int64(figures.objectRepositories[row])
        }
    }

    private func writeGroups(_ groups: [GroupFigures]) async throws {
        var rows: [[PostgresValue]] = []
        for group in groups where GraphLabels.Aspect(rawValue: group.grouping.name).map({ $0 != .source }) == true {
            for (key, figures) in zip(group.grouping.keys, group.figures) {
                rows.append([
                    .text(group.grouping.name), .text(key), .int8(figures.images), .int8(figures.items),
                    .int8(figures.apparentBytes), .int8(figures.storedBytes), .int8(figures.exclusiveBytes),
                    .int8(figures.sharedBytes), .int8(figures.fairShareBytes), .int8(figures.unknownObjects),
                ])
            }
        }
        try await replaceSmall(
            "group_figure",
            [
                "grouping", "key", "images", "items", "apparent_bytes", "stored_bytes", "exclusive_bytes",
                "shared_bytes", "fair_share_bytes", "unknown_objects",
            ], keys: 2, rows)
    }

    private func writeWaste(_ figures: FigureSet, _ graph: LayerGraph) async throws {
        var items: [[PostgresValue]] = []
        var kinds: [[PostgresValue]] = []
        for kind in WasteKind.allCases {
            let found = figures.waste[kind] ?? []
            for item in found {
                items.append([
                    .int4(Int32(truncatingIfNeeded: graph.itemKeys[Int(item)])), .text(kind.rawValue),
                ])
            }
            let own = figures.wasteBySource[kind]?.first ?? ByteFigures()
            kinds.append([
                .text(kind.rawValue), .int8(Int64(found.count)), .int8(own.storedBytes), .int8(own.exclusiveBytes),
            ])
        }
        let all = figures.allWaste.first ?? ByteFigures()
        kinds.append([.text("all"), .int8(Int64(items.count)), .int8(all.storedBytes), .int8(all.exclusiveBytes)])
        try await replaceSmall("waste_item", ["item_id", "kind"], keys: 1, items)
        try await replaceSmall("waste_figure", ["kind", "items", "stored_bytes", "exclusive_bytes"], keys: 1, kinds)
    }

    private func write(_ checks: [Check]) async throws {
        let rows: [[PostgresValue]] = checks.enumerated().map { position, check in
            [
                .int4(Int32(position + 1)), .text(StoredText.clean(check.name)), .text(StoredText.clean(check.scope)),
                .int8(check.left), .int8(check.right), .text(check.outcome.rawValue),
                .text(StoredText.clean(check.note)),
            ]
        }
        try await replaceSmall(
            "figure_check", ["position", "name", "scope", "left_bytes", "right_bytes", "outcome", "note"], keys: 1,
            rows)
    }

    /// Makes a table have just these rows of the source, comparing values. For tables that fit in memory as values.
    private func replaceSmall(
        _ table: String, _ columns: [String], keys: Int, _ rows: [[PostgresValue]]
    ) async throws {
        let list = columns.joined(separator: ", ")
        let found = try await connection.query(
            "SELECT \(list) FROM layerscope_data.\(table) WHERE source_id = $1", [.int4(source)])
        var wanted = Set(rows)
        var gone: [[PostgresValue]] = []
        for row in found.rows {
            let values = try columns.indices.map { try row[$0] }
            if wanted.remove(values) == nil { gone.append(Array(values.prefix(keys))) }
        }
        if !gone.isEmpty {
            try await connection.run(
                script: "CREATE TEMPORARY TABLE IF NOT EXISTS gone_\(table) ON COMMIT DROP AS "
                    + "SELECT \(columns.prefix(keys).joined(separator: ", ")) FROM layerscope_data.\(table) LIMIT 0")
            try await connection.copyIn("COPY gone_\(table) FROM STDIN (FORMAT binary)", rows: gone) { row, values in
                for value in values { try row.value(value) }
            }
            let using = columns.prefix(keys).map { "t.\($0) = gone.\($0)" }.joined(separator: " AND ")
            try await connection.execute(
                "DELETE FROM layerscope_data.\(table) t USING gone_\(table) gone WHERE t.source_id = $1 AND \(using)",
                [.int4(source)])
        }
        guard !wanted.isEmpty else { return }
        try await connection.copyIn(
            "COPY layerscope_data.\(table) (source_id, \(list)) FROM STDIN (FORMAT binary)",
            rows: rows.filter { wanted.contains($0) }
        ) { row, values in
            row.int4(source)
            for value in values { try row.value(value) }
        }
    }
}

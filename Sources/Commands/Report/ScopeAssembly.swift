import Analysis
import Figures
import Reporting

/// Puts the part of a report together that is about sources whose bytes mean the same.
struct ScopeAssembly {
    let reader: Reader
    let sources: [Reader.Source]
    /// `stored` or `unpacked`.
    let meaning: String
    /// Whether these are all sources with this meaning.
    let isAll: Bool

    /// Layers in the list of those that save most.
    private static let layerLimit = 100

    func scope() async throws -> StorageReport.Scope {
        let picture = try await GraphPicture.read(reader, sources, for: .base)
        let figures = computeFigures(picture.graph)
        let buckets = referenceCounts(picture.graph, figures)
        let byRepository = picture.labels.grouping(picture.graph, by: .repository)
        let waste = try await waste()
        // Engines keep layers unpacked and know no compressed copies.
        let duplicates = meaning == "unpacked" ? nil : try await rows("duplicates")
        let keyFigures = KeyFigures(
            picture: picture, figures: figures, buckets: buckets, duplicates: duplicates,
            isUnpacked: meaning == "unpacked")
        return StorageReport.Scope(
            id: meaning,
            title: meaning == "unpacked"
                ? "Engines: bytes unpacked on disk" : "Registries and archives: bytes as stored",
            sources: sources.map(\.name), keyFigures: keyFigures.all, usage: try await usage(picture),
            referenceCounts: buckets, topLayers: try await topLayers(),
            layerTree: try await labelled(layerTree(picture.graph), picture),
            sharing: sharingMatrix(picture.graph, byRepository, groupFigures(picture.graph, byRepository)),
            duplicates: duplicates, waste: waste, dangling: try await rows("dangling"),
            images: try await rows("images"))
    }

    /// Rows of a view that belong to the scope's sources.
    private func rows(_ view: String, sort: [SortOption] = [], limit: Int? = nil) async throws -> Table {
        if sources.count == 1 {
            let filter = FilterOption(column: "source", literal: sources[0].name)
            return try await reader.table(view, filters: [filter], sort: sort, limit: limit)
        }
        let filter = FilterOption(column: "bytes_are", literal: meaning)
        if isAll { return try await reader.table(view, filters: [filter], sort: sort, limit: limit) }
        let names = Set(sources.map(\.name))
        var table = try await reader.table(view, filters: [filter], sort: sort)
        let position = table.position(of: "source") ?? 0
        table.rows.removeAll { !names.contains($0[position].text ?? "") }
        return table.limited(limit)
    }

    /// Who holds the bytes, by everything that tells anything apart.
    private func usage(_ picture: GraphPicture) async throws -> [StorageReport.Usage] {
        var usages = [StorageReport.Usage(by: "repository", table: try await rows("usage_by_repository"))]
        for grouping in [UsageGrouping.namespace, .owner, .base] {
            let table = picture.usage(by: grouping).table(keyColumn: grouping.column)
            guard table.rows.contains(where: { $0[0] != .text(GraphPicture.none) }) else { continue }
            usages.append(.init(by: grouping.column, table: table))
        }
        let whole = try await rows("usage_by_source")
        if whole.rows.count > 1 { usages.append(.init(by: "source", table: whole)) }
        let totals = Self.totals(whole)
        return usages.map { usage in
            var usage = usage
            usage.table.totals = totals
            return usage
        }
    }

    /// The figures of all together: sources share nothing, so theirs add up.
    private static func totals(_ whole: Table) -> [String: Value] {
        var totals: [String: Value] = [:]
        for column in UsageTable.figureColumns where column.kind != .ratio {
            totals[column.name] = .integer(
                whole.rows.indices.reduce(0) { $0 + (whole.value($1, column.name).integer ?? 0) })
        }
        return totals
    }

    private func topLayers() async throws -> Table {
        var table = try await rows(
            "layers", sort: [SortOption(column: "saved_bytes", isDescending: true)], limit: Self.layerLimit)
        guard let position = table.position(of: "instruction") else { return table }
        for row in table.rows.indices {
            if case .text(let text) = table.rows[row][position] {
                table.rows[row][position] = .text(InstructionText.plain(text))
            }
        }
        return table
    }

    /// Waste by kind over all sources of the scope, everything together last.
    private func waste() async throws -> Table {
        let found = try await rows("waste")
        var table = Table(
            name: "waste",
            columns: [
                .init("kind", .text), .init("items", .count), .init("stored_bytes", .bytes),
                .init("exclusive_bytes", .bytes),
            ])
        for kind in ["dangling", "untagged", "orphaned", "all"] {
            let rows = found.rows.indices.filter { found.value($0, "kind") == .text(kind) }
            let sums = ["items", "stored_bytes", "exclusive_bytes"].map { name in
                rows.reduce(Int64(0)) { $0 + (found.value($1, name).integer ?? 0) }
            }
            guard sums[0] > 0 else { continue }
            table.rows.append([.text(kind)] + sums.map { .integer($0) })
        }
        return table
    }

    private func labelled(_ tree: LayerTree, _ picture: GraphPicture) async throws -> LabelledLayerTree {
        let facts = try await reader.objects(tree.nodes.compactMap(\.object), of: picture.graph)
        let labels = tree.nodes.map { node in
            let fact = node.object.flatMap { facts[$0] }
            return LayerLabel(
                instruction: fact?.instruction.map(InstructionText.plain) ?? "", digest: fact?.digest ?? "",
                example: node.exampleItem.flatMap { picture.itemWords[Int($0)] } ?? "")
        }
        return LabelledLayerTree(tree: tree, labels: labels)
    }
}

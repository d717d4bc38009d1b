import Analysis
import Figures

/// Rows of usage from a layer graph: one for each group and meaning of bytes, because unpacked bytes and bytes as
/// stored are never added.
struct UsageTable {
    let graph: LayerGraph
    let grouping: Grouping
    /// By source of the graph: `unpacked` or `stored`.
    let bytesAre: [String]

    /// The columns that every usage table has after its keys.
    static let figureColumns: [Table.Column] = [
        .init("images", .count), .init("items", .count), .init("apparent_bytes", .bytes),
        .init("stored_bytes", .bytes), .init("exclusive_bytes", .bytes), .init("shared_bytes", .bytes),
        .init("fair_share_bytes", .bytes), .init("sharing_ratio", .ratio), .init("unknown_objects", .count),
    ]

    /// The figures of a set of holdings as cells of ``figureColumns``.
    static func cells(_ figures: ByteFigures) -> [Value] {
        let ratio: Value =
            figures.storedBytes > 0
            // Four decimals, as the views round it.
            ? .real((Double(figures.apparentBytes) / Double(figures.storedBytes) * 10_000).rounded() / 10_000) : .null
        return [
            .integer(figures.images), .integer(figures.items), .integer(figures.apparentBytes),
            .integer(figures.storedBytes), .integer(figures.exclusiveBytes), .integer(figures.sharedBytes),
            .integer(figures.fairShareBytes), ratio, .integer(figures.unknownObjects),
        ]
    }

    /// One row for each group that has holdings, with the key in a column of the given name.
    func table(keyColumn: String) -> Table {
        var table = Table(
            name: "usage_by_\(keyColumn)",
            columns: [.init(keyColumn, .text), .init("bytes_are", .text)] + Self.figureColumns)
        let meanings = Set(bytesAre).sorted()
        let split = Grouping(
            name: grouping.name, keys: meanings.flatMap { _ in grouping.keys },
            groupOfHolding: grouping.groupOfHolding.indices.map { holding in
                let source = graph.itemSources[Int(graph.holdingItems[holding])]
                let meaning = meanings.firstIndex(of: bytesAre[Int(source)]) ?? 0
                return LayerGraph.Index(meaning * grouping.keys.count) + grouping.groupOfHolding[holding]
            })
        for (number, figures) in groupFigures(graph, split).enumerated() where figures.items > 0 {
            let meaning = meanings[number / grouping.keys.count]
            table.rows.append([.text(split.keys[number]), .text(meaning)] + Self.cells(figures))
        }
        return table
    }

    /// The figures of the holdings of some groups together, as one set.
    func together(_ isChosen: (_ key: String, _ bytesAre: String) -> Bool) -> ByteFigures {
        let chosen = grouping.groupOfHolding.indices.map { holding -> LayerGraph.Index in
            let source = graph.itemSources[Int(graph.holdingItems[holding])]
            return isChosen(grouping.keys[Int(grouping.groupOfHolding[holding])], bytesAre[Int(source)]) ? 0 : 1
        }
        return groupFigures(graph, Grouping(name: "chosen", keys: ["chosen", "others"], groupOfHolding: chosen))[0]
    }
}

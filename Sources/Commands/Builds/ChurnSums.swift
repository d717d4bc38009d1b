import Analysis
import Database
import Figures

/// Layers that came again, taken together: each source by itself, for the bytes of two may not mean the same.
struct ChurnSums {
    /// The columns of keys, each once, in the order in which they were asked for.
    let keys: [ChurnGrouping]

    init(_ groupings: [ChurnGrouping]) {
        keys = groupings.reduce(into: []) { keys, key in if !keys.contains(key) { keys.append(key) } }
    }

    /// What came again in each of the sources.
    static func read(_ reader: Reader, _ sources: [String]) async throws -> [(source: String, churn: [Churn])] {
        var found: [(source: String, churn: [Churn])] = []
        for source in sources { found.append((source, churn(try await reader.database.pushedLayers(source: source)))) }
        return found
    }

    func table(_ found: [(source: String, churn: [Churn])]) -> Table {
        Table(
            name: "churn",
            columns: [.init("source", .text)] + keys.map { .init($0.rawValue, .text) } + [
                .init("layers", .count), .init("bytes", .bytes), .init("unknown_layers", .count),
            ],
            rows: found.flatMap { source, churn in rows(of: churn).map { [.text(source)] + $0 } })
    }

    private func rows(of found: [Churn]) -> [[Value]] {
        let groups = Dictionary(grouping: found) { churn in
            keys.map { key in
                switch key {
                case .week: churn.week
                case .repository: churn.repository
                case .instruction: churn.instruction
                }
            }
        }
        return groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { key, found in
            key.map { .text($0) } + [
                .integer(Int64(found.reduce(0) { $0 + $1.layers })), .integer(found.reduce(0) { $0 + $1.bytes }),
                .integer(Int64(found.reduce(0) { $0 + $1.unknownLayers })),
            ]
        }
    }
}

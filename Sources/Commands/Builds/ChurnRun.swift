import Analysis
import Figures
import Reporting

/// Prints layers that came again with other content, by week, repository or instruction.
struct ChurnRun {
    let groupings: [ChurnGrouping]
    let listing: ListingArguments
    let database: DatabaseOptions

    func run() async throws {
        let output = try Output(listing)
        try await database.read { reader in
            let ofSources = listing.filter.filter { ["source", "bytes_are"].contains($0.column) }
            let names = try await reader.names(ofSources)
            var table = Table(
                name: "churn",
                columns: [.init("source", .text)] + keys.map { .init($0.rawValue, .text) } + [
                    .init("layers", .count), .init("bytes", .bytes), .init("unknown_layers", .count),
                ])
            for name in names {
                let found = churn(try await reader.database.pushedLayers(source: name))
                table.rows += rows(of: found).map { [.text(name)] + $0 }
            }
            table = try table.filtered(listing.filter.filter { !["source", "bytes_are"].contains($0.column) })
            for column in ["layers", "bytes", "unknown_layers"] {
                table.totals[column] = .integer(
                    table.rows.indices.reduce(0) { $0 + (table.value($1, column).integer ?? 0) })
            }
            try output.finish(
                Listing(
                    try table.sorted(listing.sort).limited(listing.limit), shown: table.columns.map(\.name),
                    headings: [:], identifier: keys[0].rawValue, checks: try await reader.checks(of: names),
                    coverage: try await reader.coverage(of: names)))
        }
    }

    /// The columns of keys, each once, in the order in which they were asked for.
    private var keys: [ChurnGrouping] {
        groupings.reduce(into: []) { keys, key in if !keys.contains(key) { keys.append(key) } }
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

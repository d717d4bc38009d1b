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
            let sums = ChurnSums(groupings)
            var table = sums.table(try await ChurnSums.read(reader, names))
            if sums.keys.contains(.instruction) { table = try await InstructionMisses(reader).joined(to: table) }
            table = try table.filtered(listing.filter.filter { !["source", "bytes_are"].contains($0.column) })
            for column in ["layers", "bytes", "unknown_layers"] {
                table.totals[column] = .integer(
                    table.rows.indices.reduce(0) { $0 + (table.value($1, column).integer ?? 0) })
            }
            try output.finish(
                Listing(
                    try table.sorted(listing.sort).limited(listing.limit), shown: table.columns.map(\.name),
                    headings: [:], identifier: sums.keys[0].rawValue, checks: try await reader.checks(of: names),
                    coverage: try await reader.coverage(of: names)))
        }
    }
}

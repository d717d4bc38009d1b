import Figures
import Foundation
import Reporting

/// Prints the disk of build caches. Records are told apart by source, and every column of bytes adds up over the rows.
struct CacheRun {
    let grouping: CacheGrouping
    /// Of the prune that is asked for; nil without one.
    let rules: PruneRules?
    let listing: ListingArguments
    let database: DatabaseOptions

    private var disk: CacheDisk { CacheDisk(grouping: grouping, rules: rules) }

    private static let counts = ["records", "unknown_records", "never_used_again_records", "pruned_records"]
    private static let bytes = [
        "bytes", "shared_bytes", "in_use_bytes", "never_used_again_bytes", "freed_bytes", "reported_bytes",
    ]

    func run() async throws {
        let output = try Output(listing)
        let now = Date()
        try await database.read { reader in
            let names = try await reader.names(listing.filter.filter(Self.isOfSource))
            var table = try await disk.table(reader, names, now: now)
            table = try table.filtered(listing.filter.filter { !Self.isOfSource($0) })
            for column in Self.counts + Self.bytes where table.position(of: column) != nil {
                table.totals[column] = .integer(
                    table.rows.indices.reduce(0) { $0 + (table.value($1, column).integer ?? 0) })
            }
            let sort = listing.sort.isEmpty ? [SortOption(column: "bytes", isDescending: true)] : listing.sort
            try output.finish(
                Listing(
                    try table.sorted(sort).limited(listing.limit), shown: shown, headings: [:],
                    identifier: grouping.column, checks: try await reader.checks(of: names),
                    coverage: try await reader.coverage(of: names)))
        }
    }

    private static func isOfSource(_ filter: FilterOption) -> Bool { ["source", "bytes_are"].contains(filter.column) }

    private var shown: [String] {
        let hidden: Set = ["unknown_records", "never_used_again_records", "reported_bytes", "in_use_bytes"]
        return disk.columns.map(\.name).filter { !hidden.contains($0) && (grouping != .record || $0 != "records") }
    }
}

import Analysis
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

    private static let counts = ["records", "unknown_records", "never_used_again_records", "pruned_records"]
    private static let bytes = [
        "bytes", "shared_bytes", "in_use_bytes", "never_used_again_bytes", "freed_bytes", "reported_bytes",
    ]

    func run() async throws {
        let output = try Output(listing)
        let now = Date()
        try await database.read { reader in
            let names = try await reader.names(listing.filter.filter(Self.isOfSource))
            var table = Table(name: "cache", columns: columns)
            for name in names {
                let records = try await reader.database.cacheRecords(source: name)
                table.rows += rows(of: records, source: name, now: now)
            }
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

    private var columns: [Table.Column] {
        let facts: [Table.Column] =
            grouping == .record
            ? [.init("type", .text), .init("description", .text), .init("last_used_at", .time), .init("uses", .count)]
            : []
        let pruned: [Table.Column] =
            rules == nil
            ? [] : [.init("pruned_records", .count), .init("freed_bytes", .bytes), .init("reported_bytes", .bytes)]
        return [.init("source", .text), .init(grouping.column, .text)] + facts + [
            .init("records", .count), .init("bytes", .bytes), .init("shared_bytes", .bytes),
            .init("in_use_bytes", .bytes), .init("never_used_again_records", .count),
            .init("never_used_again_bytes", .bytes), .init("unknown_records", .count),
        ] + pruned
    }

    private var shown: [String] {
        let hidden: Set = ["unknown_records", "never_used_again_records", "reported_bytes", "in_use_bytes"]
        return columns.map(\.name).filter { !hidden.contains($0) && (grouping != .record || $0 != "records") }
    }

    private func rows(of records: [CacheRecord], source: String, now: Date) -> [[Value]] {
        let removed = rules.map { Set(prune(records, $0, now: now).removed) }
        return Dictionary(grouping: records) { key($0, now) }.sorted { $0.key < $1.key }.map { key, records in
            func sum(_ isCounted: (CacheRecord) -> Bool) -> Value {
                .integer(records.filter(isCounted).reduce(0) { $0 + ($1.bytes ?? 0) })
            }
            func count(_ isCounted: (CacheRecord) -> Bool) -> Value { .integer(Int64(records.count(where: isCounted))) }
            var row: [Value] = [.text(source), .text(key.text)]
            if grouping == .record, let record = records.first {
                row += [
                    .text(record.type), .text(record.description), record.lastUsedAt.map { .time($0) } ?? .null,
                    .integer(record.usageCount),
                ]
            }
            row += [
                count { _ in true }, sum { _ in true }, sum(\.isShared), sum(\.isInUse), count { $0.usageCount <= 1 },
                sum { $0.usageCount <= 1 }, count { $0.bytes == nil },
            ]
            if let removed {
                row += [
                    count { removed.contains($0.id) }, sum { removed.contains($0.id) && !$0.isShared },
                    sum { removed.contains($0.id) },
                ]
            }
            return row
        }
    }

    private struct Key: Hashable, Comparable {
        var rank = 0
        var text: String

        static func < (left: Key, right: Key) -> Bool { (left.rank, left.text) < (right.rank, right.text) }
    }

    private func key(_ record: CacheRecord, _ now: Date) -> Key {
        switch grouping {
        case .type: Key(text: record.type)
        case .age: Self.span(record.createdAt, now, absent: "unknown")
        case .lastUse: Self.span(record.lastUsedAt, now, absent: "never")
        case .uses:
            Key(
                rank: record.usageCount < 5 ? Int(max(record.usageCount, 0)) : record.usageCount < 10 ? 5 : 10,
                text: Self.uses(record.usageCount))
        case .shared: Key(text: record.isShared ? "shared with images" : "of the cache alone")
        case .record: Key(text: record.id)
        }
    }

    private static func uses(_ count: Int64) -> String {
        switch count {
        case ...4: "\(max(count, 0))"
        case ...9: "5 to 9"
        default: "10 and more"
        }
    }

    private static func span(_ moment: Date?, _ now: Date, absent: String) -> Key {
        guard let moment else { return Key(rank: 4, text: absent) }
        return switch now.timeIntervalSince(moment) / 86_400 {
        case ..<1: Key(rank: 0, text: "under a day")
        case ..<7: Key(rank: 1, text: "1 to 7 days")
        case ..<30: Key(rank: 2, text: "7 to 30 days")
        default: Key(rank: 3, text: "over 30 days")
        }
    }
}

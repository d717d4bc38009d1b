import Analysis
import Database
import Figures
import Foundation

/// The disk of build caches as a table: records are told apart by source, and every column of bytes adds up over the
/// rows.
struct CacheDisk {
    let grouping: CacheGrouping
    /// Of the prune that is asked for; nil without one.
    var rules: PruneRules?

    /// The records of sources, as they were when they were collected last.
    func table(_ reader: Reader, _ sources: [String], now: Date) async throws -> Table {
        var table = Table(name: "cache", columns: columns)
        for name in sources {
            let records = try await reader.database.cacheRecords(source: name)
            table.rows += rows(of: records, source: name, now: now)
        }
        return table
    }

    var columns: [Table.Column] {
        let facts: [Table.Column] =
            grouping == .record
            ? [.init("type", .text), .init("description", .text), .init("last_used_at", .time), .init("uses", .count)]
            : []
        let pruned: [Table.Column] =
            rules == nil
            ? []
            : [
                .init("pruned_records", .count), .init("freed_bytes", .bytes), .init("reported_bytes", .bytes),
                .init("is_certain", .flag),
            ]
        return [.init("source", .text), .init(grouping.column, .text)] + facts + [
            .init("records", .count), .init("bytes", .bytes), .init("shared_bytes", .bytes),
            .init("in_use_bytes", .bytes), .init("never_used_again_records", .count),
            .init("never_used_again_bytes", .bytes), .init("unknown_records", .count),
        ] + pruned
    }

    private func rows(of records: [CacheRecord], source: String, now: Date) -> [[Value]] {
        let result = rules.map { prune(records, $0, now: now) }
        let removed = result.map { Set($0.removed) }
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
            if let result, let removed {
                row += [
                    count { removed.contains($0.id) }, sum { removed.contains($0.id) && !$0.isShared },
                    sum { removed.contains($0.id) }, .flag(result.isCertain),
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

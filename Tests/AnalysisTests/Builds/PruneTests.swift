import Analysis
import Figures
import Foundation
import TestSupport
import Testing

@Suite("What a prune removes")
struct PruneTests {
    private static let now = Date(timeIntervalSince1970: 1_700_000_000)

    private static func records(_ generator: inout SeededGenerator) -> [CacheRecord] {
        let count = Int.random(in: 0...8, using: &generator)
        return (0..<count).map { number in
            CacheRecord(
                id: "r\(number)",
                type: ["regular", "regular", "regular", "internal", "frontend", "source.local"]
                    .randomElement(using: &generator) ?? "regular",
                bytes: Int.random(in: 0..<9, using: &generator) == 0
                    ? nil : Int64.random(in: 0...100, using: &generator),
                isInUse: Int.random(in: 0..<9, using: &generator) == 0,
                isShared: Int.random(in: 0..<4, using: &generator) == 0,
                lastUsedAt: Int.random(in: 0..<9, using: &generator) == 0
                    ? nil : now.addingTimeInterval(-Double(number * 10 + Int.random(in: 0..<9, using: &generator))),
                usageCount: Int64.random(in: 0...3, using: &generator),
                parents: (0..<number).filter { _ in Int.random(in: 0..<3, using: &generator) == 0 }.map { "r\($0)" })
        }
    }

    private static func rules(_ generator: inout SeededGenerator) -> PruneRules {
        func maybe<T>(_ value: T) -> T? { Int.random(in: 0..<4, using: &generator) == 0 ? value : nil }
        return PruneRules(
            isAll: Bool.random(using: &generator), unusedFor: maybe(30), type: maybe("regular"), id: maybe("[0-4]$"),
            isShared: maybe(Bool.random(using: &generator)),
            keepBytes: maybe(Int64.random(in: 0...300, using: &generator)))
    }

    /// The builder's own loop, written down as it is: all that may go goes, then everything is looked at again.
    private static func removed(_ records: [CacheRecord], _ rules: PruneRules) -> Set<String> {
        var left = records
        var total = records.filter { !$0.isShared }.map { $0.bytes ?? 0 }.reduce(0, +)
        let keep = rules.keepBytes ?? 0
        while true {
            if keep != 0 && total < keep { break }
            var found = left.filter { record in
                if left.contains(where: { $0.parents.contains(record.id) }) || record.isInUse { return false }
                if !rules.isAll && (["internal", "frontend"].contains(record.type) || record.isShared) { return false }
                if let wait = rules.unusedFor, let used = record.lastUsedAt, now.timeIntervalSince(used) < wait {
                    return false
                }
                if let type = rules.type, type != record.type { return false }
                if let shared = rules.isShared, shared != record.isShared { return false }
                if rules.id != nil && !["0", "1", "2", "3", "4"].contains(record.id.suffix(1)) { return false }
                return true
            }
            if found.isEmpty { break }
            if keep != 0 {
                var ranks: [String: (time: Int, uses: Int)] = [:]
                var (rank, last): (Int, Date?) = (0, nil)
                for record in found.sorted(by: { ($0.lastUsedAt ?? .distantPast) < ($1.lastUsedAt ?? .distantPast) }) {
                    if let used = record.lastUsedAt, last.map({ $0 < used }) ?? true { (last, rank) = (used, rank + 1) }
                    ranks[record.id] = (rank, 0)
                }
                let mostTime = rank
                var (uses, count) = (0, Int64(0))
                for record in found.sorted(by: { $0.usageCount < $1.usageCount }) {
                    if record.usageCount != count { (count, uses) = (record.usageCount, uses + 1) }
                    ranks[record.id]?.uses = uses
                }
                func score(_ record: CacheRecord) -> Double {
                    let rank = ranks[record.id] ?? (0, 0)
                    return (mostTime == 0 ? 0 : Double(rank.time) / Double(mostTime))
                        + (uses == 0 ? 0 : Double(rank.uses) / Double(uses))
                }
                let order = found.sorted {
                    (score($0), $0.lastUsedAt ?? .distantPast, $0.id) < (
                        score($1), $1.lastUsedAt ?? .distantPast, $1.id
                    )
                }
                found = [order[0]]
            }
            total -= found.map { $0.bytes ?? 0 }.reduce(0, +)
            left.removeAll { record in found.contains { $0.id == record.id } }
        }
        return Set(records.map(\.id)).subtracting(left.map(\.id))
    }

    @Test func `random caches lose what the builder's own loop removes`() {
        var generator = SeededGenerator(seed: 4)
        var (some, kept) = (0, 0)
        for _ in 0..<4000 {
            let records = Self.records(&generator)
            let rules = Self.rules(&generator)
            let result = prune(records, rules, now: Self.now)
            let expected = Self.removed(records, rules)
            #expect(Set(result.removed) == expected && result.removed.count == expected.count, "\(records) \(rules)")
            let gone = records.filter { expected.contains($0.id) }
            #expect(result.reportedBytes == gone.reduce(0) { $0 + ($1.bytes ?? 0) })
            #expect(result.freedBytes == gone.filter { !$0.isShared }.reduce(0) { $0 + ($1.bytes ?? 0) })
            #expect(result.unknownRecords == gone.count { $0.bytes == nil })
            some += expected.isEmpty ? 0 : 1
            kept += !expected.isEmpty && expected.count < records.count ? 1 : 0
        }
        #expect(some > 1000 && kept > 500, "\(some) \(kept)")
    }

    @Test func `where records rank the same it is not certain which goes`() {
        func record(_ id: String, uses: Int64, age: Double) -> CacheRecord {
            CacheRecord(id: id, bytes: 10, lastUsedAt: Self.now.addingTimeInterval(-age), usageCount: uses)
        }
        let keep = PruneRules(keepBytes: 15)
        #expect(
            !prune([record("old", uses: 2, age: 9), record("new", uses: 1, age: 1)], keep, now: Self.now).isCertain)
        #expect(prune([record("old", uses: 1, age: 9), record("new", uses: 2, age: 1)], keep, now: Self.now).isCertain)
        #expect(
            prune([record("old", uses: 2, age: 9), record("new", uses: 1, age: 1)], PruneRules(), now: Self.now)
                .isCertain)
    }

    @Test func `a record that stays keeps all that it stands on`() {
        let records = [
            CacheRecord(id: "base", bytes: 10), CacheRecord(id: "middle", bytes: 20, parents: ["base"]),
            CacheRecord(id: "top", bytes: 30, isShared: true, parents: ["middle"]), CacheRecord(id: "other", bytes: 5),
        ]
        let some = prune(records, PruneRules(), now: Self.now)
        #expect(some == PruneResult(removed: ["other"], freedBytes: 5, reportedBytes: 5))
        let all = prune(records, PruneRules(isAll: true), now: Self.now)
        #expect(all.freedBytes == 35 && all.reportedBytes == 65)
        #expect(all.removed == ["top", "other", "middle", "base"])
    }
}

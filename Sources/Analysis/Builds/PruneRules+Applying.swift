package import Figures
package import Foundation

/// What a prune would remove now [buildkit v0.8 and later: cache/manager.go `prune`].
///
/// A record goes when it is not in use, when no record that stays stands on it, and when the rules fit it; then its
/// parents are looked at. So a record that does not fit keeps all that it stands on. With `--keep-storage` one record at
/// a time goes, the least used first, until less than that is left; what images share does not count to what is left.
package func prune(_ records: [CacheRecord], _ rules: PruneRules, now: Date) -> PruneResult {
    var search = PruneSearch(records, rules, now: now)
    return search.run()
}

private struct PruneSearch {
    let records: [CacheRecord]
    let rules: PruneRules
    let now: Date
    /// By record, how many that are there stand on it.
    var children: [Int]
    var isGone: [Bool]
    let parents: [[Int]]
    let pattern: Regex<AnyRegexOutput>?
    var result = PruneResult()
    var leftBytes: Int64

    init(_ records: [CacheRecord], _ rules: PruneRules, now: Date) {
        self.records = records
        self.rules = rules
        self.now = now
        let positions = Dictionary(records.enumerated().map { ($1.id, $0) }) { first, _ in first }
        parents = records.map { $0.parents.compactMap { positions[$0] } }
        children = Array(repeating: 0, count: records.count)
        isGone = Array(repeating: false, count: records.count)
        for parent in parents.joined() { children[parent] += 1 }
        pattern = rules.id.flatMap { try? Regex($0) }
        leftBytes = records.reduce(0) { $0 + ($1.isShared ? 0 : $1.bytes ?? 0) }
    }

    mutating func run() -> PruneResult {
        let keep = rules.keepBytes ?? 0
        var open = records.indices.filter(canGo)
        while !open.isEmpty {
            guard keep > 0 else {
                let parents = open.flatMap { self.parents[$0] }
                open.forEach { remove($0) }
                open = Set(parents).filter(canGo).sorted()
                continue
            }
            guard leftBytes >= keep, let next = leastUsed(of: open) else { break }
            remove(next)
            open.removeAll { $0 == next }
            open += Set(parents[next]).filter(canGo).sorted()
        }
        return result
    }

    private func canGo(_ index: Int) -> Bool {
        let record = records[index]
        guard !isGone[index], children[index] == 0, !record.isInUse else { return false }
        if !rules.isAll && (record.isShared || record.type == "internal" || record.type == "frontend") { return false }
        if let wait = rules.unusedFor, wait != 0, let used = record.lastUsedAt, used > now.addingTimeInterval(-wait) {
            return false
        }
        if let type = rules.type, record.type != type { return false }
        if let shared = rules.isShared, record.isShared != shared { return false }
        if rules.id != nil { return pattern.map { record.id.contains($0) } ?? false }
        return true
    }

    private mutating func remove(_ index: Int) {
        isGone[index] = true
        for parent in parents[index] { children[parent] -= 1 }
        let record = records[index]
        result.removed.append(record.id)
        result.reportedBytes += record.bytes ?? 0
        result.freedBytes += record.isShared ? 0 : record.bytes ?? 0
        result.unknownRecords += record.bytes == nil ? 1 : 0
        leftBytes -= record.bytes ?? 0
    }

    /// The record whose last use and number of uses rank lowest together, each rank as a share of the highest. Equal
    /// values have one rank; of equal sums the first by last use and ID goes, where the builder takes any.
    private mutating func leastUsed(of open: [Int]) -> Int? {
        let times = Dictionary(
            uniqueKeysWithValues: Set(open.compactMap { records[$0].lastUsedAt }).sorted().enumerated().map {
                ($1, $0 + 1)
            })
        let counts = Set(open.map { records[$0].usageCount }.filter { $0 != 0 }).sorted()
        let ranks = Dictionary(uniqueKeysWithValues: counts.enumerated().map { ($1, $0 + 1) })
        func score(_ index: Int) -> Double {
            let record = records[index]
            let time = record.lastUsedAt.flatMap { times[$0] } ?? 0
            let used = ranks[record.usageCount] ?? 0
            return (times.isEmpty ? 0 : Double(time) / Double(times.count))
                + (counts.isEmpty ? 0 : Double(used) / Double(counts.count))
        }
        let scores = Dictionary(uniqueKeysWithValues: open.map { ($0, score($0)) })
        if let least = scores.values.min(), scores.values.count(where: { $0 == least }) > 1 { result.isCertain = false }
        return open.min {
            let (left, right) = (scores[$0, default: 0], scores[$1, default: 0])
            if left != right { return left < right }
            let (one, other) = (records[$0], records[$1])
            return (one.lastUsedAt ?? .distantPast, one.id) < (other.lastUsedAt ?? .distantPast, other.id)
        }
    }
}

/// How often the cache hit, by count and by time.
package struct HitRate: Sendable, Equatable {
    package var hits = 0
    package var misses = 0
    /// Nanoseconds that hits saved, over those for which that is known, and how many these are.
    package var saved: Int64 = 0
    package var savedHits = 0
    /// Nanoseconds that misses took, over those for which that is known, and how many these are.
    package var spent: Int64 = 0
    package var spentMisses = 0

    package init() {}

    /// Hits ÷ (hits + misses); nil when there were neither.
    package var rate: Double? { hits + misses == 0 ? nil : Double(hits) / Double(hits + misses) }

    /// Time saved ÷ (saved + spent), over the steps whose time is known; nil when no time is.
    package var timeRate: Double? {
        saved + spent == 0 ? nil : Double(saved) / (Double(saved) + Double(spent))
    }

    /// The share of hits and misses whose time is known; nil when there were neither.
    package var timeCoverage: Double? {
        hits + misses == 0 ? nil : Double(savedHits + spentMisses) / Double(hits + misses)
    }

    package static func += (sum: inout HitRate, other: HitRate) {
        sum.hits += other.hits
        sum.misses += other.misses
        sum.saved += other.saved
        sum.savedHits += other.savedHits
        sum.spent += other.spent
        sum.spentMisses += other.spentMisses
    }
}

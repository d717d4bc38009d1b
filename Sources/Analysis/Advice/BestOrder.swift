/// The order of instructions with the least expected rebuild time.
struct BestOrder: Equatable {
    /// Positions in the given order.
    var order: [Int]
    /// Σ tᵢ·(1 − Πⱼ≤ᵢ(1 − pⱼ)), in the unit of the durations.
    var expected: Double
    var isProven: Bool

    /// What is to be ordered.
    struct Problem {
        /// tᵢ
        var durations: [Double]
        /// pᵢ
        var rates: [Double]
        /// What must stand before each, all of them with smaller positions.
        var predecessors: [Set<Int>]

        /// The expected time of an order.
        func expected(_ order: [Int]) -> Double {
            var survival = 1.0
            var sum = 0.0
            for index in order {
                survival *= 1 - rates[index]
                sum += durations[index] * (1 - survival)
            }
            return sum
        }

        func isAllowed(_ order: [Int]) -> Bool {
            var placed: Set<Int> = []
            for index in order {
                guard predecessors[index].isSubset(of: placed) else { return false }
                placed.insert(index)
            }
            return true
        }
    }

    /// The most sets of instructions that are looked at for a proven answer.
    static let stateLimit = 200_000

    /// The best order; of several equal ones, the one that keeps the given order longest. An order that is not better
    /// than the given one is not proposed.
    static func find(_ problem: Problem, stateLimit: Int = stateLimit) -> BestOrder {
        let given = Array(problem.durations.indices)
        let current = problem.expected(given)
        var found = exact(problem, stateLimit: stateLimit) ?? greedy(problem)
        if found.expected >= current - tolerance(current) {
            found.order = given
            found.expected = current
        }
        return found
    }

    private static func tolerance(_ value: Double) -> Double { max(abs(value), 1) * 1e-12 }

    // MARK: Exactly

    /// By dynamic programming over the sets that may stand at the front: how likely everything up to a place survives
    /// depends on which instructions those are, not on their order. Nil when there are more sets than the limit.
    private static func exact(_ problem: Problem, stateLimit: Int) -> BestOrder? {
        let count = problem.durations.count
        guard count < 64 else { return nil }
        let needs = problem.predecessors.map { $0.reduce(UInt64(0)) { $0 | 1 << UInt64($1) } }
        func free(_ placed: UInt64) -> [Int] {
            (0..<count).filter { placed & (1 << UInt64($0)) == 0 && needs[$0] & ~placed == 0 }
        }
        // Sets by size, so that each is met before those that hold it.
        var levels: [Set<UInt64>] = [[0]]
        var states = 1
        for _ in 0..<count {
            var next: Set<UInt64> = []
            for placed in levels[levels.count - 1] {
                for index in free(placed) { next.insert(placed | 1 << UInt64(index)) }
                if states + next.count > stateLimit { return nil }
            }
            states += next.count
            levels.append(next)
        }
        func survival(_ placed: UInt64) -> Double {
            (0..<count).reduce(1) { placed & (1 << UInt64($1)) == 0 ? $0 : $0 * (1 - problem.rates[$1]) }
        }
        /// Of each set how likely it does not change, and the least that what is not placed yet costs.
        var known: [UInt64: (survival: Double, rest: Double)] = [:]
        func cost(_ index: Int, after placed: UInt64) -> Double {
            known[placed | 1 << UInt64(index)].map { problem.durations[index] * (1 - $0.survival) + $0.rest } ?? 0
        }
        for placed in levels.reversed().joined() {
            known[placed] = (survival(placed), free(placed).map { cost($0, after: placed) }.min() ?? 0)
        }
        var order: [Int] = []
        var placed: UInt64 = 0
        while order.count < count {
            let best = known[placed]?.rest ?? 0
            // The smallest position among the equally good: what need not move stays.
            guard let index = free(placed).first(where: { cost($0, after: placed) <= best + tolerance(best) })
            else { return nil }
            order.append(index)
            placed |= 1 << UInt64(index)
        }
        return BestOrder(order: order, expected: problem.expected(order), isProven: true)
    }

    // MARK: Nearly

    /// The largest t·(1−p)/p that may come next, then single moves as long as one helps.
    private static func greedy(_ problem: Problem) -> BestOrder {
        let count = problem.durations.count
        func ratio(_ index: Int) -> Double {
            let rate = problem.rates[index]
            return rate > 0 ? problem.durations[index] * (1 - rate) / rate : .infinity
        }
        var order: [Int] = []
        var left = Array(0..<count)
        var placed: Set<Int> = []
        while !left.isEmpty {
            let ready = left.filter { problem.predecessors[$0].isSubset(of: placed) }
            guard let next = ready.max(by: { (ratio($0), $1) < (ratio($1), $0) }) else { break }
            order.append(next)
            placed.insert(next)
            left.removeAll { $0 == next }
        }
        let given = Array(0..<count)
        if problem.expected(given) < problem.expected(order) { order = given }
        var expected = problem.expected(order)
        var isBetter = true
        while isBetter {
            isBetter = false
            for from in 0..<count {
                for to in 0..<count where to != from {
                    var moved = order
                    moved.insert(moved.remove(at: from), at: to)
                    let value = problem.expected(moved)
                    if value < expected - tolerance(expected), problem.isAllowed(moved) {
                        (order, expected, isBetter) = (moved, value, true)
                    }
                }
            }
        }
        return BestOrder(order: order, expected: expected, isProven: false)
    }
}

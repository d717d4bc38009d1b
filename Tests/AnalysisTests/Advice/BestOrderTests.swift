import TestSupport
import Testing

@testable import Analysis

@Suite struct BestOrderTests {
    /// Instructions with random durations, change rates and dependencies; some never change, some always.
    private static func problem(_ seed: UInt64, count: Int? = nil) -> BestOrder.Problem {
        var random = SeededGenerator(seed: seed)
        let count = count ?? Int.random(in: 1...7, using: &random)
        let density = Double.random(in: 0...0.6, using: &random)
        let usual = [0, 0.05, 0.2, 0.5, 0.9, 1]
        return BestOrder.Problem(
            durations: (0..<count).map { _ in Double(Int.random(in: 0...60, using: &random)) },
            rates: (0..<count).map { _ -> Double in
                Bool.random(using: &random)
                    ? usual[.random(in: 0..<6, using: &random)] : .random(in: 0...1, using: &random)
            },
            predecessors: (0..<count).map { index in
                Set((0..<index).filter { _ in Double.random(in: 0..<1, using: &random) < density })
            })
    }

    /// Every order that keeps the dependencies.
    private static func extensions(_ problem: BestOrder.Problem, _ start: [Int] = []) -> [[Int]] {
        let left = problem.durations.indices.filter { !start.contains($0) }
        if left.isEmpty { return [start] }
        return left.filter { problem.predecessors[$0].isSubset(of: start) }
            .flatMap { extensions(problem, start + [$0]) }
    }

    /// The expected time by summing over everything that may change, and not by the formula.
    private static func expectedByCases(_ problem: BestOrder.Problem, _ order: [Int]) -> Double {
        let count = order.count
        return (0..<(1 << count)).reduce(0) { sum, changed in
            var probability = 1.0
            for index in 0..<count {
                probability *= changed & (1 << index) != 0 ? problem.rates[index] : 1 - problem.rates[index]
            }
            guard let first = order.firstIndex(where: { changed & (1 << $0) != 0 }) else { return sum }
            return sum + probability * order[first...].reduce(0) { $0 + problem.durations[$1] }
        }
    }

    @Test(arguments: 0..<400)
    func `no order that keeps the dependencies is better`(seed: Int) {
        let problem = Self.problem(UInt64(seed))
        let best = BestOrder.find(problem)
        let all = Self.extensions(problem)
        let least = all.map { Self.expectedByCases(problem, $0) }.min() ?? 0
        #expect(best.isProven && problem.isAllowed(best.order))
        #expect(abs(best.expected - least) < 1e-9)
        #expect(abs(Self.expectedByCases(problem, best.order) - least) < 1e-9)
    }

    @Test(arguments: 0..<200)
    func `neighbours that may be swapped stand by falling t(1−p) over p`(seed: Int) {
        let problem = Self.problem(UInt64(seed) + 1_000)
        let order = BestOrder.find(problem).order
        var survival = 1.0
        for (upper, lower) in zip(order, order.dropFirst()) {
            defer { survival *= 1 - problem.rates[upper] }
            // Where everything runs anyhow, or nothing is between the two, the order is all the same.
            if survival < 1e-6 || problem.predecessors[lower].contains(upper) { continue }
            let (p, q) = (problem.rates[upper], problem.rates[lower])
            let (t, s) = (problem.durations[upper], problem.durations[lower])
            #expect(t * (1 - p) * q >= s * (1 - q) * p - 1e-6)
        }
    }

    @Test(arguments: 0..<200)
    func `a search that is not exact keeps the dependencies, is never worse than the file, and says so`(seed: Int) {
        let problem = Self.problem(UInt64(seed) + 2_000)
        let found = BestOrder.find(problem, stateLimit: 0)
        #expect(!found.isProven && problem.isAllowed(found.order))
        #expect(found.expected <= problem.expected(Array(problem.durations.indices)) + 1e-9)
        #expect(found.expected >= BestOrder.find(problem).expected - 1e-9)
    }

    @Test func `without dependencies the inexact search is exact too`() {
        for seed in 0..<100 {
            var problem = Self.problem(UInt64(seed) + 3_000)
            problem.predecessors = problem.predecessors.map { _ in [] }
            let found = BestOrder.find(problem, stateLimit: 0)
            #expect(abs(found.expected - BestOrder.find(problem).expected) < 1e-9)
        }
    }

    @Test func `many instructions in a chain are searched exactly, sixty free ones are not`() {
        var chain = Self.problem(7, count: 60)
        chain.predecessors = (0..<60).map { $0 == 0 ? [] : [$0 - 1] }
        #expect(BestOrder.find(chain).isProven)
        #expect(BestOrder.find(chain).order == Array(0..<60))
        var free = chain
        free.predecessors = (0..<60).map { _ in [] }
        #expect(!BestOrder.find(free).isProven)
    }

    @Test func `what makes no difference keeps its place`() {
        let problem = BestOrder.Problem(
            durations: [0, 5, 0, 5], rates: [0, 0.5, 0, 0.5], predecessors: [[], [], [], []])
        #expect(BestOrder.find(problem).order == [0, 1, 2, 3])
    }
}

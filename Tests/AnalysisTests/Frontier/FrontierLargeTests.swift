import Analysis
import Figures
import Testing

@Suite struct `The frontier of larger problems` {
    @Test(arguments: 0..<12 as Range<UInt64>)
    func `is worth at any price what an independent minimum cut is`(seed: UInt64) throws {
        var random = RandomFrontierProblem(seed: seed + 3_000_000)
        let problem = try random.problem(candidates: 60...150)
        let frontier = FrontierSearch(problem).frontier
        // At the price of each chord and around it, where sets are worth the same or nearly.
        var prices: [(gain: Int128, cost: Int128)] = [(1, 0), (0, 1), (1, 1)]
        for place in Set((0..<6).map { _ in random.number(0...max(0, frontier.corners.count - 2)) })
        where frontier.corners.count > 1 {
            let (low, high) = (frontier.corners[place], frontier.corners[place + 1])
            let (gain, cost) = (Int128(high.loss - low.loss), Int128(high.freedBytes - low.freedBytes))
            prices += [(gain, cost), (gain, cost + 1), (gain + 1, cost)]
        }
        for (gain, cost) in prices {
            var cut = SimpleMinimumCut(problem, gain: gain, cost: cost)
            let worth = frontier.corners.map { gain * Int128($0.freedBytes) - cost * Int128($0.loss) }.max() ?? 0
            #expect(worth == cut.mostWorth(), "price \(cost)/\(gain)")
        }
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `is strictly concave, and each corner is what its candidates free`(seed: UInt64) throws {
        var random = RandomFrontierProblem(seed: seed + 4_000_000)
        let problem = try random.problem(candidates: 200...2000)
        let frontier = FrontierSearch(problem).frontier
        #expect(frontier.corners[0].loss == 0)
        let corners = frontier.corners
        for (low, high) in zip(corners, corners.dropFirst()) {
            #expect(low.loss < high.loss && low.freedBytes < high.freedBytes)
        }
        for place in corners.indices.dropFirst(2) {
            let (one, two, three) = (corners[place - 2], corners[place - 1], corners[place])
            let before = Int128(two.freedBytes - one.freedBytes) * Int128(three.loss - two.loss)
            let after = Int128(three.freedBytes - two.freedBytes) * Int128(two.loss - one.loss)
            #expect(before > after, "corner \(place - 1)")
        }
        for place in [0, corners.count / 3, corners.count / 2, corners.count - 1] {
            #expect(FrontierBruteForce.measure(problem, frontier.chosen(at: place)) == corners[place])
        }
        let everything = FrontierBruteForce.measure(
            problem, (0..<FrontierProblem.Index(problem.candidateCount)).map { $0 })
        #expect(frontier.mostBytes == everything?.freedBytes)
    }

    @Test(arguments: 0..<24 as Range<UInt64>)
    func `gives choices that keep what they promise`(seed: UInt64) throws {
        var random = RandomFrontierProblem(seed: seed + 5_000_000)
        let problem = try random.problem(candidates: 200...600)
        let search = FrontierSearch(problem)
        let most = search.frontier.mostBytes
        for part: Int64 in [1, 20, 50, 90, 99] {
            let target = most / 100 * part
            guard case .reached(let choice) = search.target(target, effort: 50_000) else {
                Issue.record("\(target) of \(most) is within reach")
                continue
            }
            let measured = FrontierBruteForce.measure(problem, choice.candidates)
            #expect(measured == Frontier.Corner(loss: choice.loss, freedBytes: choice.freedBytes), "\(part) %")
            #expect(choice.freedBytes >= target)
            #expect(choice.lowerBound >= search.frontier.leastLoss(freeing: target) ?? .max)
            // Never worse than the next corner, which is there for the taking.
            let corner = try #require(search.frontier.corner(freeing: target))
            #expect(choice.lowerBound <= choice.loss && choice.loss <= search.frontier.corners[corner].loss)
        }
    }
}

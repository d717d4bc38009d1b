import Analysis
import Figures
import Testing

@Suite struct `The frontier of random problems` {
    static let blocks = (0..<20).map { UInt64($0) * 250..<UInt64($0 + 1) * 250 }

    @Test(arguments: blocks)
    func `has exactly the corners of brute force`(seeds: Range<UInt64>) throws {
        for seed in seeds {
            var random = RandomFrontierProblem(seed: seed)
            let problem = try random.problem(candidates: seed % 50 == 0 ? 12...13 : 0...8)
            let frontier = FrontierSearch(problem).frontier
            let expected = FrontierBruteForce(problem).corners()
            guard frontier.corners == expected else {
                Issue.record("seed \(seed): \(frontier.corners), not \(expected)")
                return
            }
            for corner in expected.indices {
                let chosen = frontier.chosen(at: corner)
                #expect(FrontierBruteForce.measure(problem, chosen) == expected[corner], "seed \(seed), \(corner)")
            }
        }
    }

    @Test(arguments: blocks)
    func `gives the best choice for every target`(seeds: Range<UInt64>) throws {
        for seed in seeds {
            var random = RandomFrontierProblem(seed: seed + 1_000_000)
            let problem = try random.problem(candidates: seed % 50 == 0 ? 11...12 : 0...8)
            let search = FrontierSearch(problem)
            let expected = FrontierBruteForce(problem)
            let most = search.frontier.mostBytes
            var targets: [Int64] = [0, 1, most, most + 1]
            for sizes in expected.mostBytes.values.sorted().prefix(30) { targets += [sizes, sizes + 1] }
            for target in targets {
                check(target, search.target(target), problem, search.frontier, expected, "seed \(seed), \(target)")
            }
        }
    }

    private func check(
        _ target: Int64, _ outcome: TargetOutcome, _ problem: FrontierProblem, _ frontier: Frontier,
        _ expected: FrontierBruteForce, _ comment: Comment
    ) {
        guard let least = expected.leastLoss(freeing: target) else {
            #expect(outcome == .unreachable(mostBytes: frontier.mostBytes), comment)
            #expect(frontier.leastLoss(freeing: target) == nil, comment)
            return
        }
        guard case .reached(let choice) = outcome else {
            Issue.record("\(comment): \(outcome)")
            return
        }
        #expect(choice.freedBytes >= target, comment)
        #expect(choice.loss == least, comment)
        #expect(choice.isOptimal && choice.gap == 0, comment)
        #expect((frontier.leastLoss(freeing: target) ?? .max) <= least, comment)
        let measured = FrontierBruteForce.measure(problem, choice.candidates)
        #expect(measured == Frontier.Corner(loss: choice.loss, freedBytes: choice.freedBytes), comment)
    }

    @Test(arguments: blocks)
    func `bounds a choice truly when the search for proof is cut short`(seeds: Range<UInt64>) throws {
        var proven = 0
        var open = 0
        for seed in seeds {
            var random = RandomFrontierProblem(seed: seed + 2_000_000)
            let problem = try random.problem(candidates: 2...8)
            let search = FrontierSearch(problem)
            let expected = FrontierBruteForce(problem)
            for target in Set(expected.mostBytes.values) where target > 0 {
                let least = try #require(expected.leastLoss(freeing: target))
                guard case .reached(let choice) = search.target(target, effort: 0, provenCandidates: 0) else {
                    Issue.record("seed \(seed): \(target) is within reach")
                    continue
                }
                #expect(choice.freedBytes >= target && choice.lowerBound <= least && least <= choice.loss)
                #expect(!choice.isOptimal || choice.loss == least, "seed \(seed), \(target)")
                #expect(choice.lowerBound % search.frontier.lossUnit == 0)
                if choice.isOptimal { proven += 1 } else { open += 1 }
            }
        }
        #expect(proven > 0 && open > 0)
    }
}

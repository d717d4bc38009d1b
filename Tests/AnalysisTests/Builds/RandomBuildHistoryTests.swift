import Analysis
import BuildModel
import Figures
import Testing

@Suite("Figures of random builds")
struct RandomBuildHistoryTests {
    private static func history(seed: UInt64) -> [CacheModel.Made] {
        var model = CacheModel(seed: seed)
        for _ in 0..<12 {
            model.runBuild()
            for _ in 0..<Int.random(in: 0...2, using: &model.generator) { model.change() }
        }
        return model.made
    }

    @Test func `a cause that is named is true, and without a named cause there is no evidence of one`() {
        var counts: [String: Int] = [:]
        for seed in 0..<UInt64(400) {
            let made = Self.history(seed: seed)
            let figures = buildFigures(made.map(\.build))
            for (number, figure) in figures.enumerated() {
                for miss in figure.firstMisses {
                    let truth = made[number].steps[miss.step]
                    let place: Comment = "seed \(seed) build \(number) step \(miss.step): \(miss) \(truth)"
                    counts[miss.cause.rawValue, default: 0] += 1
                    switch miss.cause {
                    case .unknown:
                        let reasons = [
                            "no earlier build", "either files changed", "is not told", "tells of other things",
                            "something before it stands",
                        ]
                        #expect(reasons.contains { miss.evidence.contains($0) }, place)
                        if seed % 2 == 0 { #expect(!miss.evidence.contains("is not told"), place) }
                    case .inputsChanged where truth.isEvicted:
                        #expect(miss.evidence.contains("unless the cache lost"), place)
                        counts["evicted, files", default: 0] += 1
                    case .notInCache where !truth.causes.contains("not_in_cache") && truth.causes.contains("hidden"):
                        #expect(miss.evidence.contains("environment and build arguments are not"), place)
                    case .notInCache where miss.evidence.contains("to its end"):
                        #expect(Self.neverRan(made, number, miss.step), place)
                    default: #expect(truth.causes.contains(miss.cause.rawValue), place)
                    }
                }
            }
        }
        for cause in MissCause.allCases where cause != .notCacheable {
            #expect(counts[cause.rawValue, default: 0] > 50, "\(counts)")
        }
        #expect(counts["unknown", default: 0] * 3 < counts.values.reduce(0, +), "\(counts)")
    }

    /// Whether the step stands in an earlier build, and hit or ran in none.
    private static func neverRan(_ made: [CacheModel.Made], _ number: Int, _ index: Int) -> Bool {
        let step = made[number].build.steps[index]
        let before = made[..<number].flatMap { zip($0.build.steps, $0.steps) }
        return before.contains { $0.0.stage == step.stage && $0.0.text == step.text && !$0.0.isCountable }
            && !before.contains { $0.1.visible == made[number].steps[index].visible && $0.0.isCountable }
    }

    @Test func `the first miss of each stage, and no other, has a cause`() {
        for seed in 0..<UInt64(80) {
            let builds = Self.history(seed: seed).map(\.build)
            for (build, figure) in zip(builds, buildFigures(builds)) {
                var (seen, expected): (Set<String?>, [Int]) = ([], [])
                for (index, step) in build.steps.enumerated() where step.isMiss {
                    if seen.insert(step.stage).inserted { expected.append(index) }
                }
                #expect(figure.firstMisses.map(\.step) == expected)
                #expect(figure.steps.count == build.steps.count)
            }
        }
    }

    @Test func `seconds saved and lost are those of a plain count`() {
        var (saved, lost, none) = (0, 0, 0)
        for seed in 0..<UInt64(200) {
            let made = Self.history(seed: seed)
            for (number, figure) in buildFigures(made.map(\.build)).enumerated() {
                for (index, step) in made[number].build.steps.enumerated() {
                    let expected = StepFigures(
                        saved: Self.saved(made, number, index), lost: Self.lost(made, number, index))
                    #expect(figure.steps[index] == expected, "seed \(seed) build \(number) step \(index)")
                    saved += expected.saved == nil ? 0 : 1
                    lost += expected.lost == nil ? 0 : 1
                    none += step.isHit && expected.saved == nil ? 1 : 0
                }
            }
        }
        #expect(saved > 500 && lost > 500, "\(saved) \(lost)")
        #expect(none * 100 < saved, "hits of steps that ran in another stage only: \(none)")
    }

    private static func saved(_ made: [CacheModel.Made], _ number: Int, _ index: Int) -> Int64? {
        let steps = made[number].build.steps
        guard steps[index].isHit else { return nil }
        func turn(_ steps: [BuildStep], _ index: Int) -> Int {
            steps[..<index].count { $0.stage == steps[index].stage && $0.text == steps[index].text }
        }
        func runs(_ builds: some Sequence<CacheModel.Made>) -> [Int64] {
            builds.flatMap { made in
                made.build.steps.indices.compactMap { other in
                    let step = made.build.steps[other]
                    guard step.isMiss, step.stage == steps[index].stage, step.text == steps[index].text,
                        turn(made.build.steps, other) == turn(steps, index)
                    else { return nil }
                    return step.duration
                }
            }
        }
        let before = runs(made[..<number])
        let sorted = (before.isEmpty ? runs(made[(number + 1)...]) : before).sorted()
        if sorted.isEmpty { return nil }
        let half = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
    }

    private static func lost(_ made: [CacheModel.Made], _ number: Int, _ index: Int) -> Int64? {
        guard made[number].build.steps[index].isMiss else { return nil }
        for earlier in made[..<number].reversed() {
            let isThere = zip(earlier.build.steps, earlier.steps).contains {
                $0.isCountable && $1.visible == made[number].steps[index].visible
            }
            if isThere { return made[number].build.steps[index].duration }
            if earlier.build.result == .completed { return nil }
        }
        return nil
    }
}

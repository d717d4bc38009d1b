import Analysis
import BuildModel
import Figures
import Testing

@Suite("Hit rates")
struct HitRateTests {
    @Test func `nothing that could hit has no rate`() {
        #expect(HitRate().rate == nil && HitRate().timeRate == nil && HitRate().timeCoverage == nil)
    }

    private static func key(_ build: Build, _ step: BuildStep) -> String {
        "\(build.builder ?? "") \(step.instruction ?? "")"
    }

    @Test func `groups of random builds are those of a plain count`() throws {
        for seed in 0..<UInt64(40) {
            var model = CacheModel(seed: seed)
            for _ in 0..<6 {
                model.runBuild()
                model.change()
            }
            var builds = model.made.map(\.build)
            builds[0].usesCache = false
            let figures = buildFigures(builds)
            let rates = hitRates(builds, figures, by: Self.key)
            var seen = 0
            for (key, rate) in rates {
                var plain = HitRate()
                for (build, figures) in zip(builds, figures).dropFirst() {
                    for (step, figures) in zip(build.steps, figures.steps) where Self.key(build, step) == key {
                        if step.outcome == .hit {
                            plain.hits += 1
                            plain.saved += figures.saved ?? 0
                            plain.savedHits += figures.saved == nil ? 0 : 1
                        }
                        if step.outcome == .miss || step.outcome == .notProbed {
                            plain.misses += 1
                            plain.spent += step.duration ?? 0
                            plain.spentMisses += step.duration == nil ? 0 : 1
                        }
                    }
                }
                #expect(rate == plain && rate.rate == Double(plain.hits) / Double(plain.hits + plain.misses))
                seen += plain.hits + plain.misses
            }
            #expect(seen == builds.reduce(0) { $0 + $1.hits + $1.misses })
        }
    }
}

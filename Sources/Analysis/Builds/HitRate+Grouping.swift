package import BuildModel
package import Figures

/// The hit rate of each group of steps. Steps of builds without a cache, and steps without a key, are in no group.
///
/// `figures` are those of the builds, in their order; builds of several lineages may stand together.
package func hitRates<Key: Hashable>(
    _ builds: [Build], _ figures: [BuildFigures], by key: (_ build: Build, _ step: BuildStep) -> Key?
) -> [Key: HitRate] {
    var rates: [Key: HitRate] = [:]
    for (build, figures) in zip(builds, figures) where build.usesCache {
        for (step, figures) in zip(build.steps, figures.steps) where step.isCountable {
            guard let key = key(build, step) else { continue }
            rates[key, default: HitRate()] += HitRate(step, figures)
        }
    }
    return rates
}

extension HitRate {
    /// One step that hit or missed.
    init(_ step: BuildStep, _ figures: StepFigures) {
        self.init()
        if step.isHit {
            hits = 1
            if let known = figures.saved { (saved, savedHits) = (known, 1) }
        } else if step.isMiss {
            misses = 1
            if let known = step.duration { (spent, spentMisses) = (known, 1) }
        }
    }
}

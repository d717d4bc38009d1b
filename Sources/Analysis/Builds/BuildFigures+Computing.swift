package import BuildModel
package import Figures

/// What the cache did for each build of one lineage: builds of the same project, target and Dockerfile, oldest first,
/// on any builders.
///
/// - Saved by a hit: the median duration of the step's own real runs in builds before it, or after it when there are
///   none before. The step is known by platform, stage, text and its turn among equal ones.
/// - Lost by a miss: its duration, when its text, those of all steps that it stands on and the digests or IDs of their
///   base images, as far as they are told, are what they were in the build before. That is the last one that completed, or a
///   later one that failed after it had come as far. A step that the build before did not have has lost nothing.
/// - The cause of each stage's first miss: what the records tell, ``MissCause/unknown`` where that leaves more than one.
///
/// A build without a cache has no figures, and its runs count as history of how long steps take.
package func buildFigures(_ builds: [Build]) -> [BuildFigures] {
    var table = ChainTable()
    let shared = SharedBases(builds)
    let staged = builds.enumerated().map { StagedBuild($1, $0, shared, table: &table) }
    var durations = StepDurations(staged)
    var history = BuildHistory()
    return staged.map { staged in
        defer {
            history.append(staged)
            durations.append(staged)
        }
        let steps = staged.build.steps.indices.map { index in
            stepFigures(index, of: staged, durations: durations, history: history)
        }
        let misses = staged.build.usesCache ? MissCauseSearch(staged: staged, history: history).firstMisses() : []
        return BuildFigures(steps: steps, firstMisses: misses)
    }
}

private func stepFigures(
    _ index: Int, of staged: StagedBuild, durations: StepDurations, history: BuildHistory
) -> StepFigures {
    let step = staged.build.steps[index]
    guard staged.build.usesCache, let identity = staged.identity[index], let chain = staged.chain[index] else {
        return StepFigures()
    }
    if step.isHit { return StepFigures(saved: durations.estimate(identity)) }
    guard step.isMiss, history.isUnchanged(chain) else { return StepFigures() }
    return StepFigures(lost: step.duration)
}

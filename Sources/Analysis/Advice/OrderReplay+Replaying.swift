import Figures

extension OrderReplay {
    /// Replays recorded builds: what each costs in the order in which the file stands and in the proposed one.
    ///
    /// The first instruction that changed and all below it run; what stands above it comes from the cache. An
    /// instruction counts with its own run in that build, or else with the median of its runs.
    ///
    /// - Parameters:
    ///   - order: positions of the stage's instructions in the proposed order.
    ///   - indexes: where the stage's instructions stand in the report.
    init(
        _ observations: StageObservations, order: [Int], histories: [InstructionHistory], indexes: [Int]
    ) {
        let given = Array(indexes.indices)
        func name(_ position: Int) -> String { "line \(histories[position].lines.lowerBound)" }
        func cost(_ comparison: StageObservations.Comparison, _ order: [Int]) -> (Int64?, String?) {
            var start = comparison.baseChanged ? order.startIndex : order.endIndex
            if !comparison.baseChanged {
                search: for (place, position) in order.enumerated() {
                    switch comparison.changes[position] {
                    case .unchanged: continue
                    case .unknown(let reason): return (nil, "\(name(position)): \(reason)")
                    case .changed:
                        start = place
                        break search
                    }
                }
            }
            var sum: Int64 = 0
            for position in order[start...] where histories[position].makesStep {
                guard let duration = comparison.durations[position] ?? histories[position].duration else {
                    return (nil, "\(name(position)) never ran in a recorded build")
                }
                sum += duration
            }
            return (sum, nil)
        }
        self.init(
            builds: observations.comparisons.map { comparison in
                let recorded = cost(comparison, given)
                let proposed = cost(comparison, order)
                return ReplayedBuild(
                    build: comparison.build,
                    changed: given.filter { comparison.changes[$0] == .changed }.map { indexes[$0] },
                    recordedCost: recorded.0, proposedCost: proposed.0, unknown: recorded.1 ?? proposed.1)
            })
    }
}

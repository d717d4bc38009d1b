import BuildModel

/// How long steps took when they really ran, over a lineage whose builds are gone through from the oldest on.
struct StepDurations {
    /// In rising order.
    private var before: [StepIdentity: [Int64]] = [:]
    private var all: [StepIdentity: [Int64]] = [:]

    init(_ builds: [StagedBuild]) {
        for staged in builds {
            Self.forEachRun(of: staged) { all[$0, default: []].append($1) }
        }
        for identity in all.keys { all[identity]?.sort() }
    }

    /// The median of the step's runs in builds that were appended; of all its runs when there are none; nil when it
    /// never ran.
    func estimate(_ identity: StepIdentity) -> Int64? { (before[identity] ?? all[identity]).flatMap(Self.median) }

    mutating func append(_ staged: StagedBuild) {
        Self.forEachRun(of: staged) { identity, duration in
            var (low, high) = (0, before[identity]?.count ?? 0)
            while low < high {
                let middle = (low + high) / 2
                if before[identity, default: []][middle] < duration { low = middle + 1 } else { high = middle }
            }
            before[identity, default: []].insert(duration, at: low)
        }
    }

    private static func forEachRun(of staged: StagedBuild, _ body: (StepIdentity, Int64) -> Void) {
        for (index, step) in staged.build.steps.enumerated() where step.kind == .instruction {
            guard [.miss, .notProbed, .completed].contains(step.outcome), let identity = staged.identity[index],
                let duration = step.duration
            else { continue }
            body(identity, duration)
        }
    }

    /// Of an even number of values the mean of the middle two, rounded down.
    private static func median(_ sorted: [Int64]) -> Int64? {
        guard !sorted.isEmpty else { return nil }
        let (low, high) = (sorted[(sorted.count - 1) / 2], sorted[sorted.count / 2])
        return low + (high - low) / 2
    }
}

/// What the cache did for one build, and what it cost where it did nothing.
package struct BuildFigures: Sendable, Equatable {
    /// As many as the build has steps, in their order.
    package var steps: [StepFigures]
    /// The first instruction of each stage that missed, in the order of the stages.
    package var firstMisses: [FirstMiss]

    package init(steps: [StepFigures], firstMisses: [FirstMiss] = []) {
        self.steps = steps
        self.firstMisses = firstMisses
    }

    /// Nanoseconds that hits saved, over those steps for which that is known; nil when it is known of none.
    package var saved: Int64? { Self.sum(steps.lazy.map(\.saved)) }
    /// Nanoseconds that needless misses cost, over those steps for which that is known; nil when it is known of none.
    package var lost: Int64? { Self.sum(steps.lazy.map(\.lost)) }

    private static func sum(_ values: some Sequence<Int64?>) -> Int64? {
        values.reduce(nil) { sum, value in value.map { (sum ?? 0) + $0 } ?? sum }
    }
}

/// Seconds saved and lost by one step, in nanoseconds.
package struct StepFigures: Sendable, Equatable {
    /// What the step would have taken: of a hit, from the step's own history of real runs. Nil when it never ran
    /// uncached, or is no hit.
    package var saved: Int64?
    /// What the step took although neither its text nor the text of a predecessor had changed. Nil for any other step.
    package var lost: Int64?

    package init(saved: Int64? = nil, lost: Int64? = nil) {
        self.saved = saved
        self.lost = lost
    }
}

/// Where the cache broke in one stage, and why.
package struct FirstMiss: Sendable, Equatable {
    /// The index in the build's steps.
    package var step: Int
    package var cause: MissCause
    /// What says so, for people: `python:3.12 was sha256:3d5e… in the build before, and is sha256:81af…`.
    package var evidence: String

    package init(step: Int, cause: MissCause, evidence: String) {
        self.step = step
        self.cause = cause
        self.evidence = evidence
    }
}

/// Why a step was not taken from the cache.
package enum MissCause: String, Sendable, CaseIterable {
    /// The base image has another digest than before.
    case baseMoved = "base_moved"
    /// The instruction's own text changed, or it is new.
    case instructionChanged = "instruction_changed"
    /// COPY or ADD, or a bind mount, with the same text and the same steps before it: the files changed.
    case inputsChanged = "inputs_changed"
    /// A step of another stage that this one builds on missed.
    case earlierStep = "earlier_step"
    /// Nothing changed, so that the entry was evicted, or this builder never had it.
    case notInCache = "not_in_cache"
    /// The step can never hit (`--no-cache`, a remote source that is fetched each time).
    case notCacheable = "not_cacheable"
    /// There is no evidence, such as no earlier build.
    case unknown
}

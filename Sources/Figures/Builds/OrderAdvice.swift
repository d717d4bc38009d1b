/// The order of one stage's instructions: as it is, and the one with the least expected rebuild time.
package struct OrderAdvice: Sendable, Equatable {
    /// The stage's name, or `stage-N`.
    package var stage: String
    /// Indexes into ``DockerfileReport/instructions``, without FROM, as the file has them.
    package var current: [Int]
    /// The same in the order proposed; equal to ``current`` when nothing is better.
    package var proposed: [Int]
    /// Expected seconds of a rebuild, Σ tᵢ·(1 − Πⱼ≤ᵢ(1 − pⱼ)), in the current order; nil unless change rate and
    /// duration of every step of the stage are known.
    package var expectedBefore: Double?
    /// The same in the proposed order.
    package var expectedAfter: Double?
    /// Whether no order that keeps the dependencies has a smaller expectation. False when there are too many to look at
    /// all of them, and the proposed one is only the best that was found.
    package var isProvenBest: Bool
    /// Pairs that must keep their order, and why.
    package var kept: [KeptOrder]
    /// What the two orders would have cost in the recorded builds.
    package var replay: OrderReplay
    /// What is not known, for people: `line 7: no build shows whether its files changed`.
    package var missing: [String]

    package init(
        stage: String, current: [Int], proposed: [Int], expectedBefore: Double? = nil, expectedAfter: Double? = nil,
        isProvenBest: Bool, kept: [KeptOrder] = [], replay: OrderReplay = OrderReplay(), missing: [String] = []
    ) {
        self.stage = stage
        self.current = current
        self.proposed = proposed
        self.expectedBefore = expectedBefore
        self.expectedAfter = expectedAfter
        self.isProvenBest = isProvenBest
        self.kept = kept
        self.replay = replay
        self.missing = missing
    }

    package var isChange: Bool { current != proposed }
}

/// Two instructions that must keep their order.
package struct KeptOrder: Sendable, Equatable {
    /// Indexes into ``DockerfileReport/instructions``.
    package var first: Int
    package var second: Int
    package var reason: String

    package init(first: Int, second: Int, reason: String) {
        self.first = first
        self.second = second
        self.reason = reason
    }
}

/// Recorded builds, each with what it costs in the recorded order and in the proposed one.
package struct OrderReplay: Sendable, Equatable {
    package var builds: [ReplayedBuild]

    package init(builds: [ReplayedBuild] = []) { self.builds = builds }

    /// Builds of which both costs are known.
    package var known: [ReplayedBuild] { builds.filter { $0.saved != nil } }

    /// Nanoseconds that the proposed order would have saved over the builds for which that is known (negative if it
    /// would have cost more); nil when it is known of none.
    package var saved: Int64? {
        builds.lazy.compactMap(\.saved).reduce(nil) { sum, saved in (sum ?? 0) + saved }
    }
}

/// One recorded build, replayed.
package struct ReplayedBuild: Sendable, Equatable {
    /// The index among the recorded builds, oldest first.
    package var build: Int
    /// What changed since the build before: indexes into ``DockerfileReport/instructions``.
    package var changed: [Int]
    /// Nanoseconds of what had to run in the recorded order; nil when it cannot be told.
    package var recordedCost: Int64?
    /// Nanoseconds of what would have had to run in the proposed order; nil when it cannot be told.
    package var proposedCost: Int64?
    /// Why a cost is not known.
    package var unknown: String?

    package init(
        build: Int, changed: [Int] = [], recordedCost: Int64? = nil, proposedCost: Int64? = nil,
        unknown: String? = nil
    ) {
        self.build = build
        self.changed = changed
        self.recordedCost = recordedCost
        self.proposedCost = proposedCost
        self.unknown = unknown
    }

    package var saved: Int64? {
        guard let recordedCost, let proposedCost else { return nil }
        return recordedCost - proposedCost
    }
}

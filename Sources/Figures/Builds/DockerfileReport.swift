/// What is advised for one Dockerfile, from its text and from recorded builds of it.
package struct DockerfileReport: Sendable, Equatable {
    /// Recorded builds that were looked at.
    package var builds: Int
    /// Every instruction of the file, in its order, with what was observed of it.
    package var instructions: [InstructionHistory]
    /// The order of each stage that has instructions, in the order of the stages.
    package var orders: [OrderAdvice]
    /// The whole Dockerfile with every stage in its proposed order; nil when that is how it stands.
    package var reordered: String?
    /// Changes beyond the order, that make other instructions out of those there are.
    package var rewrites: [StructuralRewrite]
    /// Everything advised, in the order of the lines.
    package var findings: [DockerfileAdvice]

    package init(
        builds: Int, instructions: [InstructionHistory], orders: [OrderAdvice] = [],
        reordered: String? = nil, rewrites: [StructuralRewrite] = [], findings: [DockerfileAdvice] = []
    ) {
        self.builds = builds
        self.instructions = instructions
        self.orders = orders
        self.reordered = reordered
        self.rewrites = rewrites
        self.findings = findings
    }
}

/// What recorded builds tell of one instruction.
package struct InstructionHistory: Sendable, Equatable {
    /// Lines of the Dockerfile, from 1.
    package var lines: ClosedRange<Int>
    /// The stage's name, or `stage-N`; nil before the first FROM.
    package var stage: String?
    package var keyword: String
    /// As it is written, continuation lines joined.
    package var text: String
    /// Whether BuildKit makes a step of it (RUN, COPY, ADD, WORKDIR): others cost nothing and are not observed.
    package var makesStep: Bool
    package var rate: ChangeRate
    /// The median of its real runs, in nanoseconds (of an even number the mean of the middle two); nil when it never
    /// ran in a recorded build.
    package var duration: Int64?
    /// Real runs of which the duration is known.
    package var runs: Int

    package init(
        lines: ClosedRange<Int>, stage: String? = nil, keyword: String, text: String, makesStep: Bool,
        rate: ChangeRate = ChangeRate(), duration: Int64? = nil, runs: Int = 0
    ) {
        self.lines = lines
        self.stage = stage
        self.keyword = keyword
        self.text = text
        self.makesStep = makesStep
        self.rate = rate
        self.duration = duration
        self.runs = runs
    }
}

/// How often what an instruction's cache entry hangs on (its text; of COPY and ADD the files too) changed from one
/// build to the next.
package struct ChangeRate: Sendable, Equatable {
    package var changes: Int
    /// Builds in which it could be told whether it changed. After the first miss of a stage it cannot be told of files.
    package var observations: Int

    package init(changes: Int = 0, observations: Int = 0) {
        self.changes = changes
        self.observations = observations
    }

    /// The estimated probability of a change from one build to the next: (k + ½) / (n + 1), by Krichevsky and Trofimov,
    /// so that what was never seen to change in a few builds does not count as never changing. Nil without observations.
    package var value: Double? {
        observations > 0 ? (Double(changes) + 0.5) / Double(observations + 1) : nil
    }
}

/// A rewrite that changes instructions and not only their order, so that a person has to judge it.
package struct StructuralRewrite: Sendable, Equatable {
    package var rule: DockerfileAdvice.Rule
    /// The COPY that comes too early, and the RUN that installs.
    package var copyLines: ClosedRange<Int>
    package var installLines: ClosedRange<Int>
    /// Files to copy first.
    package var manifests: [String]
    /// What has to be true for the rewrite to build the same.
    package var assumption: String
    /// Nanoseconds that it would have saved over the recorded builds, if none of the manifest files changed in them: so
    /// at most that much. Nil when no recorded build tells.
    package var savedAtMost: Int64?
    /// Builds over which ``savedAtMost`` was summed.
    package var replayedBuilds: Int
    /// The whole Dockerfile, rewritten; nil when the RUN does more than install, and has to be split by hand.
    package var rewritten: String?

    package init(
        rule: DockerfileAdvice.Rule, copyLines: ClosedRange<Int>, installLines: ClosedRange<Int>, manifests: [String],
        assumption: String, savedAtMost: Int64? = nil, replayedBuilds: Int = 0, rewritten: String? = nil
    ) {
        self.rule = rule
        self.copyLines = copyLines
        self.installLines = installLines
        self.manifests = manifests
        self.assumption = assumption
        self.savedAtMost = savedAtMost
        self.replayedBuilds = replayedBuilds
        self.rewritten = rewritten
    }
}

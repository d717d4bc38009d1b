package import ImageModel

/// One vertex of a build, or one progress group of vertices (`COPY --link`), or one step of another builder.
package struct BuildStep: Sendable, Equatable {
    /// From 1, in the order in which the steps were first seen; unlike the numbers that a log prints, without gaps.
    package var number: Int
    package var kind: StepKind
    /// The whole name, as it was printed.
    package var name: String
    package var platform: String?
    /// The stage's name or `stage-N`; nil where the builder names none.
    package var stage: String?
    /// `2` and `5` of `[stage 2/5]`.
    package var position: Int?
    package var positions: Int?
    /// The instruction's keyword in capitals: `RUN`.
    package var instruction: String?
    /// The instruction, from its keyword on, as the builder printed it (variables may be expanded); for other steps
    /// the name without what stands in brackets before it.
    package var text: String
    /// BuildKit's digest of the vertex.
    package var vertex: Digest?
    /// Numbers of the steps that this one stands on; empty where that is not told.
    package var inputs: [Int]
    package var outcome: StepOutcome
    /// Nanoseconds from the build's start to the step's; nil when it is told nowhere.
    package var startOffset: Int64?
    /// Nanoseconds that the step took, its overlapping intervals merged; nil when it is told nowhere.
    package var duration: Int64?
    package var error: String?
    /// Lines of the Dockerfile, from 1.
    package var lines: ClosedRange<Int>?
    /// Blobs of the layers that the step made.
    package var layers: [Digest]
    /// The image that the builder printed for the step: of FROM the base, of another step what it made. As printed:
    /// the first 11 or 12 hexadecimal digits, or all 64.
    package var imageID: String?

    package init(
        number: Int, kind: StepKind, name: String, platform: String? = nil, stage: String? = nil,
        position: Int? = nil, positions: Int? = nil, instruction: String? = nil, text: String,
        vertex: Digest? = nil, inputs: [Int] = [], outcome: StepOutcome, startOffset: Int64? = nil,
        duration: Int64? = nil, error: String? = nil, lines: ClosedRange<Int>? = nil, layers: [Digest] = [],
        imageID: String? = nil
    ) {
        self.number = number
        self.kind = kind
        self.name = name
        self.platform = platform
        self.stage = stage
        self.position = position
        self.positions = positions
        self.instruction = instruction
        self.text = text
        self.vertex = vertex
        self.inputs = inputs
        self.outcome = outcome
        self.startOffset = startOffset
        self.duration = duration
        self.error = error
        self.lines = lines
        self.layers = layers
        self.imageID = imageID
    }
}

/// What a step is. Only ``instruction`` counts in a hit rate.
package enum StepKind: String, Sendable, CaseIterable {
    /// A user-written instruction that could have hit (RUN, COPY, ADD, WORKDIR; with other builders also those that
    /// only change the configuration, which look up the cache too).
    case instruction
    /// The base image of a stage.
    case from
    /// The build context, local sources and named contexts, transferred each time.
    case context
    /// The builder's own work (`[internal]`, resolving image configurations, SBOM generation).
    case `internal`
    case auth
    case cacheImport = "cache_import"
    case cacheExport = "cache_export"
    /// Writing the result (`exporting to image`, `importing to docker`).
    case export
    case other
}

/// What became of a step.
package enum StepOutcome: String, Sendable, CaseIterable {
    /// Taken from the cache.
    case hit
    /// Looked up, not found, and run.
    case miss
    /// Run without a look, as the builder stops looking after the first miss of a stage. Counts as a miss.
    case notProbed = "not_probed"
    /// Completed, and could not have hit: no instruction, or a builder without a cache.
    case completed
    /// Never run: what stood on it failed or was not needed. BuildKit may print it as CACHED.
    case skipped
    case failed
    case canceled
}

extension BuildStep {
    /// Whether the step counts in a hit rate: a user-written instruction that came from the cache or ran to its end.
    package var isCountable: Bool { isHit || isMiss }
    package var isHit: Bool { kind == .instruction && outcome == .hit }
    package var isMiss: Bool { kind == .instruction && (outcome == .miss || outcome == .notProbed) }
}

extension Build {
    /// Steps that came from the cache. None where the builder has no cache.
    package var hits: Int { usesCache ? steps.count(where: \.isHit) : 0 }
    /// Steps that could have hit and ran. None where the builder has no cache.
    package var misses: Int { usesCache ? steps.count(where: \.isMiss) : 0 }
    /// User-written instructions, whatever became of them.
    package var instructions: Int { steps.count { $0.kind == .instruction } }
}

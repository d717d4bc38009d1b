package import Foundation
package import ImageModel

/// One build of one target: what ran, what came from the cache, and what it made. A plain value, the same whether it
/// was read from a log, a record or a builder, and when it is read back from the database.
package struct Build: Sendable, Equatable {
    /// BuildKit's own reference of the build (`ref`); nil where only a log tells of it.
    package var reference: String?
    /// sha256 of what the build was read from, without what surrounds it in a CI log: reading the same log twice finds
    /// the same build.
    package var contentDigest: Digest
    package var form: BuildForm
    package var tool: BuildTool
    package var project: String?
    /// The target of `bake` or `compose`, or the stage that `--target` names.
    package var target: String?
    package var dockerfile: String?
    package var branch: String?
    package var commit: String?
    /// The name of the builder instance.
    package var builder: String?
    package var startedAt: Date?
    /// Nanoseconds from the start to the end; nil when it is told nowhere.
    package var duration: Int64?
    package var result: BuildResult
    /// Why it failed, in the builder's words, cut to 500 characters, without secrets.
    package var error: String?
    /// The digest of the manifest or index it made; the image ID where there is no other.
    package var imageDigest: Digest?
    package var imageNames: [String]
    /// Vertices as printed: distinct vertex numbers of a plain log, vertices of a record, steps of other builders.
    package var vertices: Int?
    /// Those of them that are marked as cached, whatever that means.
    package var cachedVertices: Int?
    /// False for a builder that looks up no cache (`buildah` without layers, kaniko without `--cache`): such a build
    /// has no hit rate.
    package var usesCache: Bool
    package var steps: [BuildStep]
    /// What could not be read, each with its place: lines or bytes from which nothing was taken.
    package var gaps: [String]

    package init(
        reference: String? = nil, contentDigest: Digest, form: BuildForm, tool: BuildTool, project: String? = nil,
        target: String? = nil, dockerfile: String? = nil, branch: String? = nil, commit: String? = nil,
        builder: String? = nil, startedAt: Date? = nil, duration: Int64? = nil, result: BuildResult,
        error: String? = nil, imageDigest: Digest? = nil, imageNames: [String] = [], vertices: Int? = nil,
        cachedVertices: Int? = nil, usesCache: Bool = true, steps: [BuildStep] = [], gaps: [String] = []
    ) {
        self.reference = reference
        self.contentDigest = contentDigest
        self.form = form
        self.tool = tool
        self.project = project
        self.target = target
        self.dockerfile = dockerfile
        self.branch = branch
        self.commit = commit
        self.builder = builder
        self.startedAt = startedAt
        self.duration = duration
        self.result = result
        self.error = error
        self.imageDigest = imageDigest
        self.imageNames = imageNames
        self.vertices = vertices
        self.cachedVertices = cachedVertices
        self.usesCache = usesCache
        self.steps = steps
        self.gaps = gaps
    }
}

/// What a build was read from.
package enum BuildForm: String, Sendable, CaseIterable {
    /// A log for people: BuildKit's plain progress, or that of another builder.
    case log
    /// BuildKit's progress as JSON (`--progress=rawjson`).
    case rawjson
    /// An exported build record (`.dockerbuild`).
    case record
    /// The builder's own API.
    case api
}

/// What built.
package enum BuildTool: String, Sendable, CaseIterable {
    case buildkit
    /// Docker's builder before BuildKit.
    case classic
    /// buildah, and podman, which builds with it.
    case buildah
    case kaniko
}

/// How a build ended.
package enum BuildResult: String, Sendable, CaseIterable {
    case completed
    case failed
    case canceled
    /// The log ends before the build does, or does not say.
    case unknown
}

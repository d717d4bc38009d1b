import ImageModel

/// What a progress stream has told of each vertex so far. Grows with the vertices, not with the messages.
package struct SolveHistory: Sendable {
    /// How much is kept of a stream that comes from outside.
    package struct Limits: Sendable {
        /// Distinct vertices. The largest known builds have some thousands.
        package var vertices = 50_000
        /// Inputs of all vertices together.
        package var inputs = 1_000_000
        /// Bytes of a name or an error that are kept.
        package var textBytes = 16 << 10
        /// Bytes of all names together.
        package var allTextBytes = 64 << 20
        /// Disjoint times at which one vertex was at work.
        package var spans = 1_024
        /// Names of one vertex, one for each target that it is built for.
        package var names = 64

        package init() {}
    }

    /// How often the stream told what, over all its messages.
    package struct Counts: Sendable, Equatable {
        package var messages = 0
        package var tasks = 0
        package var logs = 0
        package var logBytes = 0
        package var warnings = 0
    }

    package let limits: Limits
    package private(set) var counts = Counts()
    /// Vertices, in the order in which they were first told of.
    private(set) var vertices: [SolvedVertex] = []
    private var places: [Digest: Int] = [:]
    private var inputCount = 0
    private var textBytes = 0
    /// What the exporters said they made, by the vertex that said it.
    private(set) var products: [Digest: SolveProduct] = [:]

    package init(limits: Limits = Limits()) { self.limits = limits }

    package var isEmpty: Bool { vertices.isEmpty }

    /// Takes the next message. Throws ``SolveError`` when a limit is met; what came before stays.
    package mutating func add(_ status: SolveStatus) throws(SolveError) {
        counts.messages += 1
        counts.tasks += status.tasks.count
        counts.logs += status.logs.count
        counts.logBytes += status.logs.reduce(0) { $0 + $1.byteCount }
        counts.warnings += status.warnings.count
        for vertex in status.vertices { try add(vertex) }
        for task in status.tasks where places[task.vertex] != nil {
            products[task.vertex, default: SolveProduct()].take(task)
        }
    }

    private mutating func add(_ update: SolveVertex) throws(SolveError) {
        let place: Int
        if let known = places[update.digest] {
            place = known
        } else {
            guard vertices.count < limits.vertices else {
                throw SolveError(.limit, "the build has more than \(limits.vertices) vertices")
            }
            place = vertices.count
            places[update.digest] = place
            vertices.append(SolvedVertex(digest: update.digest))
        }
        if vertices[place].inputs.isEmpty, !update.inputs.isEmpty {
            inputCount += update.inputs.count
            guard inputCount <= limits.inputs else {
                throw SolveError(.limit, "the build's vertices have more than \(limits.inputs) inputs")
            }
            vertices[place].inputs = update.inputs
        }
        textBytes += vertices[place].take(update, limits)
        guard textBytes <= limits.allTextBytes else {
            throw SolveError(.limit, "the build's names have more than \(limits.allTextBytes) bytes")
        }
    }

    /// Where a vertex stands in ``vertices``.
    func place(of digest: Digest) -> Int? { places[digest] }

    /// Distinct vertices, internal ones among them: what a build record counts as its steps
    /// [buildkit: solver/llbsolver/history/buildhistory.go].
    package var vertexCount: Int { vertices.count }
    /// Vertices that were ever told to be cached, as a build record counts them.
    package var cachedCount: Int { vertices.count(where: \.isMarkedCached) }
    package var completedCount: Int { vertices.count(where: \.isCompleted) }
    package var errorCount: Int { vertices.count { $0.error != nil } }

    /// Whether a vertex is at work.
    var hasOpenVertex: Bool { vertices.contains { $0.openSince != nil } }
}

/// Everything that was told of one vertex.
struct SolvedVertex: Sendable {
    let digest: Digest
    var inputs: [Digest] = []
    /// The distinct names, in the order in which they were first told: several targets may share the vertex.
    private(set) var names: [String] = []
    private(set) var group: SolveGroup?
    /// Whether any update said that it is cached.
    private(set) var isMarkedCached = false
    /// Whether its result was really loaded from the cache.
    private var isLoaded = false
    private var failedToLoad = false
    /// Whether it ran as only the real execution of a vertex with inputs does.
    private var hasRun = false
    private var hasRunAfterFailedLoad = false
    private(set) var isCompleted = false
    private(set) var hasStarted = false
    /// Since when it is at work, if it is.
    private(set) var openSince: Int64?
    private(set) var error: String?
    /// When it was at work; disjoint and ordered once ``mergeSpans()`` was called.
    private(set) var spans: [ClosedRange<Int64>] = []
    private(set) var hasTooManySpans = false

    init(digest: Digest) { self.digest = digest }

    var name: String { names.last ?? "" }

    /// Takes an update; the bytes of text that were kept anew.
    mutating func take(_ update: SolveVertex, _ limits: SolveHistory.Limits) -> Int {
        var bytes = 0
        func cut(_ text: String) -> String {
            text.utf8.count <= limits.textBytes
                ? text : String(decoding: text.utf8.prefix(limits.textBytes), as: UTF8.self)
        }
        if !update.name.isEmpty, names.last != update.name {
            let name = cut(update.name)
            if !names.contains(name), names.count < limits.names {
                names.append(name)
                bytes += name.utf8.count
            }
        }
        if let told = update.group, group == nil {
            group = SolveGroup(id: cut(told.id), name: cut(told.name), weak: told.weak)
            bytes += (group?.id.utf8.count ?? 0) + (group?.name.utf8.count ?? 0)
        }
        isMarkedCached = isMarkedCached || update.cached
        if let completed = update.completed {
            complete(update, at: completed, limits)
            error = update.error.map(cut)
            bytes += error?.utf8.count ?? 0
        } else if let started = update.started {
            hasStarted = true
            // Two targets tell of one vertex: the start may come again after the end.
            if !spans.contains(where: { $0.lowerBound == started }) {
                openSince = started
                error = nil
            }
        }
        return bytes
    }

    private mutating func complete(_ update: SolveVertex, at completed: Int64, _ limits: SolveHistory.Limits) {
        let started = min(update.started ?? completed, completed)
        hasStarted = true
        isCompleted = true
        openSince = nil
        if let same = spans.lastIndex(where: { $0.lowerBound == started }) {
            spans[same] = started...completed
        } else {
            spans.append(started...completed)
        }
        if spans.count > limits.spans {
            mergeSpans()
            if spans.count > limits.spans {
                spans.removeLast()
                hasTooManySpans = true
            }
        }
        if update.cached {
            if update.error != nil {
                failedToLoad = true
            } else if started < completed {
                isLoaded = true
            }
        } else if update.error == nil, started < completed {
            hasRun = hasRun || !inputs.isEmpty
            hasRunAfterFailedLoad = hasRunAfterFailedLoad || failedToLoad
        }
    }

    /// Whether the result came from the cache. A mark alone proves nothing: the server marks what it never looked at
    /// because something above it was cached, and marks what it failed to load, and may run both in the end
    /// [buildkit: solver/progress.go `vertexStream.append`, solver/jobs.go `LoadCache`].
    var isCached: Bool { isMarkedCached && (isLoaded || !(hasRun || hasRunAfterFailedLoad)) }

    /// Whether it was marked only because of what stands on it.
    var isSynthesised: Bool { isCached && !isLoaded && error == nil }

    /// Makes ``spans`` disjoint and ordered, so that their lengths add up to the time at work.
    mutating func mergeSpans() { spans = spans.merged() }
}

extension [ClosedRange<Int64>] {
    /// The same moments in disjoint, ordered ranges.
    func merged() -> Self {
        var merged: Self = []
        for span in sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, span.lowerBound <= last.upperBound {
                merged[merged.count - 1] = last.lowerBound...Swift.max(last.upperBound, span.upperBound)
            } else {
                merged.append(span)
            }
        }
        return merged
    }
}

/// What an exporting vertex made, as its tasks' ids tell [buildkit: exporter/containerimage, exporter/oci;
/// moby: daemon/internal/builder-next/exporter].
struct SolveProduct: Sendable {
    private(set) var index: Digest?
    private(set) var manifest: Digest?
    /// The image ID, from an engine that keeps no manifests.
    private(set) var image: Digest?
    private(set) var names: [String] = []

    var digest: Digest? { index ?? manifest ?? image }

    mutating func take(_ task: SolveTask) {
        func digest(after words: String) -> Digest? {
            task.id.hasPrefix(words) ? try? Digest(task.id.dropFirst(words.count).prefix { $0 != " " }) : nil
        }
        if let found = digest(after: "exporting manifest list ") { index = found }
        if let found = digest(after: "exporting manifest ") { manifest = found }
        if let found = digest(after: "writing image ") { image = found }
        let naming = "naming to "
        if task.id.hasPrefix(naming), names.count < 100 {
            let name = String(task.id.dropFirst(naming.count).prefix { $0 != " " }.prefix(512))
            if !names.contains(name) { names.append(name) }
        }
    }
}

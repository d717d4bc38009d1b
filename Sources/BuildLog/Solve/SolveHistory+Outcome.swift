import BuildModel
import ImageModel

extension SolveHistory {
    /// How the builder ends the error of a vertex that was stopped because of something else; there is no other mark
    /// [buildkit: util/progress/progressui/printer.go].
    private static let canceledSuffix = "context canceled"

    static func isCanceled(_ error: String) -> Bool { error.hasSuffix(canceledSuffix) }

    /// What became of one vertex, whatever kind of step it is.
    enum VertexOutcome: Sendable {
        case cached, ran, skipped, failed, canceled
    }

    /// What stands on what.
    struct Standing: Sendable {
        /// Vertices that something stands on which was itself loaded from the cache or ran to its end: what they are
        /// marked with is then true.
        var proven: Set<Int> = []
        /// Vertices that anything stands on.
        var inputs: Set<Int> = []
    }

    func standing() -> Standing {
        var standing = Standing()
        for vertex in vertices { standing.inputs.formUnion(vertex.inputs.compactMap { place(of: $0) }) }
        var waiting = vertices.indices.filter {
            let vertex = vertices[$0]
            return vertex.isCompleted && vertex.openSince == nil && vertex.error == nil && !vertex.isSynthesised
        }
        while let next = waiting.popLast() {
            for input in vertices[next].inputs {
                if let place = place(of: input), standing.proven.insert(place).inserted { waiting.append(place) }
            }
        }
        return standing
    }

    /// The outcome of a vertex of a build that ended so.
    func outcome(of place: Int, in result: BuildResult, _ standing: Standing) -> VertexOutcome {
        let vertex = vertices[place]
        if let error = vertex.error { return Self.isCanceled(error) ? .canceled : .failed }
        guard vertex.hasStarted else { return .skipped }
        if vertex.openSince != nil { return vertex.isCached ? .cached : .canceled }
        // The mark of what was never looked at says only that something above it was tried. When that failed too,
        // nobody knows whether it would have hit.
        if vertex.isSynthesised, result != .completed, standing.inputs.contains(place),
            !standing.proven.contains(place)
        {
            return .skipped
        }
        return vertex.isCached ? .cached : .ran
    }

    /// How the build of some vertices ended, as far as its progress alone tells, and the first error.
    func result(of places: [Int], kinds: [StepKind], _ standing: Standing) -> (BuildResult, error: String?) {
        var canceled: String?
        for (place, kind) in zip(places, kinds) {
            // A cache that is not there, or cannot be written, stops no build by itself.
            guard kind != .cacheImport, kind != .cacheExport, let error = vertices[place].error else { continue }
            guard Self.isCanceled(error) else { return (.failed, error) }
            canceled = canceled ?? error
        }
        if let canceled { return (.canceled, canceled) }
        if places.contains(where: { vertices[$0].openSince != nil }) { return (.unknown, nil) }
        let done = zip(places, kinds).filter { vertices[$0.0].isCompleted }.map(\.1)
        if done.contains(.export) { return (.completed, nil) }
        // Without an export, the stream is whole when everything is done that nothing stands on.
        let isWhole = places.allSatisfy { place in
            vertices[place].isCompleted || standing.inputs.contains(place)
        }
        let hasWork = done.contains { $0 == .instruction || $0 == .from }
        return (isWhole && hasWork ? .completed : .unknown, nil)
    }
}

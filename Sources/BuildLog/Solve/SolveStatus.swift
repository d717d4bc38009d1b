package import ImageModel

/// One message of BuildKit's progress stream: what changed since the message before (`SolveStatus` in
/// [buildkit: client/graph.go], `StatusResponse` in [buildkit: api/services/control/control.proto]).
///
/// Times are nanoseconds since 1970 in UTC, as a `Date` cannot hold them exactly.
package struct SolveStatus: Sendable, Equatable {
    package var vertices: [SolveVertex]
    package var tasks: [SolveTask]
    package var logs: [SolveLog]
    package var warnings: [SolveWarning]

    package init(
        vertices: [SolveVertex] = [], tasks: [SolveTask] = [], logs: [SolveLog] = [], warnings: [SolveWarning] = []
    ) {
        self.vertices = vertices
        self.tasks = tasks
        self.logs = logs
        self.warnings = warnings
    }
}

/// The state of a vertex at one moment. The same vertex is sent many times.
package struct SolveVertex: Sendable, Equatable {
    package var digest: Digest
    package var inputs: [Digest]
    package var name: String
    /// Nil when it was only announced.
    package var started: Int64?
    package var completed: Int64?
    package var cached: Bool
    package var error: String?
    package var group: SolveGroup?

    package init(
        digest: Digest, inputs: [Digest] = [], name: String, started: Int64? = nil, completed: Int64? = nil,
        cached: Bool = false, error: String? = nil, group: SolveGroup? = nil
    ) {
        self.digest = digest
        self.inputs = inputs
        self.name = name
        self.started = started
        self.completed = completed
        self.cached = cached
        self.error = error
        self.group = group
    }
}

/// Vertices that are one instruction to the user (`COPY --link` makes several).
package struct SolveGroup: Sendable, Equatable {
    package var id: String
    package var name: String
    /// The vertex is not worth showing by itself.
    package var weak: Bool

    package init(id: String, name: String, weak: Bool = false) {
        self.id = id
        self.name = name
        self.weak = weak
    }
}

/// Something that a vertex is doing: a transfer, an export (`VertexStatus`).
package struct SolveTask: Sendable, Equatable {
    package var id: String
    package var vertex: Digest
    package var name: String
    package var current: Int64
    package var total: Int64
    package var timestamp: Int64?
    package var started: Int64?
    package var completed: Int64?

    package init(
        id: String, vertex: Digest, name: String = "", current: Int64 = 0, total: Int64 = 0, timestamp: Int64? = nil,
        started: Int64? = nil, completed: Int64? = nil
    ) {
        self.id = id
        self.vertex = vertex
        self.name = name
        self.current = current
        self.total = total
        self.timestamp = timestamp
        self.started = started
        self.completed = completed
    }
}

/// Output of a vertex. Its bytes may hold anything, secrets too: only their number is kept.
package struct SolveLog: Sendable, Equatable {
    package var vertex: Digest
    package var byteCount: Int

    package init(vertex: Digest, byteCount: Int) {
        self.vertex = vertex
        self.byteCount = byteCount
    }
}

/// A warning of the frontend's linter or of the builder.
package struct SolveWarning: Sendable, Equatable {
    package var vertex: Digest
    package var level: Int
    package var short: String

    package init(vertex: Digest, level: Int, short: String) {
        self.vertex = vertex
        self.level = level
        self.short = short
    }
}

/// Why progress or another document of BuildKit cannot be read.
package struct SolveError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    package enum Kind: String, Sendable {
        /// The bytes contradict the format.
        case corrupt
        /// The bytes end in the middle.
        case truncated
        /// A limit was met.
        case limit
    }

    package let kind: Kind
    /// What is wrong with what, lower-case.
    package let message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    package var description: String { message }
}

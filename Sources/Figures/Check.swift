/// An identity that binds figures, checked at a run.
package struct Check: Sendable, Equatable {
    /// What kind of check it is.
    package enum Outcome: String, Sendable {
        case holds
        /// The two sides differ and must not: the run fails.
        case broken
        /// The source's own figure differs, for the reason that ``Check/note`` gives.
        case explained
    }

    /// `sum of fair_share_bytes = stored_bytes` and the like.
    package var name: String
    /// Which source, repository or group; empty for all.
    package var scope: String
    package var left: Int64
    package var right: Int64
    package var outcome: Outcome
    package var note: String

    package init(name: String, scope: String, left: Int64, right: Int64, outcome: Outcome, note: String = "") {
        self.name = name
        self.scope = scope
        self.left = left
        self.right = right
        self.outcome = outcome
        self.note = note
    }
}

/// A figure that a source states of itself, to be set beside ours.
package struct ReportedBytes: Sendable, Equatable {
    /// The source, by its number in the graph.
    package var source: LayerGraph.Index
    /// `layers_bytes`, `content_bytes` …
    package var name: String
    package var bytes: Int64
    /// Why ours may differ; empty when it must be equal.
    package var note: String

    package init(source: LayerGraph.Index, name: String, bytes: Int64, note: String = "") {
        self.source = source
        self.name = name
        self.bytes = bytes
        self.note = note
    }
}

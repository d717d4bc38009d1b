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

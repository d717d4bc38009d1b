package import Figures

/// What a source's standing clean-up rules would do today.
package struct CleanupReport: Sendable {
    package var source: String
    /// What frees the bytes: `distribution`, `docker` …
    package var collector: String
    /// The rules, by name.
    package var rules: [String]
    package var heldBytes: Int64
    package var freedBytes: Int64
    /// What of ``freedBytes`` goes without any deletion.
    package var garbageBytes: Int64
    /// Bytes of what goes that stay, because others hold them.
    package var retainedBytes: Int64
    /// Whether everything that may hold the same bytes was seen.
    package var isExact: Bool
    /// What must be known before anybody acts on it.
    package var warnings: [String]
    /// How many things go, and how many a rule selected that stay: the tables have the first of them.
    package var deletionCount: Int64
    package var refusalCount: Int64
    /// What goes, the largest single wins first: a plan's rows (`docs/cleanup.md`).
    package var deletions: Table
    /// What a rule selected and what stays, and who keeps it.
    package var refusals: Table
    /// Who stays and holds what goes: `name held_bytes frees_bytes`.
    package var holders: Table
    /// The least loss for so many freed bytes, corner by corner; empty when nothing may go.
    package var curve: [Frontier.Corner]

    package init(
        source: String, collector: String, rules: [String], heldBytes: Int64, freedBytes: Int64, garbageBytes: Int64,
        retainedBytes: Int64, isExact: Bool, warnings: [String], deletionCount: Int64, refusalCount: Int64,
        deletions: Table, refusals: Table, holders: Table, curve: [Frontier.Corner]
    ) {
        self.source = source
        self.collector = collector
        self.rules = rules
        self.heldBytes = heldBytes
        self.freedBytes = freedBytes
        self.garbageBytes = garbageBytes
        self.retainedBytes = retainedBytes
        self.isExact = isExact
        self.warnings = warnings
        self.deletionCount = deletionCount
        self.refusalCount = refusalCount
        self.deletions = deletions
        self.refusals = refusals
        self.holders = holders
        self.curve = curve
    }
}

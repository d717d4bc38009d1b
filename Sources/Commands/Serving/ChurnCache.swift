import Figures

/// What came again, kept until something is collected: it is counted over every layer that was ever seen.
actor ChurnCache {
    typealias Tables = (byWeek: Table, byInstruction: Table)

    private var kept: (revision: String, tables: Tables)?

    /// - Parameter revision: changes with every collection.
    func tables(_ revision: String, _ count: @Sendable () async throws -> Tables) async throws -> Tables {
        if let kept, kept.revision == revision { return kept.tables }
        let tables = try await count()
        kept = (revision, tables)
        return tables
    }
}

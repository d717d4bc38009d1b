package import Figures
package import Foundation
import ImageModel
import Postgres

extension LayerscopeDatabase {
    /// Keeps a plan, with its deletions and the objects that it says will go.
    ///
    /// - Parameters:
    ///   - rules: what it was made by, as JSON text.
    ///   - graph: what the plan is of, and `facts` of the same picture.
    /// - Returns: the plan's number in its source.
    package func savePlan(
        _ plan: CleanupPlan, rules: String, graph: LayerGraph, facts: CleanupFacts, madeAt: Date
    ) async throws -> Int {
        let source = graph.sourceKeys[Int(plan.source)]
        return try await pool.withConnection { connection in
            try await connection.transaction { connection in
                // Plans are numbered within their source, one after the other.
                _ = try await connection.query(
                    try Statements.sql("apply_source", "lock"), [.text(graph.sourceNames[Int(plan.source)])])
                let added = try await connection.query(
                    try Statements.sql("plans", "add"),
                    [
                        .int4(source), .timestamptz(madeAt), .text(plan.collector.rawValue), .jsonb(rules),
                        .int8(plan.heldBytes), .int8(plan.freedBytes), .int8(plan.garbageBytes),
                        .int8(plan.retainedBytes), .int8(plan.unknownObjects), .bool(plan.isExact),
                    ])
                guard let row = added.rows.first else { throw DatabaseError.missingStatement("plans.add") }
                let id = try row.int4("plan_id")
                try await Self.copyDeletions(of: plan, source, id, graph, facts, connection)
                try await Self.addObjects(of: plan, source, id, graph, facts, connection)
                return Int(id)
            }
        }
    }

    private static func copyDeletions(
        of plan: CleanupPlan, _ source: Int32, _ id: Int32, _ graph: LayerGraph, _ facts: CleanupFacts,
        _ connection: PostgresConnection
    ) async throws {
        try await connection.copyIn(
            """
            COPY layerscope_data.plan_deletion (source_id, plan_id, position, action, repository, tags, digest,
                exclusive_bytes, reason, is_selected) FROM STDIN (FORMAT binary)
            """, rows: plan.deletions.enumerated()
        ) { row, entry in
            let deletion = entry.element
            row.int4(source)
            row.int4(id)
            row.int4(Int32(entry.offset))
            row.text(deletion.action.rawValue)
            row.text(graph.repositoryNames[Int(deletion.repository)])
            row.textArray(deletion.tags.map { StoredText.clean($0) })
            row.bytea(facts.itemDigests[Int(deletion.item)].bytes)
            row.int8(deletion.exclusiveBytes)
            row.text(StoredText.clean(deletion.reason))
            row.bool(deletion.isSelected)
        }
    }

    private static func addObjects(
        of plan: CleanupPlan, _ source: Int32, _ id: Int32, _ graph: LayerGraph, _ facts: CleanupFacts,
        _ connection: PostgresConnection
    ) async throws {
        try await connection.execute(
            try Statements.sql("plans", "add_objects"),
            [
                .int4(source), .int4(id),
                .int4Array(plan.freedObjects.map { Int32(truncatingIfNeeded: graph.objectKeys[Int($0)]) }),
                .int8Array(plan.freedObjects.map { graph.objectBytes[Int($0)] }),
            ])
        guard plan.freesOrphans else { return }
        try await connection.copyIn(
            """
            COPY layerscope_data.plan_object (source_id, plan_id, store, space, key, bytes, is_orphan)
                FROM STDIN (FORMAT binary)
            """, rows: facts.orphans.filter { $0.source == plan.source }
        ) { row, orphan in
            row.int4(source)
            row.int4(id)
            row.text(orphan.store)
            row.text("blob")
            row.bytea(orphan.digest.bytes)
            row.int8(orphan.bytes)
            row.bool(true)
        }
    }

    /// A plan that was kept. Throws ``DatabaseError/unknownSource(_:sources:)``,
    /// ``DatabaseError/unknownPlan(_:source:)``.
    package func plan(id: Int, source: String) async throws -> StoredPlan {
        guard let plan = try await findPlan(Int32(clamping: id), source) else {
            throw DatabaseError.unknownPlan(id, source: source)
        }
        return plan
    }

    /// The plan of a source that was made last; nil when there is none.
    package func latestPlan(source: String) async throws -> StoredPlan? { try await findPlan(nil, source) }

    private func findPlan(_ id: Int32?, _ source: String) async throws -> StoredPlan? {
        try await pool.withConnection { connection in
            try await connection.transaction(isolation: .repeatableRead, readOnly: true) { connection in
                let key = try await Self.sourceKeys([source], connection)[0]
                let found = try await connection.query(
                    try Statements.sql("plans", "find"), [.int4(key), id.map { .int4($0) } ?? .null])
                guard let row = found.rows.first else { return nil }
                var plan = try StoredPlan(row, source: source)
                let deletions = try await connection.query(
                    try Statements.sql("plans", "deletions"), [.int4(key), .int4(Int32(plan.id))])
                plan.deletions = try deletions.rows.map { try StoredPlan.Deletion($0) }
                return plan
            }
        }
    }

    /// Writes down what became of a deletion. Throws ``DatabaseError/unknownPlan(_:source:)`` when there is none in that
    /// place.
    package func setDeletionState(
        _ state: StoredPlan.Deletion.State, detail: String = "", position: Int, plan: Int, source: String,
        at moment: Date
    ) async throws {
        try await change(
            "set_deletion", plan, source,
            [
                .int4(Int32(clamping: position)), .text(state.rawValue), .text(StoredText.clean(detail)),
                .timestamptz(moment),
            ])
    }

    /// Writes down how far a plan has come. Throws ``DatabaseError/unknownPlan(_:source:)``.
    ///
    /// - Parameter verifiedBytes: what the source was found to hold less, for a plan that was verified.
    package func setPlanState(
        _ state: StoredPlan.State, plan: Int, source: String, at moment: Date, verifiedBytes: Int64? = nil
    ) async throws {
        try await change(
            "set_state", plan, source,
            [.text(state.rawValue), .timestamptz(moment), verifiedBytes.map { .int8($0) } ?? .null])
    }

    private func change(
        _ step: String, _ plan: Int, _ source: String, _ parameters: [PostgresValue]
    ) async throws {
        try await pool.withConnection { connection in
            let key = try await Self.sourceKeys([source], connection)[0]
            let changed = try await connection.execute(
                try Statements.sql("plans", step), [.int4(key), .int4(Int32(clamping: plan))] + parameters)
            guard changed == 1 else { throw DatabaseError.unknownPlan(plan, source: source) }
        }
    }
}

extension StoredPlan {
    fileprivate init(_ row: PostgresRow, source: String) throws {
        let (collector, state) = (try row.text("garbage_collector"), try row.text("state"))
        guard let collector = GarbageCollector(rawValue: collector), let state = State(rawValue: state) else {
            throw DatabaseError.unknownWord("\(collector) or \(state)")
        }
        self.init(
            id: try row.int("plan_id"), source: source, madeAt: try row.timestamptz("made_at"), collector: collector,
            rules: try row.text("rules_text"))
        heldBytes = try row.int8("held_bytes")
        freedBytes = try row.int8("freed_bytes")
        garbageBytes = try row.int8("garbage_bytes")
        retainedBytes = try row.int8("retained_bytes")
        unknownObjects = try row.int8("unknown_objects")
        isExact = try row.bool("is_exact")
        self.state = state
        appliedAt = try row.optionalTimestamptz("applied_at")
        verifiedAt = try row.optionalTimestamptz("verified_at")
        verifiedBytes = try row.optionalInt8("verified_bytes")
    }
}

extension StoredPlan.Deletion {
    fileprivate init(_ row: PostgresRow) throws {
        let (action, state) = (try row.text("action"), try row.text("state"))
        guard let action = CleanupPlan.Deletion.Action(rawValue: action), let state = State(rawValue: state),
            let digest = Digest(bytes: try row.bytea("digest"))
        else { throw DatabaseError.unknownWord("\(action) or \(state)") }
        self.init(
            position: try row.int("position"), action: action, repository: try row.text("repository"),
            tags: try row.textArray("tags"), digest: digest, exclusiveBytes: try row.int8("exclusive_bytes"),
            reason: try row.text("reason"), isSelected: try row.bool("is_selected"), state: state,
            detail: try row.text("detail"), changedAt: try row.optionalTimestamptz("changed_at"))
    }
}

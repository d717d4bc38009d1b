package import BuildModel
package import Figures
import Foundation
import ImageModel
package import Observations
import Postgres

extension CollectionWriter {
    /// Applies the collection in one transaction: all of it, with the figures of what the source now holds, or nothing.
    ///
    /// What was not seen has gone, if its repository was seen whole, or all repositories were listed and it was not
    /// among them; containers, build-cache records, orphan blobs, damaged objects and uploads if their aspect is
    /// complete. Everything else stays.
    ///
    /// A source may be described by what names lead to (``CollectionScope/named``: a registry's API) and by everything
    /// in it (its storage). Once it was, names alone end no holding and no repository, for what has no name they cannot
    /// see; they still move and end the names in repositories that they saw whole.
    ///
    /// - Parameters:
    ///   - owners: who owns which repository, from now on.
    ///   - figures: computes what is kept of the source's graph.
    ///   - builds: computes the figures of builds that have one history, oldest first; needed where there are builds.
    /// - Returns: what `figures` returned.
    /// - Throws: ``DatabaseError`` when observations contradict each other or what is known, `PostgresError`,
    ///   `CancellationError`, and what `figures` and `builds` throw. Then nothing was changed.
    @discardableResult
    package func apply(
        _ result: CollectionResult, owners: OwnerRules = OwnerRules(),
        figures: @Sendable (LayerGraph, GraphLabels) throws -> FigureUpdate,
        builds: (@Sendable ([Build]) throws -> [BuildFigures])? = nil
    ) async throws -> FigureUpdate {
        guard !isEnded else { throw DatabaseError.collectionEnded }
        do {
            try await flush()
            isEnded = true
            let update = try await connection.transaction { connection in
                let step = ApplyStep(connection: connection, result: result, startedAt: startedAt)
                let sourceID = try await step.enterSource()
                let moment = try await step.moment(sourceID)
                try await step.merge(sourceID, moment)
                try await BuildMerge(connection: connection, source: sourceID, moment: moment).run(figures: builds)
                try await step.addCollection(sourceID, moment, toolVersion: toolVersion)
                try await OwnerUpdate(rules: owners).apply(connection, source: sourceID)
                let (graph, labels) = try await GraphReader(connection: connection).read([sourceID])
                let update = try figures(graph, labels)
                try await FigureWriter(connection: connection, source: sourceID).write(update, of: graph)
                try await connection.execute(try Statements.sql("figures", "orphans"), [.int4(sourceID)])
                return update
            }
            await refreshStatistics()
            await connection.close()
            return update
        } catch {
            await discard()
            throw error
        }
    }

    /// Lets the planner know of what was written. It is no part of the collection: when it cannot be done, the
    /// server does it by itself later.
    private func refreshStatistics() async {
        _ = try? await connection.run(
            script: """
                ANALYZE (SKIP_LOCKED) layerscope_data.repository, layerscope_data.object, layerscope_data.item,
                    layerscope_data.item_object, layerscope_data.item_child, layerscope_data.holding,
                    layerscope_data.reference, layerscope_data.item_figure, layerscope_data.holding_figure,
                    layerscope_data.object_figure, layerscope_data.group_figure, layerscope_data.damaged_object,
                    layerscope_data.orphan_blob, layerscope_data.tag_target, layerscope_data.activity,
                    layerscope_data.build, layerscope_data.build_step
                """)
    }
}

/// The parts of applying a collection, all in the transaction of its connection.
struct ApplyStep {
    let connection: PostgresConnection
    let result: CollectionResult
    let startedAt: Date

    /// Waits for other collections of the source to end, and finds or adds the source.
    func enterSource() async throws -> Int32 {
        let source = result.source
        _ = try await connection.query(
            try Statements.sql("apply_source", "lock"), [.text(StoredText.clean(source.name))])
        let found = try await connection.query(
            try Statements.sql("apply_source", "find"), [.text(StoredText.clean(source.name))])
        let texts = [source.location, source.product, source.bytesAre.rawValue]
            .map { PostgresValue.text(StoredText.clean($0)) }
        guard let row = found.rows.first else {
            let added = try await connection.query(
                try Statements.sql("apply_source", "add"),
                [.text(StoredText.clean(source.name)), .text(source.kind.rawValue)] + texts)
            guard let row = added.rows.first else { throw DatabaseError.missingStatement("apply_source.add") }
            return try row.int4("source_id")
        }
        let kind = try row.text("kind")
        guard kind == source.kind.rawValue else {
            throw DatabaseError.otherSourceKind(name: source.name, stored: kind, given: source.kind.rawValue)
        }
        let sourceID = try row.int4("source_id")
        try await connection.execute(
            try Statements.sql("apply_source", "update"),
            [.int4(sourceID)] + texts + [.text(result.scope.rawValue)])
        return sourceID
    }

    /// The moment that the picture stands for.
    func moment(_ source: Int32) async throws -> Date {
        let row = try await connection.query(
            try Statements.sql("apply_source", "moment"), [.int4(source), .timestamptz(startedAt)]
        ).rows.first
        return try row?.optionalTimestamptz("observed_at") ?? startedAt
    }

    /// Merges the staged rows into what is known.
    func merge(_ source: Int32, _ moment: Date) async throws {
        try await connection.run(
            script: """
                SET LOCAL work_mem = '256MB';
                ANALYZE staged_repository, staged_object, staged_item, staged_item_object, staged_child,
                    staged_holding, staged_reference, staged_damaged, staged_orphan, staged_upload, staged_finding,
                    staged_tag_target, staged_activity
                """)
        try await refuseConflicts(source)
        let common: [PostgresValue] = [.int4(source), .timestamptz(moment)]
        try await run("apply_objects", common, analyze: ["number": "object_map", "add": "layerscope_data.object"])
        try await run("apply_items", common, analyze: ["number": "item_map", "add": "layerscope_data.item"])
        try await refuseUnseen(source)
        let mayEnd = try await mayEndHoldings(source)
        try await run(
            "apply_holdings",
            common + [
                .bool(mayEnd && isComplete(Aspect.repositories)), .bool(mayEnd), .bool(result.scope == .everything),
            ],
            analyze: [
                "see_repositories": "seen_repository", "map_repositories": "repository_map",
                "find_closable": "closable_repository", "want_holdings": "wanted_holding",
                "want_references": "wanted_reference",
            ])
        try await run(
            "apply_usage", common + [.bool(isComplete(Aspect.containers)), .bool(isComplete(Aspect.buildCache))])
        let looksAtBlobs = result.scope == .everything && result.aspects.contains { $0.aspect == Aspect.blobs }
        try await run(
            "apply_storage",
            common + [.bool(isComplete(Aspect.blobs)), .bool(isComplete(Aspect.uploads)), .bool(looksAtBlobs)])
    }

    /// Whether what the collection did not see may be told to have gone. Names do not lead to everything; where a source
    /// was once seen whole, what has none is known, and stays.
    private func mayEndHoldings(_ source: Int32) async throws -> Bool {
        guard result.scope == .named else { return true }
        let found = try await connection.query(try Statements.sql("apply_source", "seen_whole"), [.int4(source)])
        return try found.rows.first?.bool("seen_whole") != true
    }

    private func run(
        _ file: String, _ parameters: [PostgresValue], analyze tables: [String: String] = [:]
    ) async throws {
        for (name, sql) in Statements.files[file]?.steps ?? [] {
            try await connection.execute(sql, parameters)
            if let table = tables[name] { try await connection.run(script: "ANALYZE \(table)") }
        }
    }

    private func isComplete(_ aspect: String) -> Bool {
        result.aspects.contains { $0.aspect == aspect && $0.outcome == .complete }
    }

    /// Throws when one digest has two sizes in the collection. One that differs from what was stored before does not
    /// end it: anyone may push a manifest with a wrong size. Then the newer word stands, since what said otherwise was
    /// not seen any more, unless the stored size was measured and the new one is only claimed (`apply_objects`).
    private func refuseConflicts(_ source: Int32) async throws {
        let found = try await connection.query(try Statements.sql("conflicting_sizes"), [.int4(source)])
        guard let row = found.rows.first else { return }
        throw DatabaseError.conflictingSizes(
            digest: Digest(bytes: try row.bytea("key"))?.description ?? "", one: try row.int8("one"),
            other: try row.int8("other"))
    }

    /// Throws when a holding or reference names an item that nobody recorded.
    private func refuseUnseen(_ source: Int32) async throws {
        let found = try await connection.query(try Statements.sql("unseen_items"), [.int4(source)])
        guard let row = found.rows.first else { return }
        throw DatabaseError.unseenItem(
            repository: try row.text("repository"), name: try row.text("name"),
            item: Digest(bytes: try row.bytea("item"))?.description ?? "")
    }

    /// Writes down that the collection ran; `moment` is nil for one that failed and changed nothing.
    func addCollection(_ source: Int32, _ moment: Date?, toolVersion: String) async throws {
        let added = try await connection.query(
            try Statements.sql("apply_source", "add_collection"),
            [
                .int4(source), .timestamptz(startedAt), moment.map { .timestamptz($0) } ?? .null,
                .bool(moment != nil && result.isComplete), .text(StoredText.clean(toolVersion)),
                .text(result.scope.rawValue),
            ])
        guard let row = added.rows.first else { throw DatabaseError.missingStatement("apply_source.add_collection") }
        let collection = try row.int4("collection_id")
        for aspect in result.aspects {
            try await connection.execute(
                try Statements.sql("apply_source", "add_aspect"),
                [
                    .int4(source), .int4(collection), .text(StoredText.clean(aspect.aspect)),
                    .text(aspect.outcome.rawValue), .int8(Int64(aspect.seen)),
                    aspect.expected.map { .int8(Int64($0)) } ?? .null, .text(StoredText.clean(aspect.detail)),
                    .text(StoredText.clean(aspect.hint)),
                ])
        }
        guard moment != nil else { return }
        try await connection.execute(
            try Statements.sql("apply_source", "add_reported"), [.int4(source), .int4(collection)])
    }
}

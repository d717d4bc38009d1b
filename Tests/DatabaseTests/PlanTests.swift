import Database
import Figures
import Foundation
import ImageModel
import Observations
import TestSupport
import Testing

/// Clean-up plans that are kept, and what they are compared with afterwards.
@Suite(.enabled(if: hasPostgres, "PostgreSQL is not installed"))
struct PlanTests {
    private static func fill(_ database: LayerscopeDatabase) async throws {
        try await database.collect(
            [10, 11].map { .item(image($0, [layer($0 + 100, bytes: Int64($0)), layer(1, bytes: nil)])) }
                + CollectionTests.held(10, in: "a", tag: "x") + CollectionTests.held(11, in: "b/c", tag: "y")
                + [.orphanBlob(OrphanBlobObservation(digest: digest(70), bytes: 3))],
            others: [AspectStatus(aspect: Aspect.blobs, outcome: .complete)])
    }

    /// A plan that deletes both images.
    private static func plan(_ graph: LayerGraph, _ facts: CleanupFacts) -> CleanupPlan {
        var plan = CleanupPlan(source: 0, collector: .distribution3DeleteUntagged)
        plan.deletions = [
            CleanupPlan.Deletion(
                action: .delete, repository: 1, item: 1, tags: ["y", "z"], reason: "older than 30d", exclusiveBytes: 11),
            CleanupPlan.Deletion(action: .untag, repository: 0, item: 0, reason: "follows\0", isSelected: false),
        ]
        (plan.freedBytes, plan.garbageBytes, plan.retainedBytes, plan.heldBytes) = (24, 3, 5, 24)
        (plan.unknownObjects, plan.isExact, plan.freesOrphans) = (1, false, true)
        plan.freedObjects = graph.objectKeys.indices.map { LayerGraph.Index($0) }
        return plan
    }

    @Test func `a plan is read back as it was made`() async throws {
        try await withDatabase { database, _ in
            try await Self.fill(database)
            #expect(try await database.latestPlan(source: "registry") == nil)
            let (graph, _, facts) = try await database.cleanupPicture(source: "registry")
            let rules = #"{"keep_last": [1, {"tag": "v.*"}]}"#
            let plan = Self.plan(graph, facts)
            let first = try await database.savePlan(plan, rules: rules, graph: graph, facts: facts, madeAt: second(7))
            let other = try await database.savePlan(
                CleanupPlan(source: 0, collector: .harbor), rules: "[]", graph: graph, facts: facts,
                madeAt: second(8))
            #expect(first == 1 && other == 2)
            let found = try await database.plan(id: first, source: "registry")
            #expect(found.madeAt == second(7) && found.collector == .distribution3DeleteUntagged)
            #expect(found.rules == rules && found.state == .made && found.appliedAt == nil)
            #expect((found.heldBytes, found.freedBytes, found.garbageBytes, found.retainedBytes) == (24, 24, 3, 5))
            #expect(found.unknownObjects == 1 && !found.isExact)
            #expect(
                found.deletions == [
                    StoredPlan.Deletion(
                        position: 0, action: .delete, repository: "b/c", tags: ["y", "z"], digest: digest(11),
                        exclusiveBytes: 11, reason: "older than 30d", isSelected: true, state: .planned, detail: "",
                        changedAt: nil),
                    StoredPlan.Deletion(
                        position: 1, action: .untag, repository: "a", tags: [], digest: digest(10), exclusiveBytes: 0,
                        reason: "follows\u{FFFD}", isSelected: false, state: .planned, detail: "", changedAt: nil),
                ])
            #expect(try await database.latestPlan(source: "registry")?.id == 2)
            #expect(try await database.latestPlan(source: "registry")?.deletions.isEmpty == true)
            let objects = try await database.plannedObjects(plan: first, source: "registry")
            #expect(
                Set(objects) == [
                    StoredObject(key: digest(110), bytes: 10), StoredObject(key: digest(111), bytes: 11),
                    StoredObject(key: digest(1), bytes: nil),
                    StoredObject(key: digest(70), bytes: 3, isOrphan: true),
                ])
            #expect(objects.compactMap(\.bytes).reduce(0, +) == plan.freedBytes)
            // All that was held was to go.
            #expect(Set(objects) == Set(try await database.heldObjects(source: "registry")))
            #expect(try await database.plannedObjects(plan: other, source: "registry").isEmpty)
        }
    }

    @Test func `what became of a plan is written down`() async throws {
        try await withDatabase { database, _ in
            try await Self.fill(database)
            let (graph, _, facts) = try await database.cleanupPicture(source: "registry")
            let plan = Self.plan(graph, facts)
            let id = try await database.savePlan(plan, rules: "{}", graph: graph, facts: facts, madeAt: second(7))
            try await database.setPlanState(.applying, plan: id, source: "registry", at: second(8))
            #expect(try await database.plan(id: id, source: "registry").appliedAt == nil)
            try await database.setDeletionState(
                .deleted, position: 0, plan: id, source: "registry", at: second(9))
            try await database.setDeletionState(
                .refused, detail: "405", position: 1, plan: id, source: "registry", at: second(10))
            try await database.setPlanState(.applied, plan: id, source: "registry", at: second(11))
            try await database.setPlanState(
                .differs, plan: id, source: "registry", at: second(12), verifiedBytes: 21)
            let found = try await database.plan(id: id, source: "registry")
            #expect(found.deletions.map(\.state) == [.deleted, .refused])
            #expect(found.deletions.map(\.detail) == ["", "405"])
            #expect(found.deletions.map(\.changedAt) == [second(9), second(10)])
            #expect(found.state == .differs && found.appliedAt == second(11) && found.verifiedAt == second(12))
            #expect(found.verifiedBytes == 21)
            let plans = try await database.table("plans")
            #expect(plans.value(0, "deletions") == .integer(2))
            #expect(plans.value(0, "deleted") == .integer(1))
            #expect(plans.value(0, "failed") == .integer(1))
            #expect(plans.value(0, "verified_bytes") == .integer(21))
            let deletions = try await database.table("plan_deletions", sort: [Sort("position")])
            #expect(deletions.value(1, "state") == .text("refused"))
            #expect(deletions.value(0, "tags") == .list(["y", "z"]))
            #expect(deletions.value(0, "digest") == .text("\(digest(11))"))
        }
    }

    @Test(arguments: StoredPlan.State.allCases) func `the database takes every state of a plan`(
        state: StoredPlan.State
    ) async throws {
        try await withDatabase { database, _ in
            try await Self.fill(database)
            let (graph, _, facts) = try await database.cleanupPicture(source: "registry")
            let id = try await database.savePlan(
                Self.plan(graph, facts), rules: "{}", graph: graph, facts: facts, madeAt: second(7))
            try await database.setPlanState(state, plan: id, source: "registry", at: second(8))
            #expect(try await database.plan(id: id, source: "registry").state == state)
            for deletion in StoredPlan.Deletion.State.allCases {
                try await database.setDeletionState(deletion, position: 1, plan: id, source: "registry", at: second(9))
                #expect(try await database.plan(id: id, source: "registry").deletions[1].state == deletion)
            }
        }
    }

    @Test func `a plan that is not there is named`() async throws {
        try await withDatabase { database, _ in
            try await Self.fill(database)
            let missing = DatabaseError.unknownPlan(3, source: "registry")
            await #expect(throws: missing) { try await database.plan(id: 3, source: "registry") }
            await #expect(throws: missing) {
                try await database.setPlanState(.applied, plan: 3, source: "registry", at: second(1))
            }
            await #expect(throws: missing) {
                try await database.setDeletionState(.gone, position: 0, plan: 3, source: "registry", at: second(1))
            }
            await #expect(throws: DatabaseError.self) { try await database.latestPlan(source: "none") }
        }
    }

    @Test func `what a source that was never seen holds is not nothing`() async throws {
        try await withDatabase { database, _ in
            try await database.recordFailure(
                CollectionResult(source: registry(), aspects: []), startedAt: second(0))
            await #expect(throws: DatabaseError.notCollected("registry")) {
                try await database.heldBytes(source: "registry")
            }
        }
    }
}

import Database
import Figures
import Foundation
import ImageModel
import Observations
import Postgres
import TestSupport
import Testing

/// Damaged objects, orphans, uploads, findings, tags' targets and activity.
@Suite(.enabled(if: hasPostgres, "PostgreSQL is not installed"))
struct StorageTests {
    private static let item: [Observation] =
        [.item(image(10, [layer(1, bytes: 1000), layer(2, bytes: 50)]))] + CollectionTests.held(10, in: "a", tag: "x")

    private static func status(_ outcome: AspectStatus.Outcome) -> [AspectStatus] {
        [Aspect.blobs, Aspect.uploads].map { AspectStatus(aspect: $0, outcome: outcome) }
    }

    private static func orphan(_ number: Int, bytes: Int64 = 9) -> Observation {
        .orphanBlob(OrphanBlobObservation(digest: digest(number), bytes: bytes, modifiedAt: second(-100)))
    }

    private static func damaged(_ number: Int, bytes: Int64) -> Observation {
        .damagedObject(DamagedObjectObservation(key: digest(number), bytes: bytes))
    }

    private static func upload(_ id: String) -> Observation {
        .upload(UploadObservation(repository: "a", id: id, bytes: 3, startedAt: second(-50)))
    }

    private static func finding(_ path: String) -> Observation {
        .storageFinding(
            StorageFindingObservation(kind: .danglingLink, repository: "a", path: path, digest: digest(5), detail: "-"))
    }

    @Test(arguments: [AspectStatus.Outcome.complete, .incomplete, .failed, .notAvailable])
    func `what the storage showed goes only if all of it was looked at`(outcome: AspectStatus.Outcome) async throws {
        try await withDatabase { database, _ in
            try await database.collect(
                Self.item + [Self.orphan(60), Self.orphan(61), Self.damaged(1, bytes: 400), Self.damaged(2, bytes: 0)]
                    + [Self.upload("u"), Self.upload("v"), Self.finding("p"), Self.finding("q")],
                others: Self.status(.complete))
            try await database.collect(
                Self.item + [Self.orphan(60, bytes: 8), Self.damaged(1, bytes: 300), Self.upload("u")]
                    + [Self.finding("q")],
                at: second(1), others: Self.status(outcome))
            let expected = outcome == .complete ? 1 : 2
            let orphans = try await database.table("orphans", sort: [Sort("bytes")])
            #expect(orphans.rows.count == expected)
            #expect(orphans.value(0, "bytes") == .integer(8))
            #expect(orphans.value(0, "seen_since") == .time(second(1)))
            #expect(orphans.value(0, "modified_at") == .time(second(-100)))
            let damaged = try await database.table("damaged_objects", sort: [Sort("bytes", descending: true)])
            #expect(damaged.rows.count == expected)
            #expect(damaged.value(0, "bytes") == .integer(300))
            #expect(damaged.value(0, "expected_bytes") == .integer(1000))
            #expect(damaged.value(0, "images") == .integer(1))
            #expect(try await database.table("uploads").rows.count == expected)
            // Findings are those of the last look at the blobs, however it ended.
            let findings = try await database.table("storage_findings")
            #expect(findings.rows.count == 1)
            #expect(findings.value(0, "path") == .text("q"))
            #expect(findings.value(0, "kind") == .text("dangling_link"))
        }
    }

    @Test func `nothing changed in the storage writes nothing`() async throws {
        try await withDatabase { database, url in
            let all =
                Self.item + [Self.orphan(60), Self.damaged(1, bytes: 400), Self.upload("u"), Self.finding("p")]
                + [Self.finding("q")] + [
                    .tagTarget(
                        TagTargetObservation(repository: "a", tag: "x", digest: digest(9), linkedAt: second(-9))),
                    .activity(
                        ActivityObservation(
                            repository: "a", digest: digest(10), tag: "x", pushedAt: second(-8), recordsPulls: true)),
                ]
            try await database.collect(all, others: Self.status(.complete))
            let before = try await picture(url, withVersions: true)
            // In another order, with everything twice.
            try await database.collect(all.reversed() + all, at: second(1), others: Self.status(.complete))
            let after = try await picture(url, withVersions: true)
            for table in before.keys where !["collection", "collection_aspect", "source_figure"].contains(table) {
                #expect(before[table] == after[table], "\(table)")
            }
            #expect(before["activity"]?.isEmpty == false && before["storage_finding"]?.isEmpty == false)
        }
    }

    @Test func `a look that has no blobs in it leaves what was found`() async throws {
        try await withDatabase { database, _ in
            try await database.collect(Self.item + [Self.finding("p")], others: Self.status(.complete))
            try await database.collect(Self.item, at: second(1), scope: .named)
            try await database.collect(Self.item, at: second(2))
            #expect(try await database.table("storage_findings").rows.count == 1)
            try await database.collect(Self.item, at: second(3), others: Self.status(.incomplete))
            #expect(try await database.table("storage_findings").rows.isEmpty)
        }
    }

    @Test func `damaged objects have the bytes that are there, at every moment`() async throws {
        try await withDatabase { database, _ in
            try await database.collect(Self.item, others: Self.status(.complete))
            try await database.collect(
                Self.item + [Self.damaged(1, bytes: 0), Self.damaged(2, bytes: 70), Self.damaged(77, bytes: 1)],
                at: second(10), others: Self.status(.complete))
            #expect(try await database.table("damaged_objects").rows.count == 2, "nobody lists the third one")
            #expect(try await database.table("sources").value(0, "stored_bytes") == .integer(70))
            #expect(try await database.table("images").value(0, "exclusive_bytes") == .integer(70))
            for view in ["objects", "layers", "item_objects", "item_layers"] {
                let rows = try await database.table(view)
                let bytes = rows.rows.indices.compactMap { rows.value($0, "bytes").integer }
                #expect(bytes.sorted() == [0, 70], "\(view)")
            }
            try await database.collect(Self.item, at: second(20), others: Self.status(.complete))
            #expect(try await database.table("sources").value(0, "stored_bytes") == .integer(1050))
            for (moment, bytes) in [(5, 1050), (15, 70), (25, 1050)] as [(Double, Int64)] {
                #expect(try await database.graph(at: second(moment)).objectBytes.reduce(0, +) == bytes)
            }
        }
    }

    @Test(arguments: [true, false]) func `damage is no contradiction, in whatever order it is told`(
        isFirst: Bool
    ) async throws {
        try await withDatabase { database, _ in
            let told: [Observation] =
                [.item(image(10, [layer(1, bytes: 1000)])), .item(image(11, [layer(1, bytes: 7)]))]
                + CollectionTests.held(10, in: "a") + CollectionTests.held(11, in: "a")
            let damage = [Self.damaged(1, bytes: 7)]
            try await database.collect(
                isFirst ? damage + told : told + damage, others: Self.status(.complete))
            #expect(try await database.heldBytes(source: "registry").stored == 7)
            // It was pushed again, and is whole.
            let whole: [Observation] =
                [.item(image(12, [layer(1, bytes: 1000)]))] + CollectionTests.held(12, in: "a")
            try await database.collect(whole, at: second(1), others: Self.status(.complete))
            #expect(try await database.heldBytes(source: "registry").stored == 1000)
        }
    }

    @Test func `two sizes of a blob that is whole are refused still`() async throws {
        try await withDatabase { database, _ in
            let expected = DatabaseError.conflictingSizes(digest: "\(digest(1))", one: 5, other: 6)
            await #expect(throws: expected) {
                try await database.collect(
                    [.item(image(10, [layer(1, bytes: 5)])), .item(image(11, [layer(1, bytes: 6)]))]
                        + [.item(image(12, [layer(2, bytes: 6)])), Self.damaged(2, bytes: 1)])
            }
        }
    }

    @Test func `an orphan that an item lists again counts once`() async throws {
        try await withDatabase { database, _ in
            try await database.collect(Self.item + [Self.orphan(60, bytes: 500)], others: Self.status(.complete))
            #expect(try await database.heldBytes(source: "registry") == (stored: 1050, orphans: 500))
            let again: [Observation] =
                [.item(image(11, [layer(60, bytes: 500)]))] + CollectionTests.held(11, in: "a", tag: "y")
            try await database.collect(Self.item + again, at: second(1), scope: .named)
            #expect(try await database.heldBytes(source: "registry") == (stored: 1550, orphans: 0))
            #expect(try await database.table("orphans").rows.isEmpty)
            #expect(try await database.cleanupPicture(source: "registry").facts.orphans.isEmpty)
            try await database.collect(Self.item + CollectionTests.seen("a"), at: second(2))
            #expect(try await database.heldBytes(source: "registry") == (stored: 1050, orphans: 500))
        }
    }

    @Test func `activity and targets only grow`() async throws {
        try await withDatabase { database, _ in
            func activity(_ pushed: Double?, _ pulled: Double?, _ records: Bool) -> Observation {
                .activity(
                    ActivityObservation(
                        repository: "a", digest: digest(10), pushedAt: pushed.map { second($0) },
                        pulledAt: pulled.map { second($0) }, recordsPulls: records))
            }
            func target(_ linked: Double?) -> Observation {
                .tagTarget(
                    TagTargetObservation(
                        repository: "a", tag: "x", digest: digest(9), linkedAt: linked.map { second($0) }))
            }
            try await database.collect(Self.item + [activity(-50, nil, true), target(nil)])
            try await database.collect(
                Self.item + [activity(-60, -10, false), activity(nil, -20, false), target(-30)], at: second(1))
            try await database.collect(Self.item + [target(-40)], at: second(2), others: Self.status(.complete))
            let found = try await database.table("activity")
            #expect(found.rows.count == 1)
            #expect(found.value(0, "pushed_at") == .time(second(-50)))
            #expect(found.value(0, "pulled_at") == .time(second(-10)))
            #expect(found.value(0, "records_pulls") == .flag(true))
            #expect(found.value(0, "tag") == .null)
            #expect(try await database.table("tag_targets").value(0, "linked_at") == .time(second(-30)))
            #expect(try await database.table("images").value(0, "pulled_at") == .time(second(-10)))
            #expect(try await database.table("tags").value(0, "pushed_at") == .time(second(-50)))
        }
    }

    @Test func `a target is superseded when no tag is there and it is held`() async throws {
        try await withDatabase { database, _ in
            let targets: [Observation] = [9, 10, 11].map {
                .tagTarget(TagTargetObservation(repository: "a", tag: "x", digest: digest($0)))
            }
            try await database.collect(
                Self.item + [.item(image(11, [layer(3, bytes: 5)]))] + CollectionTests.held(11, in: "a") + targets)
            let found = try await database.table("tag_targets")
            func row(_ number: Int) throws -> [Value] {
                let row = try #require(
                    found.rows.indices.first { found.value($0, "digest") == .text("\(digest(number))") })
                return [found.value(row, "current"), found.value(row, "superseded")]
            }
            #expect(try row(9) == [.flag(false), .flag(false)])
            #expect(try row(10) == [.flag(true), .flag(false)])
            #expect(try row(11) == [.flag(false), .flag(true)])
            let superseded = try await database.query(named: "superseded_images")
            #expect(superseded.rows.count == 1)
            #expect(superseded.value(0, "digest") == .text("\(digest(11))"))
            #expect(superseded.value(0, "once_tagged") == .text("x"))
        }
    }

    @Test func `many observations are staged in batches, and all of them arrive`() async throws {
        try await withDatabase { database, _ in
            let count = 9_001
            let many = (0..<count).map { number in
                Observation.orphanBlob(OrphanBlobObservation(digest: digest(10_000 + number), bytes: 1))
            }
            try await database.collect(Self.item + many, others: Self.status(.complete))
            #expect(try await database.heldBytes(source: "registry").orphans == Int64(count))
            let bytes = try await database.query(named: "orphan_bytes")
            #expect(bytes.value(0, "orphans") == .integer(Int64(count)))
        }
    }

    @Test func `a source goes with what its storage showed, and with its plans`() async throws {
        try await withDatabase { database, url in
            try await database.collect([], of: registry("other"))
            let before = try await picture(url)
            try await database.collect(
                Self.item + [Self.orphan(60), Self.damaged(1, bytes: 4), Self.upload("u"), Self.finding("p")]
                    + [.tagTarget(TagTargetObservation(repository: "a", tag: "x", digest: digest(10)))],
                others: Self.status(.complete))
            try await database.recordPulls(
                source: "registry",
                events: [
                    RegistryEvent(id: "1", occurredAt: second(0), repository: "a", digest: digest(10), kind: .pull)
                ])
            let (graph, _, facts) = try await database.cleanupPicture(source: "registry")
            var plan = CleanupPlan(source: 0, collector: .distribution)
            plan.deletions = [CleanupPlan.Deletion(action: .delete, repository: 0, item: 0, reason: "r")]
            plan.freedObjects = [0]
            plan.freesOrphans = true
            _ = try await database.savePlan(plan, rules: "{}", graph: graph, facts: facts, madeAt: second(1))
            let tables = [
                "orphan_blob", "damaged_object", "upload", "storage_finding", "tag_target", "activity",
                "registry_event", "plan", "plan_deletion", "plan_object",
            ]
            let full = try await picture(url)
            for table in tables { #expect(full[table]?.isEmpty == false, "\(table)") }
            try await database.removeSource("registry")
            #expect(try await picture(url) == before)
            #expect(try await database.integrityProblems().rows.isEmpty)
        }
    }
}

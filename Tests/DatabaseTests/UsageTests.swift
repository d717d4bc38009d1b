import Database
import Figures
import Foundation
import ImageModel
import Observations
import TestSupport
import Testing

/// Containers, build cache, owners and other things that hang on what is held.
@Suite(.enabled(if: hasPostgres, "PostgreSQL is not installed"))
struct UsageTests {
    private static func container(_ id: String, state: String = "running", item: Int? = 10) -> Observation {
        .container(
            ContainerObservation(
                id: id, name: "name of \(id)", item: item.map { digest($0) }, imageName: "a:x", state: state))
    }

    private static func record(_ id: String, count: Int64 = 1, bytes: Int64? = 5) -> Observation {
        .cacheRecord(
            CacheRecordObservation(
                id: id, recordType: "regular", recordDescription: "RUN make", bytes: bytes, isInUse: false,
                isShared: false, usageCount: count, parents: ["p", "q"]))
    }

    private static func status(_ outcome: AspectStatus.Outcome) -> [AspectStatus] {
        [Aspect.containers, Aspect.buildCache].map { AspectStatus(aspect: $0, outcome: outcome) }
    }

    @Test(arguments: [AspectStatus.Outcome.complete, .incomplete, .failed, .notAvailable])
    func `what uses images goes only if all of it was seen`(outcome: AspectStatus.Outcome) async throws {
        try await withDatabase { database, _ in
            let item: [Observation] = [.item(image(10, [layer(1, bytes: 3)]))] + CollectionTests.held(10, in: "a")
            try await database.collect(
                item + [Self.container("c"), Self.container("d"), Self.record("r"), Self.record("s")],
                others: Self.status(.complete))
            #expect(try await database.table("images").value(0, "containers") == .integer(2))
            try await database.collect(
                item + [Self.container("c", state: "exited"), Self.record("r", count: 2)], at: second(1),
                others: Self.status(outcome))
            let containers = try await database.table("containers", sort: [Sort("container_id")])
            let records = try await database.table("cache_records", sort: [Sort("record_id")])
            let expected = outcome == .complete ? 1 : 2
            #expect(containers.rows.count == expected)
            #expect(records.rows.count == expected)
            #expect(containers.value(0, "state") == .text("exited"))
            #expect(containers.value(0, "digest") == .text("\(digest(10))"))
            #expect(records.value(0, "usage_count") == .integer(2))
            #expect(records.value(0, "parents") == .list(["p", "q"]))
        }
    }

    @Test func `a container of an image that is not there is kept`() async throws {
        try await withDatabase { database, _ in
            try await database.collect([Self.container("c", item: 99), Self.container("d", item: nil)])
            let containers = try await database.table("containers")
            #expect(containers.rows.count == 2)
            #expect(containers.value(0, "digest") == .null)
        }
    }

    @Test func `owners follow their rules, also when the rules change`() async throws {
        try await withDatabase { database, _ in
            var old = image(10, [layer(1, bytes: 3)], labels: ["team": "before"])
            old.createdAt = second(-100)
            var new = image(11, [layer(1, bytes: 3)], labels: ["team": "now"])
            new.createdAt = second(-50)
            let all: [Observation] =
                [.item(old), .item(new)] + CollectionTests.held(10, in: "one/app")
                + CollectionTests.held(11, in: "one/app")
                + CollectionTests.held(10, in: "two/app")
            try await database.collect(
                all,
                owners: OwnerRules([.repository(pattern: "two/*", owner: "second"), .label(key: "team", owner: nil)]))
            let owner = { (repository: String) async throws in
                try await database.table("repositories", filters: [Filter("repository", .equal, .text(repository))])
                    .value(0, "owner")
            }
            #expect(try await owner("one/app") == .text("now"))
            #expect(try await owner("two/app") == .text("second"))
            let usage = try await database.table("usage_by_owner", sort: [Sort("owner")])
            #expect(usage.rows.count == 2)
            #expect(usage.value(0, "owner") == .text("now"))
            try await database.collect(all, at: second(1), owners: OwnerRules([.label(key: "team", owner: "them")]))
            #expect(try await owner("one/app") == .text("them"))
            try await database.collect(all, at: second(2))
            #expect(try await owner("one/app") == .text("<none>"))
            #expect(try await database.table("usage_by_owner").rows.count == 1)
        }
    }

    @Test func `an index's child that is missing is said to be, and comes back`() async throws {
        try await withDatabase { database, _ in
            let collect = { (moment: Double, isPresent: Bool) in
                let index = ItemObservation(
                    kind: .index, digest: digest(20),
                    objects: [ObjectObservation(kind: .index, key: digest(20), bytes: 9)],
                    children: [ChildObservation(digest: digest(10), isPresent: isPresent)])
                try await database.collect(
                    [.item(index), .item(image(10, [layer(1, bytes: 3)]))] + CollectionTests.seen("a")
                        + CollectionTests.held(20, in: "a", tag: "x"), at: second(moment))
            }
            try await collect(0, true)
            #expect(try await database.graph().missingChildren == [0, 0])
            try await collect(1, false)
            #expect(try await database.query(named: "broken_indexes").rows.count == 1)
            let broken = try await database.graph()
            #expect(broken.missingChildren == [1] && broken.itemCount == 1)
            try await collect(2, true)
            #expect(try await database.graph().missingChildren == [0, 0])
            #expect(try await database.graph(at: second(1)).missingChildren == [1])
            // The image below the index has the index's tag.
            let tags = try await database.table("items", filters: [Filter("kind", .equal, .text("image"))])
            #expect(tags.rows.count == 1)
            #expect(try await database.integrityProblems().rows.isEmpty)
        }
    }

    @Test func `an image below a tagged index has the index's tags`() async throws {
        try await withDatabase { database, _ in
            let index = ItemObservation(
                kind: .index, digest: digest(20), children: [ChildObservation(digest: digest(21))])
            let inner = ItemObservation(
                kind: .index, digest: digest(21), children: [ChildObservation(digest: digest(10))])
            try await database.collect(
                [.item(index), .item(inner), .item(image(10, []))] + CollectionTests.seen("a")
                    + [20, 21, 10].flatMap { CollectionTests.held($0, in: "a") }
                    + CollectionTests.held(20, in: "a", tag: "multi") + CollectionTests.held(10, in: "a", tag: "one"))
            let images = try await database.table("images")
            #expect(images.rows.count == 1)
            #expect(images.value(0, "tags") == .list(["multi", "one"]))
        }
    }

    @Test func `stores of their own keep the same digest apart`() async throws {
        try await withDatabase { database, _ in
            var all: [Observation] = []
            for (repository, bytes) in [("a", 5), ("b", 6)] {
                var item = image(10, [layer(1, bytes: Int64(bytes))])
                item.store = repository
                all += [
                    .item(item),
                    .holding(HoldingObservation(repository: repository, store: repository, item: digest(10))),
                ]
            }
            try await database.collect(all)
            #expect(try await database.table("sources").value(0, "stored_bytes") == .integer(11))
            #expect(try await database.table("items").rows.count == 2)
        }
    }
}

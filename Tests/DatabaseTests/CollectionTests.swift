import Database
import Figures
import Foundation
import ImageModel
import Observations
import Postgres
import TestSupport
import Testing

@Suite(.enabled(if: hasPostgres, "PostgreSQL is not installed"))
struct CollectionTests {
    /// An image in a repository, maybe with a tag.
    static func held(_ number: Int, in repository: String, tag: String? = nil) -> [Observation] {
        [.holding(HoldingObservation(repository: repository, item: digest(number)))]
            + (tag.map { [.reference(ReferenceObservation(repository: repository, name: $0, item: digest(number)))] }
                ?? [])
    }

    static func seen(_ repository: String, complete: Bool = true) -> [Observation] {
        [.repository(RepositoryObservation(name: repository, isComplete: complete))]
    }

    static let items: [Observation] = [
        .item(image(10, [layer(1, bytes: 1000), layer(2, bytes: 50)])),
        .item(image(11, [layer(1, bytes: 1000), layer(3, bytes: 7)])),
    ]

    @Test func `what was collected can be listed, with its figures`() async throws {
        try await withDatabase { database, _ in
            try await database.collect(
                Self.items + Self.seen("team/app") + Self.held(10, in: "team/app", tag: "1.0")
                    + Self.held(10, in: "team/app", tag: "latest") + Self.held(11, in: "team/app"))
            let images = try await database.table("images", sort: [Sort("apparent_bytes", descending: true)])
            #expect(images.rows.count == 2)
            #expect(images.value(0, "tags") == .list(["1.0", "latest"]))
            #expect(images.value(0, "exclusive_bytes") == .integer(50))
            #expect(images.value(0, "shared_bytes") == .integer(1000))
            #expect(images.value(0, "fair_share_bytes") == .integer(550))
            #expect(images.value(1, "dangling") == .flag(true))
            #expect(images.value(0, "digest") == .text(digest(10).description))
            let usage = try await database.table("usage_by_repository")
            #expect(usage.value(0, "stored_bytes") == .integer(1057))
            #expect(usage.value(0, "namespace") == .text("team"))
        }
    }

    @Test func `what a complete collection did not see has gone, since its moment`() async throws {
        try await withDatabase { database, _ in
            try await database.collect(
                Self.items + Self.seen("a") + Self.held(10, in: "a", tag: "x") + Self.held(11, in: "a"))
            try await database.collect(Self.seen("a") + Self.held(11, in: "a"), at: second(60))
            let history = try await database.table("holding_history", sort: [Sort("digest")])
            let gone = try #require(
                history.rows.indices.first { history.value($0, "digest") == .text("\(digest(10))") })
            #expect(history.value(gone, "valid_from") == .time(second(0)))
            #expect(history.value(gone, "valid_until") == .time(second(60)))
            #expect(history.value(1 - gone, "valid_until") == .null)
            #expect(try await database.table("tags").rows.isEmpty)
            #expect(try await database.graph(at: second(59)).holdingCount == 2)
            #expect(try await database.graph(at: second(60)).holdingCount == 1)
        }
    }

    @Test func `a repository that was not listed has gone only if all were listed`() async throws {
        try await withDatabase { database, _ in
            try await database.collect(
                Self.items + Self.seen("a") + Self.held(10, in: "a") + Self.seen("b") + Self.held(11, in: "b"))
            try await database.collect(
                Self.seen("b") + Self.held(11, in: "b"), at: second(1), repositories: .incomplete)
            #expect(try await database.graph().holdingCount == 2)
            #expect(try await database.table("repositories").rows.count == 2)
            try await database.collect(Self.seen("b") + Self.held(11, in: "b"), at: second(2))
            #expect(try await database.graph().repositoryNames == ["b"])
            #expect(try await database.table("repositories").rows.count == 1)
        }
    }

    @Test func `what an incompletely seen repository held stays`() async throws {
        try await withDatabase { database, _ in
            try await database.collect(Self.items + Self.seen("a") + Self.held(10, in: "a", tag: "x"))
            try await database.collect(Self.seen("a", complete: false) + Self.held(11, in: "a"), at: second(1))
            #expect(try await database.graph().holdingCount == 2)
            #expect(try await database.table("tags").rows.count == 1)
        }
    }

    @Test func `a tag that moved ends and begins at the same moment`() async throws {
        try await withDatabase { database, _ in
            try await database.collect(
                Self.items + Self.seen("a") + Self.held(10, in: "a", tag: "x") + Self.held(11, in: "a"))
            // Also in a repository that was not seen whole.
            try await database.collect(
                Self.seen("a", complete: false) + Self.held(11, in: "a", tag: "x"), at: second(5))
            let history = try await database.table("tag_history", sort: [Sort("valid_from")])
            #expect(history.rows.count == 2)
            #expect(history.value(0, "valid_until") == .time(second(5)))
            #expect(history.value(1, "valid_from") == .time(second(5)))
            #expect(history.value(1, "digest") == .text("\(digest(11))"))
        }
    }

    @Test func `what comes back has a second time of its own`() async throws {
        try await withDatabase { database, _ in
            let all = Self.items + Self.seen("a") + Self.held(10, in: "a", tag: "x")
            try await database.collect(all)
            try await database.collect([], at: second(1))
            try await database.collect(all, at: second(2))
            let history = try await database.table("holding_history", sort: [Sort("valid_from")])
            #expect(history.rows.count == 2)
            #expect(history.value(0, "valid_until") == .time(second(1)))
            #expect(history.value(1, "valid_from") == .time(second(2)))
            #expect(try await database.table("repositories").value(0, "since") == .time(second(2)))
        }
    }

    @Test func `nothing changed writes nothing`() async throws {
        try await withDatabase { database, url in
            let index = ItemObservation(
                kind: .index, digest: digest(20), objects: [layer(4, bytes: 9)],
                children: [
                    ChildObservation(digest: digest(10)), ChildObservation(digest: digest(99), isPresent: false),
                ])
            let all =
                Self.items + [.item(index)] + Self.seen("a") + Self.held(10, in: "a", tag: "x")
                + Self.held(11, in: "a") + Self.held(20, in: "a", tag: "i")
                + [
                    .container(
                        ContainerObservation(
                            id: "c", name: "web", item: digest(10), imageName: "a:x", state: "running",
                            createdAt: second(0), writableBytes: 5)),
                    .cacheRecord(
                        CacheRecordObservation(
                            id: "r", recordType: "regular", recordDescription: "RUN make", bytes: 12, isInUse: false,
                            isShared: false)),
                ]
            let others = [Aspect.containers, Aspect.buildCache].map { AspectStatus(aspect: $0, outcome: .complete) }
            let owners = OwnerRules([.repository(pattern: "a", owner: "us")])
            try await database.collect(all, others: others, owners: owners)
            let before = try await picture(url, withVersions: true)
            try await database.collect(all, at: second(1), others: others, owners: owners)
            let after = try await picture(url, withVersions: true)
            // That it ran is written down.
            let bookkeeping = ["collection", "collection_aspect", "source_figure"]
            for table in before.keys where !bookkeeping.contains(table) {
                #expect(before[table] == after[table], "\(table)")
            }
            #expect(before["collection"] != after["collection"])
        }
    }

    @Test func `a clock that goes back breaks no rule`() async throws {
        try await withDatabase { database, _ in
            try await database.collect(
                Self.items + Self.seen("a") + Self.held(10, in: "a", tag: "x"), at: second(100))
            try await database.collect(Self.seen("a") + Self.held(11, in: "a", tag: "x"), at: second(50))
            try await database.collect([], at: second(50))
            let history = try await database.table("holding_history", sort: [Sort("valid_from")])
            #expect(history.rows.count == 2)
            for row in history.rows.indices {
                guard case .time(let from) = history.value(row, "valid_from"),
                    case .time(let until) = history.value(row, "valid_until")
                else { throw DatabaseError.collectionEnded }
                #expect(from >= second(100) && from < until && until < second(101))
            }
        }
    }

    @Test func `a size that was not known is filled in, and then it is known`() async throws {
        try await withDatabase { database, _ in
            let shared = Self.seen("a") + Self.held(10, in: "a")
            try await database.collect([.item(image(10, [layer(1, bytes: nil)]))] + shared)
            #expect(try await database.table("layers").value(0, "bytes") == .null)
            #expect(try await database.table("sources").value(0, "unknown_objects") == .integer(1))
            try await database.collect(
                [.item(image(10, [layer(1, bytes: 77, instruction: "RUN make")]))] + shared, at: second(1))
            try await database.collect([.item(image(10, [layer(1, bytes: nil)]))] + shared, at: second(2))
            let layers = try await database.table("layers")
            #expect(layers.value(0, "bytes") == .integer(77))
            #expect(layers.value(0, "instruction") == .text("RUN make"))
            #expect(try await database.table("sources").value(0, "stored_bytes") == .integer(77))
        }
    }

    @Test func `two sizes of one digest in one collection are refused by name`() async throws {
        try await withDatabase { database, url in
            let items: [Observation] = [
                .item(image(10, [layer(1, bytes: 5)])), .item(image(11, [layer(1, bytes: 6)])),
            ]
            let before = try await picture(url)
            let expected = DatabaseError.conflictingSizes(digest: "\(digest(1))", one: 5, other: 6)
            await #expect(throws: expected) { try await database.collect(items) }
            #expect(try await picture(url) == before)
        }
    }

    @Test func `a snapshot may be measured anew`() async throws {
        try await withDatabase { database, _ in
            for (moment, bytes) in [5, 6].enumerated() {
                let layer = ObjectObservation(space: .snapshot, kind: .layer, key: digest(1), bytes: Int64(bytes))
                try await database.collect(
                    [.item(image(10 + moment, [layer]))] + Self.seen("a") + Self.held(10 + moment, in: "a"),
                    at: second(Double(moment)))
            }
            #expect(try await database.table("layers").value(0, "bytes") == .integer(6))
        }
    }

    @Test func `a holding of what nobody recorded is refused`() async throws {
        try await withDatabase { database, url in
            let before = try await picture(url)
            await #expect(
                throws: DatabaseError.unseenItem(repository: "a", name: "x", item: "\(digest(10))")
            ) {
                try await database.collect([
                    .reference(ReferenceObservation(repository: "a", name: "x", item: digest(10)))
                ])
            }
            #expect(try await picture(url) == before)
        }
    }

    @Test func `text that PostgreSQL cannot keep is kept as well as can be`() async throws {
        try await withDatabase { database, _ in
            var item = image(10, [layer(1, bytes: 1, instruction: "RUN a\0b")], labels: ["k\0": "v\0\u{1}\"\\"])
            item.configuration = #"{"a":"x\u0000y","b":"\\u0000"}"#
            try await database.collect([.item(item)] + Self.seen("a\0") + Self.held(10, in: "a\0", tag: "t\0"))
            let images = try await database.table("images")
            #expect(images.value(0, "repository") == .text("a\u{FFFD}"))
            #expect(images.value(0, "tags") == .list(["t\u{FFFD}"]))
            #expect(images.value(0, "labels") == .object(["k\u{FFFD}": "v\u{FFFD}\u{1}\"\\"]))
            let answer = try await database.query(
                "SELECT configuration ->> 'a', configuration ->> 'b' FROM items")
            #expect(answer.table.rows == [[.text("x\u{FFFD}y"), .text("\\u0000")]])
        }
    }

    @Test func `figures that cannot be computed leave everything as it was`() async throws {
        struct NoFigures: Error {}
        try await withDatabase { database, url in
            try await database.collect(Self.items + Self.seen("a") + Self.held(10, in: "a"))
            let before = try await picture(url, withVersions: true)
            let writer = try await database.begin(registry(), startedAt: second(1))
            try await writer.record(Self.seen("a") + Self.held(11, in: "a"))
            await #expect(throws: NoFigures.self) {
                try await writer.apply(
                    CollectionResult(source: registry(), aspects: []), figures: { _, _ in throw NoFigures() })
            }
            #expect(try await picture(url, withVersions: true) == before)
            await #expect(throws: DatabaseError.collectionEnded) { try await writer.record([]) }
        }
    }

    @Test func `a failed collection is written down, and changes nothing else`() async throws {
        try await withDatabase { database, url in
            try await database.collect(Self.items + Self.seen("a") + Self.held(10, in: "a"))
            let before = try await picture(url, withVersions: true)
            try await database.recordFailure(
                CollectionResult(
                    source: registry(),
                    aspects: [
                        AspectStatus(
                            aspect: "repositories", outcome: .failed, detail: "connection refused",
                            hint: "start the registry")
                    ]), startedAt: second(9))
            let after = try await picture(url, withVersions: true)
            for table in before.keys where !table.hasPrefix("collection") {
                #expect(before[table] == after[table], "\(table)")
            }
            let sources = try await database.table("sources")
            #expect(sources.value(0, "complete") == .flag(false))
            #expect(sources.value(0, "observed_at") == .time(second(0)))
            #expect(try await database.table("coverage").value(0, "hint") == .text("start the registry"))
        }
    }

    @Test func `a source of another kind cannot take the name`() async throws {
        try await withDatabase { database, _ in
            try await database.collect([])
            let engine = SourceDescription(name: "registry", kind: .engine, location: "", bytesAre: .unpacked)
            await #expect(throws: DatabaseError.self) { try await database.begin(engine, startedAt: second(1)) }
        }
    }

    @Test func `a source is removed whole`() async throws {
        try await withDatabase { database, url in
            try await database.collect([], of: registry("other"))
            let before = try await picture(url)
            try await database.collect(
                Self.items + Self.seen("a") + Self.held(10, in: "a", tag: "x") + Self.held(11, in: "a"))
            #expect(try await picture(url) != before)
            try await database.removeSource("registry")
            #expect(try await picture(url) == before)
            #expect(try await database.integrityProblems().rows.isEmpty)
            await #expect(throws: DatabaseError.unknownSource("registry", sources: ["other"])) {
                try await database.removeSource("registry")
            }
        }
    }
}

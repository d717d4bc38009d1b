import Database
import Figures
import Foundation
import ImageModel
import Observations
import TestSupport
import Testing

/// What a plan is made of: the graph of one source, and the facts beside it.
@Suite(.enabled(if: hasPostgres, "PostgreSQL is not installed"))
struct CleanupPictureTests {
    private static func engine(_ name: String) -> SourceDescription {
        SourceDescription(name: name, kind: .engine, location: "unix:///run/\(name)", bytesAre: .unpacked)
    }

    private static func activity(
        _ number: Int, in repository: String = "a", tag: String = "", pushed: Double? = nil, pulled: Double? = nil,
        records: Bool = false
    ) -> Observation {
        .activity(
            ActivityObservation(
                repository: repository, digest: digest(number), tag: tag, pushedAt: pushed.map { second($0) },
                pulledAt: pulled.map { second($0) }, recordsPulls: records))
    }

    private static func dated(_ number: Int) -> ItemObservation {
        var item = image(number, [layer(number + 100, bytes: Int64(number)), layer(1, bytes: 1000)])
        item.createdAt = second(Double(-number))
        return item
    }

    private static func used(_ facts: CleanupFacts) -> [Digest: [String]] {
        Dictionary(uniqueKeysWithValues: facts.users.map { (facts.itemDigests[Int($0.key)], $0.value) })
    }

    @Test func `what stops distribution's collector is named, and nothing else is`() async throws {
        func finding(_ kind: StorageFindingObservation.Kind, _ path: String, _ digest: Digest? = nil) -> Observation {
            .storageFinding(
                StorageFindingObservation(
                    kind: kind, repository: "team/a", path: "repositories/team/a/\(path)", digest: digest,
                    detail: "it is so"))
        }
        let revisions = "_manifests/revisions/sha256/"
        let looked = [AspectStatus(aspect: Aspect.blobs, outcome: .complete)]
        try await withDatabase { database, _ in
            try await database.collect(
                [.item(Self.dated(10))] + CollectionTests.held(10, in: "team/a", tag: "x") + [
                    finding(.invalidLink, "\(revisions)f/link"), finding(.invalidManifest, "blob", digest(99)),
                    // A link that leads elsewhere is followed; so is one to something that is gone.
                    finding(.invalidLink, "\(revisions)e/link", digest(98)),
                    finding(.danglingLink, "\(revisions)d/link", digest(97)),
                    finding(.invalidLink, "_layers/sha256/c/link"),
                    finding(.invalidLink, "_manifests/tags/1/current/link"),
                    finding(.missingChild, "blob", digest(96)), finding(.unknownFile, "\(revisions)b"),
                    // It could be read; its configuration could not.
                    finding(.invalidManifest, "blob", digest(10)),
                ], others: looked)
            try await database.collect(
                [.item(Self.dated(10))] + CollectionTests.held(10, in: "a"), of: registry("other"))
            func words(_ place: String) -> String {
                "registry garbage-collect will stop at repositories/team/a/\(revisions)\(place)/link (it is so): "
                    + "it is no manifest; remove that link first"
            }
            let facts = try await database.cleanupPicture(source: "registry").facts
            #expect(Set(facts.collectorObstacles) == [words("f"), words(digest(99).hex)])
            #expect(facts.collectorObstacles.count == 2)
            #expect(try await database.cleanupPicture(source: "other").facts.collectorObstacles.isEmpty)
            // They go with the finding.
            try await database.collect(
                [.item(Self.dated(10))] + CollectionTests.held(10, in: "team/a", tag: "x"), at: second(1),
                others: looked)
            #expect(try await database.cleanupPicture(source: "registry").facts.collectorObstacles.isEmpty)
        }
    }

    @Test func `every item, object, holding and repository has its facts`() async throws {
        try await withDatabase { database, _ in
            try await database.collect(
                [.item(Self.dated(90))] + CollectionTests.held(90, in: "z"), of: registry("other"))
            try await database.collect(
                [10, 11, 12].map { .item(Self.dated($0)) } + CollectionTests.seen("a", complete: false)
                    + CollectionTests.seen("b") + CollectionTests.held(10, in: "a", tag: "x")
                    + CollectionTests.held(11, in: "a") + CollectionTests.held(11, in: "b", tag: "y")
                    + CollectionTests.held(12, in: "b")
                    + [
                        .reference(
                            ReferenceObservation(
                                repository: "b", kind: .referrerTag, name: "sha256-1.sig", item: digest(12))),
                        .damagedObject(DamagedObjectObservation(key: digest(111), bytes: 2)),
                        .orphanBlob(OrphanBlobObservation(digest: digest(70), bytes: 3, modifiedAt: second(-3))),
                        .tagTarget(TagTargetObservation(repository: "a", tag: "x", digest: digest(11))),
                    ], owners: OwnerRules([.repository(pattern: "b", owner: "us")]))
            let (graph, labels, facts) = try await database.cleanupPicture(source: "registry")
            let alone = try await database.labelledGraph(sources: ["registry"])
            #expect(alone.graph == graph && alone.labels == labels)
            #expect(facts.itemDigests == [10, 11, 12].map { digest($0) })
            #expect(facts.itemCreatedAt == [second(-10), second(-11), second(-12)])
            #expect(facts.objectKeys.count == graph.objectCount)
            for (object, key) in facts.objectKeys.enumerated() {
                let expected: Int64 = key == digest(1) ? 1000 : key == digest(110) ? 10 : key == digest(111) ? 2 : 12
                #expect(graph.objectBytes[object] == expected)
            }
            #expect(facts.damagedObjects.map { facts.objectKeys[Int($0)] } == [digest(111)])
            #expect(
                facts.orphans == [
                    CleanupFacts.Orphan(source: 0, digest: digest(70), bytes: 3, modifiedAt: second(-3))
                ])
            #expect(facts.repositoryOwners == ["<none>", "us"])
            #expect(facts.repositoryIsComplete == [false, true])
            #expect(facts.tags.map(\.name) == ["x", "sha256-1.sig", "y"])
            #expect(facts.tags.map(\.kind) == [.tag, .referrerTag, .tag])
            #expect(facts.tags.map { graph.repositoryNames[Int($0.repository)] } == ["a", "b", "b"])
            #expect(facts.tags.map { facts.itemDigests[Int($0.item)] } == [digest(10), digest(12), digest(11)])
            var wasTagged: [String: Bool] = [:]
            for holding in 0..<graph.holdingCount {
                let repository = graph.repositoryNames[Int(graph.holdingRepositories[holding])]
                wasTagged["\(repository) \(graph.holdingItems[holding])"] = facts.holdingWasTagged[holding]
            }
            #expect(wasTagged == ["a 0": true, "a 1": true, "b 1": true, "b 2": false])
            await #expect(throws: DatabaseError.self) { try await database.cleanupPicture(source: "none") }
        }
    }

    @Test func `what an image was built from is found past the images between`() async throws {
        try await withDatabase { database, _ in
            func built(_ number: Int, from parent: Int, between: Bool = false) -> Observation {
                var item = image(number, [layer(1, bytes: 1000), layer(number, bytes: 1)])
                item.parent = digest(parent)
                item.isIntermediate = between
                return .item(item)
            }
            // 12 ← 11 (not shown) ← 10 ← 9, which is not here; 13 and 14 go round.
            try await database.collect(
                [
                    built(10, from: 9), built(11, from: 10, between: true), built(12, from: 11), built(13, from: 14),
                    built(14, from: 13, between: true),
                ] + CollectionTests.seen("a")
                    + [10, 12, 13].flatMap { CollectionTests.held($0, in: "a", tag: "t\($0)") }
                    + [
                        .container(
                            ContainerObservation(id: "c", name: "c", item: digest(11), imageName: "", state: "created")),
                        .container(
                            ContainerObservation(id: "d", name: "d", item: digest(12), imageName: "", state: "created")),
                    ],
                of: Self.engine("one"))
            let (_, _, facts) = try await database.cleanupPicture(source: "one")
            #expect(facts.usedObjects.map { facts.objectKeys[Int($0)] } == [digest(1)])
            let bases = facts.bases.map { [facts.itemDigests[Int($0.key)], facts.itemDigests[Int($0.value)]] }
            #expect(Set(bases) == [[digest(12), digest(10)], [digest(13), digest(13)]])
        }
    }

    @Test func `a tag that moved was once there`() async throws {
        try await withDatabase { database, _ in
            let items = [10, 11].map { Observation.item(Self.dated($0)) }
            try await database.collect(
                items + CollectionTests.seen("a") + CollectionTests.held(10, in: "a", tag: "x")
                    + CollectionTests.held(11, in: "a"))
            #expect(try await database.cleanupPicture(source: "registry").facts.holdingWasTagged == [true, false])
            try await database.collect(
                items + CollectionTests.seen("a") + CollectionTests.held(10, in: "a")
                    + CollectionTests.held(11, in: "a", tag: "x"), at: second(1))
            #expect(try await database.cleanupPicture(source: "registry").facts.holdingWasTagged == [true, true])
        }
    }

    /// What is said of the tag, of the manifest, and what follows for the tag's push, its pull, and the holding's.
    private struct Case: Sendable, CustomStringConvertible {
        var said: [Observation]
        var tagPush: Double?
        var tagPull: CleanupFacts.LastPull
        var holdingPush: Double?
        var holdingPull: CleanupFacts.LastPull
        var description: String
    }

    private static let cases: [Case] = [
        Case(
            said: [], tagPush: nil, tagPull: .unknown, holdingPush: nil, holdingPull: .unknown,
            description: "nothing is known"),
        Case(
            said: [activity(10, pushed: 1, records: true)], tagPush: 1, tagPull: .never, holdingPush: 1,
            holdingPull: .never, description: "the manifest was never pulled"),
        Case(
            said: [activity(10, pulled: 5, records: true)], tagPush: nil, tagPull: .at(second(5)), holdingPush: nil,
            holdingPull: .at(second(5)), description: "the manifest was pulled"),
        Case(
            said: [activity(10, pulled: 5, records: true), activity(10, tag: "x", pushed: 2, records: true)],
            tagPush: 2, tagPull: .never, holdingPush: 2, holdingPull: .at(second(5)),
            description: "pulls of each tag are recorded, and this one had none"),
        Case(
            said: [activity(10, pulled: 5, records: true), activity(10, tag: "x", pulled: 3)], tagPush: nil,
            tagPull: .at(second(5)), holdingPush: nil, holdingPull: .at(second(5)),
            description: "a pull by digest may have been one of the tag"),
        Case(
            said: [activity(10, tag: "x", pulled: 3, records: true)], tagPush: nil, tagPull: .at(second(3)),
            holdingPush: nil, holdingPull: .at(second(3)), description: "only the tag is known"),
        Case(
            said: [activity(10, tag: "y", pushed: 7, pulled: 9, records: true)], tagPush: nil, tagPull: .unknown,
            holdingPush: 7, holdingPull: .at(second(9)), description: "another tag of the manifest was pulled"),
        Case(
            said: [activity(11, tag: "x", pushed: 7, pulled: 9, records: true), activity(10, in: "b", pulled: 9)],
            tagPush: nil, tagPull: .unknown, holdingPush: nil, holdingPull: .unknown,
            description: "the tag was another manifest's then, the pull another repository's"),
        Case(
            said: [activity(10, pushed: 8), activity(10, tag: "x", pushed: 4)], tagPush: 4, tagPull: .unknown,
            holdingPush: 8, holdingPull: .unknown, description: "the tag's own push goes before its manifest's"),
    ]

    @Test(arguments: cases.indices) func `the last push and pull`(number: Int) async throws {
        let known = Self.cases[number]
        try await withDatabase { database, _ in
            try await database.collect(
                [.item(Self.dated(10)), .item(Self.dated(11))] + CollectionTests.held(10, in: "a", tag: "x")
                    + CollectionTests.held(11, in: "c", tag: "z") + known.said)
            let (_, _, facts) = try await database.cleanupPicture(source: "registry")
            #expect(facts.tags.map(\.name) == ["x", "z"])
            #expect(facts.tags[0].pushedAt == known.tagPush.map { second($0) }, "\(known)")
            #expect(facts.tags[0].lastPull == known.tagPull, "\(known)")
            #expect(facts.holdingPushedAt == [known.holdingPush.map { second($0) }, nil], "\(known)")
            #expect(facts.holdingLastPull == [known.holdingPull, .unknown], "\(known)")
        }
    }

    @Test func `an engine's containers use their images, and what is the same in a registry`() async throws {
        try await withDatabase { database, _ in
            // The registry: an image, an index with two images, and three images that nobody uses but one by digest.
            var configured = Self.dated(10)
            configured.imageID = digest(510)
            let index = ItemObservation(
                kind: .index, digest: digest(20), objects: [layer(120, bytes: 20)],
                children: [ChildObservation(digest: digest(11)), ChildObservation(digest: digest(12))])
            try await database.collect(
                [.item(configured), .item(index)] + [11, 12, 13, 14, 15].map { .item(Self.dated($0)) }
                    + [10, 11, 12, 13, 14, 15, 20].flatMap { CollectionTests.held($0, in: "a", tag: "t\($0)") })
            #expect(try await database.cleanupPicture(source: "registry").facts.users.isEmpty)
            func engine(_ name: String, _ observations: [Observation]) async throws {
                try await database.collect(
                    observations, of: Self.engine(name),
                    others: [AspectStatus(aspect: Aspect.containers, outcome: .complete)])
            }
            func container(_ id: String, _ item: Int?, name: String, image: String = "x:1") -> Observation {
                .container(
                    ContainerObservation(
                        id: id, name: name, item: item.map { digest($0) }, imageName: image, state: "exited"))
            }
            // By the configuration: the image ID is the item's digest in a graph driver.
            var own = image(510, [layer(600, bytes: 5)])
            own.imageID = digest(510)
            // By the digest that the engine knows its image by.
            let pulled = image(511, [layer(601, bytes: 6)])
            let unused = image(512, [layer(602, bytes: 6)])
            try await engine(
                "one",
                [.item(own), .item(pulled), .item(unused)] + CollectionTests.held(510, in: "app", tag: "1")
                    + CollectionTests.held(511, in: "reg/a", tag: "1") + CollectionTests.held(512, in: "b", tag: "1")
                    + [
                        .reference(
                            ReferenceObservation(
                                repository: "reg/a", kind: .digest, name: "\(digest(13))", item: digest(511))),
                        .reference(
                            ReferenceObservation(
                                repository: "b", kind: .digest, name: "\(digest(15))", item: digest(512))),
                        container("c1", 510, name: "web"), container("c2", 511, name: ""),
                        container("c3", nil, name: "lost", image: "reg/a@\(digest(14))"),
                    ])
            // By the digest of an index: a containerd store.
            try await engine(
                "two",
                [.item(index), .item(Self.dated(11))] + CollectionTests.held(20, in: "app", tag: "1")
                    + [container("c4", 20, name: "db")])
            let users = Self.used(try await database.cleanupPicture(source: "registry").facts)
            #expect(
                users == [
                    digest(10): ["container web on one"], digest(13): ["container c2 on one"],
                    digest(14): ["container lost on one"], digest(20): ["container db on two"],
                    digest(11): ["container db on two"], digest(12): ["container db on two"],
                ])
            let ofEngine = Self.used(try await database.cleanupPicture(source: "one").facts)
            #expect(
                ofEngine == [
                    digest(510): ["container web on one"], digest(511): ["container c2 on one"],
                ])
            // A container that has gone uses nothing.
            try await database.collect(
                [], of: Self.engine("two"), at: second(5),
                others: [AspectStatus(aspect: Aspect.containers, outcome: .complete)])
            let left = Self.used(try await database.cleanupPicture(source: "registry").facts)
            #expect(Set(left.keys) == [digest(10), digest(13), digest(14)])
        }
    }

    @Test func `everything is known of engines, and of registries whose blobs were all looked at`() async throws {
        try await withDatabase { database, _ in
            func isKnown(_ source: String = "registry") async throws -> [Bool] {
                try await database.cleanupPicture(source: source).facts.isEverythingKnown
            }
            func collect(
                _ moment: Double, _ scope: CollectionScope, _ blobs: AspectStatus.Outcome?
            ) async throws {
                try await database.collect(
                    [], at: second(moment),
                    others: blobs.map { [AspectStatus(aspect: Aspect.blobs, outcome: $0)] } ?? [],
                    scope: scope)
            }
            try await database.collect([], of: Self.engine("engine"))
            #expect(try await isKnown("engine") == [true])
            try await collect(0, .named, nil)
            #expect(try await isKnown() == [false])
            try await collect(1, .everything, .incomplete)
            #expect(try await isKnown() == [false])
            try await collect(2, .everything, .complete)
            #expect(try await isKnown() == [true])
            try await collect(3, .named, nil)
            #expect(try await isKnown() == [true])
            try await collect(4, .everything, nil)
            #expect(try await isKnown() == [false])
        }
    }
}

import Database
import Figures
import Foundation
import ImageModel
import Observations
import Postgres
import TestSupport
import Testing

@Suite(.enabled(if: hasPostgres, "PostgreSQL is not installed"))
struct RegistryEventTests {
    private static func event(
        _ id: String, _ time: Double, _ number: Int = 10, tag: String = "", pull: Bool = true
    ) -> RegistryEvent {
        RegistryEvent(
            id: id, occurredAt: second(time), repository: "a", digest: digest(number), tag: tag.isEmpty ? nil : tag,
            kind: pull ? .pull : .push)
    }

    @Test func `each event counts once, in one call and in several`() async throws {
        try await withDatabase { database, _ in
            try await database.collect([])
            let first = try await database.recordPulls(
                source: "registry", events: [Self.event("1", 5), Self.event("1", 5), Self.event("2", 3)])
            #expect(first == 2)
            let again = try await database.recordPulls(
                source: "registry", events: [Self.event("2", 99), Self.event("3", 4), Self.event("4", 8, 11)])
            #expect(again == 2)
            let activity = try await database.table("activity", sort: [Sort("pulled_at")])
            #expect(activity.rows.count == 2)
            #expect(activity.value(0, "pulled_at") == .time(second(5)))
            #expect(activity.value(0, "records_pulls") == .flag(true))
            #expect(activity.value(1, "pulled_at") == .time(second(8)))
            #expect(try await database.recordPulls(source: "registry", events: []) == 0)
        }
    }

    @Test func `pushes and pulls are of the manifest, and of the tag that they name`() async throws {
        try await withDatabase { database, _ in
            try await database.collect(
                [.item(image(10, [layer(1, bytes: 5)]))] + CollectionTests.held(10, in: "a", tag: "x"))
            try await database.recordPulls(
                source: "registry",
                events: [Self.event("1", 5, tag: "x", pull: false), Self.event("2", 7), Self.event("3", 6, tag: "x")])
            let activity = try await database.table("activity", sort: [Sort("tag")])
            #expect(activity.rows.count == 2)
            #expect(activity.value(0, "pulled_at") == .time(second(6)))
            #expect(activity.value(0, "records_pulls") == .flag(false), "a pull by digest names no tag")
            #expect(activity.value(1, "pulled_at") == .time(second(7)))
            #expect(activity.value(1, "pushed_at") == .time(second(5)))
            let facts = try await database.cleanupPicture(source: "registry").facts
            #expect(facts.tags[0].lastPull == .at(second(7)))
            #expect(facts.tags[0].pushedAt == second(5))
            #expect(try await database.table("tags").value(0, "pulled_at") == .time(second(7)))
        }
    }

    @Test func `what was pushed and not pulled since was never pulled`() async throws {
        try await withDatabase { database, _ in
            try await database.collect(
                [.item(image(10, [layer(1, bytes: 5)])), .item(image(11, []))]
                    + CollectionTests.held(10, in: "a", tag: "x") + CollectionTests.held(11, in: "a", tag: "y"))
            try await database.recordPulls(
                source: "registry", events: [Self.event("1", -9000, tag: "x", pull: false)])
            let facts = try await database.cleanupPicture(source: "registry").facts
            #expect(facts.tags.map(\.lastPull) == [.never, .unknown])
            let tags = try await database.query(named: "never_pulled", ["2023-11-14T22:00:00Z"])
            #expect(tags.rows.count == 1)
            #expect(tags.value(0, "tag") == .text("x"))
        }
    }

    @Test func `events of a source that was never collected are refused`() async throws {
        try await withDatabase { database, url in
            try await database.collect([])
            let before = try await picture(url)
            await #expect(throws: DatabaseError.unknownSource("other", sources: ["registry"])) {
                try await database.recordPulls(source: "other", events: [Self.event("1", 0)])
            }
            #expect(try await picture(url) == before)
        }
    }

    @Test func `ids are forgotten after a week`() async throws {
        try await withDatabase { database, _ in
            try await database.collect([])
            try await database.recordPulls(source: "registry", events: [Self.event("1", 5), Self.event("2", 5)])
            try await database.pool.withConnection {
                _ = try await $0.execute(
                    "UPDATE layerscope_data.registry_event SET received_at = now() - interval '8 days' "
                        + "WHERE event_id = '1'")
            }
            try await database.recordPulls(source: "registry", events: [Self.event("3", 6)])
            let left = try await database.pool.withConnection {
                try await $0.query("SELECT event_id FROM layerscope_data.registry_event ORDER BY 1").rows.map {
                    try $0.text(0)
                }
            }
            #expect(left == ["2", "3"])
        }
    }

    @Test func `many may tell of the same at once, while the source is collected`() async throws {
        try await withDatabase { database, _ in
            try await database.collect([])
            let all = (0..<200).map { Self.event("\($0)", Double($0), $0 % 7, tag: ["", "x", "y"][$0 % 3]) }
            let new = try await withThrowingTaskGroup(of: Int.self) { group in
                for turn in 0..<8 {
                    var random = SeededGenerator(seed: UInt64(turn))
                    let events = all.shuffled(using: &random)
                    group.addTask { try await database.recordPulls(source: "registry", events: events) }
                }
                group.addTask {
                    try await database.collect(
                        (0..<7).reversed().map {
                            .activity(ActivityObservation(repository: "a", digest: digest($0), pushedAt: second(-5)))
                        }, at: second(1))
                    return 0
                }
                return try await group.reduce(0, +)
            }
            #expect(new == 200)
            let rows = try await database.table("activity", filters: [Filter("tag", .equal, .null)])
            #expect(rows.rows.count == 7)
            for row in rows.rows.indices { #expect(rows.value(row, "pushed_at") == .time(second(-5))) }
        }
    }
}

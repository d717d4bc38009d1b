import Database
import Figures
import Foundation
import Reporting
import Server
import TestSupport
import Testing

@testable import Commands

/// The layer graphs that a server keeps.
@Suite(.world, .serialized, .enabled(if: hasPostgres, "PostgreSQL is not installed"))
struct WhatIfCacheTests {
    /// A revision that a test sets.
    private actor Revision {
        var text = "1"
        func set(_ text: String) { self.text = text }
    }

    private func withCache(
        _ body: nonisolated(nonsending) (WhatIfCache, Revision) async throws -> Void
    ) async throws {
        let address = try await World.shared.tool.run("database", "url").output
        let database = try await LayerscopeDatabase.open(address.trimmingCharacters(in: .whitespacesAndNewlines))
        let revision = Revision()
        let cache = WhatIfCache(
            reader: Reader(database: database), cleanup: CleanupConfiguration(), units: .si,
            revision: { await revision.text })
        do { try await body(cache, revision) } catch {
            await database.close()
            throw error
        }
        await database.close()
    }

    @Test func `the graph is loaded once for all questions, and again when something was collected`() async throws {
        let world = try World.shared
        try await withCache { cache, revision in
            let first = try await cache.whatIf(["team-a/app"], in: "layout")
            let expected =
                world.stored([world.app, world.web, world.base, world.nameless])
                - world.stored([world.web, world.base, world.nameless])
            #expect(first.table.value(0, "freed_bytes") == .integer(expected))
            #expect(first.table.totals["freed_bytes"] == .integer(expected))
            let second = try await cache.whatIf(["team-a/app:1", "team-b/web"], in: "layout")
            #expect(second.table.value(0, "freed_bytes") == .integer(0), "another tag keeps the image")
            #expect(await cache.loads == 1)
            await revision.set("2")
            #expect(try await cache.whatIf(["team-a/app"], in: "layout").table == first.table)
            #expect(await cache.loads == 2)
        }
    }

    @Test func `who asks at the same time waits for the same graph`() async throws {
        try await withCache { cache, _ in
            let freed = try await withThrowingTaskGroup(of: Value.self) { group in
                for _ in 0..<8 {
                    group.addTask { try await cache.whatIf(["team-b/"], in: "layout").table.value(0, "freed_bytes") }
                }
                return try await group.reduce(into: [Value]()) { $0.append($1) }
            }
            #expect(Set(freed).count == 1)
            #expect(await cache.loads == 1)
        }
    }

    @Test func `sources and names that are none are told, and nothing is kept of them`() async throws {
        try await withCache { cache, _ in
            await #expect(throws: UnknownSourceError("none")) { try await cache.whatIf(["a"], in: "none") }
            #expect(await cache.loads == 0)
            await #expect(throws: UnknownNameError(["no/such", "sha256:0000"])) {
                try await cache.whatIf(["no/such", "team-a/app", "sha256:0000"], in: "layout")
            }
        }
    }
}

import Collectors
import Foundation
import ImageModel
import NIOHTTP1
import Observations
import TestSupport
import Testing

/// Quay, `GET /api/v1/repository/{repo}/tag/` (quay: endpoints/api/tag.py, `_tag_dict`).
@Suite struct QuayActivityTests {
    private let tags = "/api/v1/repository/team/app/tag/"

    private func tag(_ name: String, _ digest: Digest, start: Int, end: Int? = nil) -> String {
        let ended = end.map { #""end_ts":\#($0),"expiration":"Thu, 01 Jan 2026 00:00:00 -0000","# } ?? ""
        return #"""
            {"name":"\#(name)","reversion":false,"start_ts":\#(start),\#(ended)"manifest_digest":"\#(digest)",
             "is_manifest_list":true,"size":null,"last_modified":"Thu, 01 Jan 2026 00:00:00 -0000"}
            """#
    }

    private func page(_ tags: [String], _ number: Int = 1, more: Bool = false) -> ScriptedReply {
        .json(#"{"tags":[\#(tags.joined(separator: ","))],"page":\#(number),"has_additional":\#(more)}"#)
    }

    @Test func `only rows that are alive tell a push`() async throws {
        let world = try ActivityWorld()
        let outcome = try await world.collect(.quay) { [tags] request in
            guard request.path == tags else { return nil }
            guard request.item("page") == "2" else {
                return page(
                    [
                        tag("v1", world.image, start: 1_780_000_000),
                        tag("v1", world.index, start: 1_770_000_000, end: 1_780_000_000),
                        tag("v0", world.image, start: 1_760_000_000, end: 1_765_000_000),
                    ], more: true)
            }
            // A tag that expires in the future is alive.
            return page([tag("multi", world.index, start: 1_790_000_000, end: 33_000_000_000)], 2)
        }
        #expect(outcome.collected.result.isComplete, "\(outcome.collected.result.aspects)")
        #expect(
            outcome.rows
                == [
                    ActivityObservation(
                        repository: "team/app", digest: world.image, tag: "v1",
                        pushedAt: Date(timeIntervalSince1970: 1_780_000_000)),
                    ActivityObservation(
                        repository: "team/app", digest: world.index, tag: "multi",
                        pushedAt: Date(timeIntervalSince1970: 1_790_000_000)),
                ].sorted { $0.digest < $1.digest })
        #expect(outcome.rows.allSatisfy { !$0.recordsPulls })
        #expect(outcome.asked.first == "GET \(tags)?limit=100&page=1&onlyActiveTags=true")
    }

    @Test func `the API gets its own token, never the registry's password`() async throws {
        let world = try ActivityWorld()
        let secret = ActivityWorld.secret
        for token in [secret, nil] {
            let outcome = try await world.collect(
                .quay,
                change: { options, activity in
                    options.credentials = .basic(username: "robot", password: "other")
                    if let token { activity.credentials = .registryToken(token) }
                },
                { [tags] request in request.path == tags ? page([]) : nil })
            let sent = outcome.requests.first { $0.path == tags }?.headers["authorization"]
            #expect(sent == (token.map { ["Bearer \($0)"] } ?? []))
        }
    }

    @Test func `ten thousand tags are read page by page`() async throws {
        let world = try ActivityWorld()
        let outcome = try await world.collect(.quay) { [tags] request in
            guard request.path == tags, let number = request.item("page").flatMap({ Int($0) }) else { return nil }
            let rows = (0..<100).map { tag("t\((number - 1) * 100 + $0)", world.image, start: 1_780_000_000 + $0) }
            return page(rows, number, more: number < 100)
        }
        #expect(outcome.activity == AspectStatus(aspect: "activity", outcome: .complete, seen: 10_000))
        #expect(Set(outcome.rows.map(\.tag)).count == 10_000)
        #expect(outcome.asked.count == 100)
    }
}

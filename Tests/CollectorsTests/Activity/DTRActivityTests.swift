import Collectors
import Foundation
import ImageModel
import NIOHTTP1
import Observations
import TestSupport
import Testing

/// DTR and MSR up to 3, `GET /api/v0/repositories/{ns}/{repo}/tags` (the shape in Harbor's tests of its adapter:
/// src/pkg/reg/adapter/dtr/adapter_test.go).
@Suite struct DTRActivityTests {
    private let tags = "/api/v0/repositories/team/app/tags"

    private func tag(_ name: String, _ digest: Digest, updated: String = "2026-02-06T03:51:34.138Z") -> String {
        #"""
        {"author":"ann","createdAt":"2026-01-06T03:51:34.138Z","digest":"\#(digest)","hashMismatch":false,"inNotary":false,
         "manifest":{"architecture":"amd64","author":"ann","configDigest":"x","configMediaType":"x",
          "createdAt":"2026-01-06T03:51:34.138Z","digest":"\#(digest)","dockerfile":[],"mediaType":"x","os":"linux",
          "osVersion":"","size":31},
         "mirroring":null,"name":"\#(name)","promotion":null,"updatedAt":"\#(updated)"}
        """#
    }

    @Test func `pushes of tags are read page by page`() async throws {
        let world = try ActivityWorld()
        let secret = ActivityWorld.secret
        let outcome = try await world.collect(
            .dtr, change: { _, activity in activity.credentials = .basic(username: "ann", password: secret) },
            { [tags] request in
                guard request.path == tags else { return nil }
                guard request.headers["authorization"].first?.hasPrefix("Basic ") == true else {
                    return ScriptedReply(401)
                }
                return request.item("pageStart") == "a/b c"
                    ? .json("[" + tag("v1", world.image, updated: "") + "]", headers: ["x-next-page-start": ""])
                    : .json("[" + tag("multi", world.index) + "]", headers: ["x-next-page-start": "a/b c"])
            })
        #expect(outcome.collected.result.isComplete, "\(outcome.collected.result.aspects)")
        #expect(outcome.row(world.index, "multi")?.pushedAt == moment("2026-02-06T03:51:34.138Z"))
        #expect(outcome.row(world.image, "v1")?.pushedAt == moment("2026-01-06T03:51:34.138Z"))
        #expect(outcome.rows.allSatisfy { !$0.recordsPulls })
        #expect(outcome.asked == ["GET \(tags)?pageSize=100", "GET \(tags)?pageSize=100&pageStart=a%2Fb%20c"])
    }
}

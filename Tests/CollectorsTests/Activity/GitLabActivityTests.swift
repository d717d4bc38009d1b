import Collectors
import Foundation
import ImageModel
import NIOHTTP1
import Observations
import TestSupport
import Testing

/// GitLab's registry, `GET /gitlab/v1/repositories/{path}/tags/list/`. Fields of a tag from memory of its specification
/// (docs/spec/gitlab/api.md), which no copy at hand has; an absent one is no failure.
@Suite struct GitLabActivityTests {
    private let tags = "/gitlab/v1/repositories/team/app/tags/list/"

    private func tag(_ name: String, _ digest: Digest, _ times: String) -> String {
        #"""
        {"name":"\#(name)","digest":"\#(digest)","config_digest":"sha256:\#(digest.hex)",
         "media_type":"application/vnd.oci.image.manifest.v1+json","size_bytes":31,\#(times)}
        """#
    }

    @Test func `when a tag was published is read from the registry's own API`() async throws {
        let world = try ActivityWorld()
        let outcome = try await world.collect(.gitlab) { [tags] request in
            if request.path == "/gitlab/v1/" { return .json("") }
            guard request.path == tags else { return nil }
            guard request.item("last") == "multi" else {
                return .json(
                    "["
                        + tag(
                            "multi", world.index,
                            #""created_at":"2026-01-01T00:00:00.000+00:00","updated_at":"2026-02-01T00:00:00.000+00:00""#
                        )
                        + "]", headers: ["link": "<\(tags)?last=multi&n=1000>; rel=\"next\""])
            }
            return .json(
                "["
                    + tag(
                        "v1", world.image,
                        #""created_at":"2026-01-01T00:00:00.000+00:00","published_at":"2026-03-01T05:30:00.250+05:30""#)
                    + "]")
        }
        #expect(outcome.collected.result.isComplete, "\(outcome.collected.result.aspects)")
        #expect(outcome.row(world.index, "multi")?.pushedAt == moment("2026-02-01T00:00:00Z"))
        #expect(outcome.row(world.image, "v1")?.pushedAt == moment("2026-03-01T00:00:00.25Z"))
        #expect(outcome.rows.count == 2 && outcome.rows.allSatisfy { !$0.recordsPulls && $0.pulledAt == nil })
        #expect(outcome.asked.contains("GET \(tags)?n=1000"))
    }

    @Test func `a registry without a metadata database has no such times`() async throws {
        let world = try ActivityWorld()
        let outcome = try await world.collect(.gitlab) { request in
            request.path.hasPrefix("/gitlab/") ? ScriptedRegistry.error(404, "UNSUPPORTED") : nil
        }
        #expect(outcome.activity.outcome == .notAvailable)
        #expect(outcome.activity.detail.contains("metadata database"))
        #expect(outcome.collected.result.isComplete && outcome.rows.isEmpty)
    }
}

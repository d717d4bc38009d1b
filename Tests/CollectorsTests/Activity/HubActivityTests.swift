import Collectors
import Foundation
import ImageModel
import NIOHTTP1
import Observations
import TestSupport
import Testing

/// Docker Hub, `GET /v2/namespaces/{ns}/repositories/{repo}/tags` (docs.docker.com, Hub API, schema `tag`). That a tag has
/// `digest`, `media_type` and `content_type` is from answers of the service; the schema does not list them.
@Suite struct HubActivityTests {
    private let tags = "/v2/namespaces/team/repositories/app/tags"

    private func image(_ digest: Digest, pushed: String = "null", pulled: String = "null") -> String {
        #"""
        {"architecture":"amd64","features":"","variant":null,"digest":"\#(digest)","os":"linux","os_features":"",
         "os_version":null,"size":31,"status":"active","last_pulled":\#(pulled),"last_pushed":\#(pushed)}
        """#
    }

    private func tag(_ name: String, _ digest: Digest?, pulled: String = "null", images: [String] = []) -> String {
        let own = digest.map { #""media_type":"x","content_type":"image","digest":"\#($0)","# } ?? ""
        return #"""
            {"creator":1,"id":2,"images":[\#(images.joined(separator: ","))],"last_updated":"2026-02-01T00:00:00.123456Z",
             "last_updater":1,"last_updater_username":"ann","name":"\#(name)","repository":3,"full_size":31,"v2":true,
             \#(own)"tag_status":"active","tag_last_pulled":\#(pulled),"tag_last_pushed":"2026-02-01T00:00:00.123456Z"}
            """#
    }

    private func page(_ tags: [String], next: String? = nil) -> ScriptedReply {
        let next = next.map { "\"\($0)\"" } ?? "null"
        return .json(
            #"{"count":\#(tags.count),"next":\#(next),"previous":null,"results":[\#(tags.joined(separator: ","))]}"#)
    }

    @Test func `times of tags and of each platform are read`() async throws {
        let world = try ActivityWorld()
        let outcome = try await world.collect(.dockerHub) { [tags] request in
            guard request.path == tags else { return nil }
            if request.item("page") == "2" {
                return page([tag("v1", world.image, images: [image(world.image, pulled: "\"2026-06-01T00:00:00Z\"")])])
            }
            return page(
                [
                    tag(
                        "multi", world.index, pulled: "\"2026-05-01T00:00:00.5Z\"",
                        images: [
                            image(world.image, pushed: "\"2026-01-01T00:00:00Z\"", pulled: "\"2026-04-01T00:00:00Z\""),
                            image(world.other),
                        ])
                ], next: "https://hub.docker.com\(tags)?page=2&page_size=100")
        }
        #expect(outcome.collected.result.isComplete, "\(outcome.collected.result.aspects)")
        #expect(outcome.row(world.index, "multi")?.pulledAt == moment("2026-05-01T00:00:00.5Z"))
        #expect(outcome.row(world.index, "multi")?.pushedAt == moment("2026-02-01T00:00:00.123456Z"))
        // The same manifest under two tags: the later time of each.
        #expect(outcome.row(world.image)?.pulledAt == moment("2026-06-01T00:00:00Z"))
        #expect(outcome.row(world.image)?.pushedAt == moment("2026-01-01T00:00:00Z"))
        #expect(outcome.row(world.other)?.pulledAt == nil)
        #expect(outcome.rows.count == 4 && outcome.rows.allSatisfy(\.recordsPulls))
    }

    @Test func `a tag without a digest is told and skipped`() async throws {
        let world = try ActivityWorld()
        let outcome = try await world.collect(.dockerHub) { [tags] request in
            request.path == tags ? page([tag("old", nil), tag("v1", world.image)]) : nil
        }
        #expect(outcome.activity.outcome == .incomplete)
        #expect(outcome.activity.detail.contains("team/app:old"))
        #expect(outcome.rows.map(\.tag) == ["v1"])
        #expect(outcome.isCrawled)
    }

    @Test func `a name and password get a token, which is made anew when it has ended`() async throws {
        let world = try ActivityWorld()
        let secret = ActivityWorld.secret
        let outcome = try await world.collect(
            .dockerHub,
            change: { options, _ in options.credentials = .basic(username: "ann", password: secret) },
            { [tags] request in
                if request.path == "/v2/auth/token" {
                    return .json(#"{"access_token":"token-\#(request.earlier)-\#(secret)"}"#)
                }
                guard request.path == tags else { return nil }
                return request.headers["authorization"] == ["Bearer token-1-\(secret)"]
                    ? page([tag("v1", world.image)]) : ScriptedReply(401)
            })
        #expect(outcome.activity.outcome == .complete, "\(outcome.activity)")
        #expect(outcome.requests.count { $0.path == "/v2/auth/token" } == 2)
    }

    @Test func `the official images are in the namespace library`() async throws {
        let world = try ActivityWorld("debian")
        let outcome = try await world.collect(.dockerHub) { request in
            request.path == "/v2/namespaces/library/repositories/debian/tags" ? page([tag("v1", world.image)]) : nil
        }
        #expect(outcome.row(world.image, "v1")?.repository == "debian")
    }
}

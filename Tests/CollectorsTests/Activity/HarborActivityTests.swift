import Collectors
import Foundation
import ImageModel
import NIOHTTP1
import Observations
import TestSupport
import Testing

/// Harbor 2.x, `GET /api/v2.0/projects/{p}/repositories/{r}/artifacts` (swagger.yaml, `Artifact`).
@Suite struct HarborActivityTests {
    private let artifacts = "/api/v2.0/projects/team/repositories/app/artifacts"

    /// An artifact as Harbor writes one.
    private func artifact(
        _ digest: Digest, pushed: String = "2026-03-01T10:00:00.000Z", pulled: String = "2026-04-01T10:00:00.000Z",
        tags: String = "null"
    ) -> String {
        #"""
        {"accessories":null,"addition_links":{"build_history":{"absolute":false,"href":"/api/v2.0/x"}},
         "artifact_type":"application/vnd.docker.container.image.v1+json","digest":"\#(digest)",
         "extra_attrs":{"architecture":"amd64","author":"","config":{},"created":"2026-01-02T03:04:05Z","os":"linux"},
         "icon":"sha256:0048162a053eef4d4ce3fe7518615bef084403614f8bca43b40ae2e762e11e06","id":7,"labels":null,
         "manifest_media_type":"application/vnd.oci.image.manifest.v1+json",
         "media_type":"application/vnd.oci.image.config.v1+json","project_id":3,"pull_time":"\#(pulled)",
         "push_time":"\#(pushed)","references":null,"repository_id":9,"size":1234,"tags":\#(tags),"type":"IMAGE"}
        """#
    }

    private func tag(_ name: String, pushed: String, pulled: String) -> String {
        #"""
        {"artifact_id":7,"id":4,"immutable":false,"name":"\#(name)","pull_time":"\#(pulled)","push_time":"\#(pushed)",
         "repository_id":9,"signed":false}
        """#
    }

    @Test func `times of artifacts and tags are read, and never pulled is no time`() async throws {
        let world = try ActivityWorld()
        let never = "0001-01-01T00:00:00.000Z"
        let body =
            "["
            + [
                artifact(
                    world.index, pushed: "2026-03-01T10:00:00.25Z", pulled: "2026-05-01T12:00:00+02:00",
                    tags: "[" + tag("multi", pushed: "2026-03-02T00:00:00Z", pulled: never) + "]"),
                artifact(world.image, pulled: never), artifact(world.stranger),
            ].joined(separator: ",") + "]"
        let outcome = try await world.collect(.harbor) { [artifacts] request in
            request.path == artifacts ? .json(body, headers: ["x-total-count": "3"]) : nil
        }
        #expect(outcome.collected.result.isComplete, "\(outcome.collected.result.aspects)")
        #expect(outcome.activity == AspectStatus(aspect: "activity", outcome: .complete, seen: 3))
        #expect(outcome.rows.count == 3, "the stranger is left out")
        #expect(
            outcome.row(world.index)
                == ActivityObservation(
                    repository: "team/app", digest: world.index, pushedAt: moment("2026-03-01T10:00:00.25Z"),
                    pulledAt: moment("2026-05-01T10:00:00Z"), recordsPulls: true))
        #expect(
            outcome.row(world.index, "multi")
                == ActivityObservation(
                    repository: "team/app", digest: world.index, tag: "multi",
                    pushedAt: moment("2026-03-02T00:00:00Z"), pulledAt: nil, recordsPulls: true))
        #expect(outcome.row(world.image)?.pulledAt == nil)
        #expect(outcome.row(world.image)?.recordsPulls == true)
    }

    @Test func `the times are asked before a manifest is fetched, which would be a pull`() async throws {
        let world = try ActivityWorld()
        let outcome = try await world.collect(.harbor) { [artifacts] in $0.path == artifacts ? .json("[]") : nil }
        let lines = outcome.requests.map { "\($0.method) \($0.path)" }
        let times = try #require(lines.firstIndex(of: "GET \(artifacts)"))
        let fetched = try #require(lines.firstIndex { $0.hasPrefix("GET /v2/team/app/manifests/") })
        #expect(times < fetched)
        #expect(!outcome.asked.contains { $0.contains("manifests") })
    }

    @Test func `a slash below the project is encoded twice`() async throws {
        let world = try ActivityWorld("team/a/b")
        let outcome = try await world.collect(.harbor) { request in
            request.path == "/api/v2.0/projects/team/repositories/a%252Fb/artifacts" ? .json("[]") : nil
        }
        #expect(outcome.activity.outcome == .complete, "\(outcome.activity) \(outcome.asked)")
    }

    @Test(arguments: [true, false])
    func `pages are read to the last, by Link or by the total`(hasLink: Bool) async throws {
        let world = try ActivityWorld()
        let digests = [world.image, world.stranger, world.index]
        let outcome = try await world.collect(.harbor) { [artifacts] request in
            guard request.path == artifacts, let page = request.item("page").flatMap({ Int($0) }) else { return nil }
            var headers: HTTPHeaders = ["x-total-count": "3"]
            if hasLink {
                // Harbor's own address of the next page is encoded once only: it must not be followed as it is.
                let next = page < 3 ? #"</api/v2.0/broken?page=\#(page + 1)>; rel="next""# : nil
                headers.add(name: "link", value: next ?? #"</api/v2.0/broken?page=\#(page - 1)>; rel="prev""#)
            }
            return .json("[" + artifact(digests[page - 1]) + "]", headers: headers)
        }
        #expect(outcome.activity.outcome == .complete, "\(outcome.activity)")
        #expect(Set(outcome.rows.map(\.digest)) == [world.image, world.index])
        #expect(outcome.asked.count { $0.contains("/artifacts?page=") } == 3)
        #expect(outcome.asked.contains("GET \(artifacts)?page=1&page_size=100&with_tag=true"))
    }

    @Test(arguments: [true, false])
    func `a Harbor that records no pulls says nothing of pulls`(isTold: Bool) async throws {
        let world = try ActivityWorld()
        let outcome = try await world.collect(
            .harbor,
            change: { _, activity in activity.recordsPulls = !isTold },
            { [artifacts] request in
                switch request.path {
                case artifacts: .json("[" + artifact(world.image) + "]")
                case "/api/v2.0/configurations":
                    .json(#"{"pull_time_update_disable":{"editable":true,"value":true}}"#)
                default: nil
                }
            })
        #expect(outcome.row(world.image)?.recordsPulls == false)
        #expect(outcome.asked.contains("GET /api/v2.0/configurations") != isTold)
    }

    @Test(arguments: [
        ("2026-05-06T07:08:09Z", "2026-05-06T07:08:09Z"),
        ("2026-05-06T07:08:09.123456789Z", "2026-05-06T07:08:09.123456789Z"),
        ("2026-05-06T09:08:09.5+02:00", "2026-05-06T07:08:09.5Z"),
        ("2026-05-06T01:38:09-05:30", "2026-05-06T07:08:09Z"),
        ("0001-01-01T00:00:00Z", nil), ("", nil),
    ])
    func `a time has fractions and offsets, or is none`(text: String, expected: String?) async throws {
        let world = try ActivityWorld()
        let outcome = try await world.collect(.harbor) { [artifacts] request in
            request.path == artifacts ? .json("[" + artifact(world.image, pulled: text) + "]") : nil
        }
        let row = try #require(outcome.row(world.image))
        #expect(row.pulledAt == expected.flatMap { moment($0) })
        #expect(expected == nil || row.pulledAt != nil)
    }

    @Test(arguments: ["yesterday", "2026-13-01T00:00:00Z", "1772359200"])
    func `what is no time is told, not taken for never`(text: String) async throws {
        let world = try ActivityWorld()
        let outcome = try await world.collect(.harbor) { [artifacts] request in
            request.path == artifacts ? .json("[" + artifact(world.image, pulled: text) + "]") : nil
        }
        #expect(outcome.activity.outcome == .failed)
        #expect(outcome.activity.detail.contains("pull_time"), "\(outcome.activity.detail)")
        #expect(outcome.isCrawled && outcome.rows.isEmpty)
    }

    @Test func `a Harbor keeps to the rules of all collectors`() async throws {
        let world = try ActivityWorld()
        var registry = world.registry
        let secret = ActivityWorld.secret
        let expected = "Basic " + Data("ann:\(secret)".utf8).base64EncodedString()
        registry.override = { [artifacts] request in
            guard request.path == artifacts else { return nil }
            guard request.headers["authorization"] == [expected] else { return ScriptedReply(401) }
            return .json("[" + artifact(world.image) + "," + artifact(world.index) + "]")
        }
        try await ScriptedHTTPServer.run(script: registry.script) { server in
            let host = server.host
            let rules = CollectorConformance(secrets: [secret, expected]) {
                try registryCollector(host) {
                    $0.credentials = .basic(username: "ann", password: secret)
                    $0.activity = ActivityOptions(.harbor)
                }
            }
            let (seen, _) = try await rules.check()
            #expect(seen.activities.count == 2)
        }
    }
}

import Collectors
import Foundation
import ImageModel
import NIOHTTP1
import Observations
import TestSupport
import Testing

/// What a real registry tells of pushes, of our own reading, and of pulls.
@Suite(
    .serialized,
    .enabled(if: DistributionRegistry.isInstalled && areInstalled("skopeo"), "needs docker-registry and skopeo"))
struct RegistryNotificationServerTests {
    /// The events that came, in order; each notification's end is waited for by what must come last.
    private func events(_ server: ScriptedHTTPServer) throws -> [RegistryEvent] {
        try server.requests.flatMap {
            try RegistryEvent.parse($0.body, contentType: $0.headers["content-type"].first)
        }
    }

    @Test func `a push is a push, our reading is nothing, and a pull is one pull`() async throws {
        let (arrivals, arrived) = AsyncStream<ScriptedRequest>.makeStream()
        let script: ScriptedHTTPServer.Script = { request in
            arrived.yield(request)
            // A registry sends again what was not taken.
            return request.earlier == 0 ? ScriptedReply(503) : ScriptedReply(200)
        }
        try await ScriptedHTTPServer.run(script: script) { server in
            var settings = DistributionRegistry.Settings()
            settings.eventsURL = server.url + "/events"
            let registry = try await DistributionRegistry.start(settings)
            defer { registry.stop() }
            var builder = ImageBuilder()
            let image = try builder.image([builder.layer(["a": "a"])])
            let last = try builder.image([builder.layer(["z": "z"])])
            let folder = try ScratchFolder("events")
            try builder.writeLayout(
                [(image.descriptor, .reference("1")), (last.descriptor, .reference("last"))], to: folder("layout"))
            func push(_ tag: String) throws {
                try run(
                    "skopeo",
                    [
                        "copy", "--dest-tls-verify=false", "--preserve-digests", "--quiet",
                        "oci:\(folder("layout").path):\(tag)", "docker://\(registry.host)/team/app:\(tag)",
                    ])
            }
            try push("1")
            let sink = RecordingSink()
            let result = try await registryCollector(registry.host).collect(.test(sink))
            #expect(result.isComplete && sink.item(image.digest) != nil)
            // A registry tells of everything in the order it happened: the last push ends the wait.
            try run(
                "skopeo",
                [
                    "copy", "--src-tls-verify=false", "--quiet", "docker://\(registry.host)/team/app:1",
                    "dir:\(folder("pulled").path)",
                ])
            try push("last")
            for await request in arrivals {
                let events = try RegistryEvent.parse(
                    request.body, contentType: request.headers["content-type"].first)
                if request.earlier > 0, events.contains(where: { $0.tag == "last" }) { break }
            }

            let raw = server.requests.map { String(decoding: $0.body, as: UTF8.self) }
            #expect(raw.contains { $0.contains(#""method": "HEAD""#) && $0.contains(#""action": "pull""#) })
            #expect(raw.contains { $0.contains(#""useragent": "layerscope""#) && $0.contains(#""method": "GET""#) })
            #expect(
                server.requests.allSatisfy {
                    $0.headers["content-type"] == ["application/vnd.docker.distribution.events.v1+json"]
                })
            var seen: Set<String> = []
            let events = try events(server).filter { seen.insert($0.id).inserted }
            #expect(
                events.map { "\($0.kind.rawValue) \($0.repository):\($0.tag ?? "") \($0.digest)" } == [
                    "push team/app:1 \(image.digest)", "pull team/app:1 \(image.digest)",
                    "push team/app:last \(last.digest)",
                ])
            #expect(events.map(\.occurredAt) == events.map(\.occurredAt).sorted())
        }
    }
}

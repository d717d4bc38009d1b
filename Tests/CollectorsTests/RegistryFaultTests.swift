import Collectors
import Foundation
import ImageModel
import NIOHTTP1
import Observations
import TestSupport
import Testing

/// Two repositories: faults are played in `app`, and `other` has to come through unharmed.
struct FaultyRegistry {
    var registry: ScriptedRegistry
    let good: ImageBuilder.Image
    let bad: ImageBuilder.Image
    let index: Descriptor
    let other: ImageBuilder.Image

    init() throws {
        var builder = ImageBuilder()
        let base = try builder.layer(["base": "b"])
        good = try builder.image([base, builder.layer(["good": "g"])])
        bad = try builder.image(
            [base, builder.layer(["bad": "x"])], platform: Platform(os: "linux", architecture: "arm"))
        other = try builder.image([builder.layer(["other": "o"])])
        index = try builder.index([good.descriptor, bad.descriptor])
        registry = ScriptedRegistry(builder)
        registry.repositories = ["app": ["bad": bad.digest, "good": good.digest], "other": ["1": other.digest]]
    }

    var badManifest: String { "/v2/app/manifests/\(bad.digest)" }
    var badConfiguration: String { "/v2/app/blobs/\(bad.imageID)" }

    /// Reads the registry with one path answered otherwise.
    func collect(
        _ path: String, method: String = "GET", change: @Sendable (inout RegistryOptions) -> Void = { _ in },
        retry: RetryPolicy = .impatient, _ reply: @escaping @Sendable (ScriptedRequest) -> ScriptedReply?,
        check: (ScriptedHTTPServer, Collected) throws -> Void = { _, _ in }
    ) async throws -> Collected {
        var registry = registry
        registry.override = { $0.path == path && $0.method == method ? reply($0) : nil }
        return try await CollectorsTests.collect(registry, retry: retry, change: change, check: check)
    }

    /// What has to hold after any fault in `app` that was not overcome.
    func expectHarmIsTold(
        _ collected: Collected, aspect: String, says text: String = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let status = collected.status(aspect)
        #expect(!collected.result.isComplete, sourceLocation: sourceLocation)
        #expect(status.outcome == .incomplete, "\(status)", sourceLocation: sourceLocation)
        #expect(status.detail.contains("app"), "\(status.detail)", sourceLocation: sourceLocation)
        #expect(status.detail.contains(text), "\(status.detail)", sourceLocation: sourceLocation)
        #expect(!status.hint.isEmpty, sourceLocation: sourceLocation)
        #expect(collected.isComplete("other") == true, sourceLocation: sourceLocation)
        #expect(collected.tags.contains("app:good"), sourceLocation: sourceLocation)
        #expect(collected.tags.contains("other:1"), sourceLocation: sourceLocation)
        #expect(collected.seen.item(good.digest)?.configuration != nil, sourceLocation: sourceLocation)
    }
}

@Suite struct RegistryFaultTests {
    static let endless = ScriptedReply(200, steps: [.endless(Data(repeating: 32, count: 65536))])
    static let gigabyte = ScriptedReply(
        200, steps: [.send(Data(#"{"tags":[""#.utf8)), .repeated(Data(repeating: 97, count: 1 << 20), times: 1024)])
    static let cut = ScriptedReply(200, headers: ["content-length": "500"], steps: [.send(Data("{".utf8)), .cut])
    static let short = ScriptedReply(
        200, headers: ["content-length": "10"], steps: [.send(Data(repeating: 32, count: 5))])
    static let drip = ScriptedReply(200, steps: [.drip(Data(repeating: 32, count: 5000), every: .milliseconds(10))])
    static let deep = ScriptedReply.json(String(repeating: "[", count: 100_000))

    @Test(arguments: [
        ("401", ScriptedRegistry.error(401, "UNAUTHORIZED"), "status 401"),
        ("403", ScriptedRegistry.error(403, "DENIED"), "status 403"),
        ("500", ScriptedRegistry.error(500, "UNKNOWN"), "status 500"),
        ("429", ScriptedRegistry.error(429, "TOOMANYREQUESTS"), "status 429"),
        ("cut at once", .cut, "cut"),
        ("cut in the middle", cut, "cut"),
        ("wrong length", short, "too long"),
        (
            "a length that is too short", ScriptedReply(200, headers: ["content-length": "2"], Data("{}}}".utf8)),
            "digest"
        ),
        ("slow drip", drip, "too long"),
        ("silence", .silence, "too long"),
        ("endless", endless, "limit"),
        ("gigabyte", gigabyte, "limit"),
        ("deep nesting", deep, "digest"),
        ("wrong digest", .json("{}"), "digest"),
        ("redirect loop", ScriptedReply(302, headers: ["location": "?"]), "circle"),
        ("redirect to a file", ScriptedReply(302, headers: ["location": "file:///etc/passwd"]), "redirect"),
    ])
    func `a manifest that cannot be had is told, and nothing else is lost`(
        fault: String, reply: ScriptedReply, says: String
    ) async throws {
        let faulty = try FaultyRegistry()
        let start = ContinuousClock.now
        let collected = try await faulty.collect(
            faulty.badManifest, change: { $0.requestTimeout = .milliseconds(400) }, { _ in reply })
        faulty.expectHarmIsTold(collected, aspect: "manifests", says: says)
        #expect(collected.isComplete("app") == false)
        #expect(!collected.tags.contains("app:bad"))
        #expect(collected.seen.item(faulty.bad.digest) == nil)
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    @Test(arguments: [
        ("403", ScriptedRegistry.error(403, "DENIED")), ("500", ScriptedRegistry.error(500, "UNKNOWN")),
        ("404", ScriptedRegistry.error(404, "BLOB_UNKNOWN")), ("cut", cut), ("endless", endless),
        ("wrong digest", .json("{}")),
    ])
    func `an image whose configuration cannot be had is recorded without it`(
        fault: String, reply: ScriptedReply
    ) async throws {
        let faulty = try FaultyRegistry()
        let collected = try await faulty.collect(faulty.badConfiguration, { _ in reply })
        faulty.expectHarmIsTold(collected, aspect: "configurations", says: "app@\(faulty.bad.digest)")
        let item = try #require(collected.seen.item(faulty.bad.digest))
        #expect(item.configuration == nil && item.objects.count == 4)
        #expect(item.objects.allSatisfy { $0.bytes != nil })
        #expect(collected.tags.contains("app:bad"))
        // What is not there was seen not to be there; all else was not seen.
        #expect(collected.isComplete("app") == (fault == "404"))
    }

    @Test(arguments: [
        ("500", ScriptedRegistry.error(500, "UNKNOWN")), ("cut", cut), ("endless", endless), ("1 GB", gigabyte),
        ("deep nesting", deep), ("no JSON", .json("nonsense")), ("403", ScriptedRegistry.error(403, "DENIED")),
        ("401", ScriptedRegistry.error(401, "UNAUTHORIZED")), ("tags are no list", .json(#"{"tags":{"a":1}}"#)),
    ])
    func `a list of tags that cannot be had leaves the repository incomplete`(
        fault: String, reply: ScriptedReply
    ) async throws {
        let faulty = try FaultyRegistry()
        let collected = try await faulty.collect("/v2/app/tags/list", { _ in reply })
        let status = collected.status("tags")
        #expect(status.outcome == .incomplete && status.detail.contains("app"), "\(status)")
        #expect(collected.isComplete("app") == false)
        #expect(collected.tags == ["other:1"])
    }

    @Test(arguments: [
        ("500", ScriptedRegistry.error(500, "UNKNOWN"), 1), ("cut", cut, 1), ("cut at once", .cut, 2),
        ("429", ScriptedRegistry.error(429, "TOOMANYREQUESTS"), 3), ("503", ScriptedReply(503), 1),
        ("wrong digest", .json("{}"), 1),
    ])
    func `a fault that passes is overcome`(fault: String, reply: ScriptedReply, times: Int) async throws {
        let faulty = try FaultyRegistry()
        let collected = try await faulty.collect(faulty.badManifest) { $0.earlier < times ? reply : nil }
        #expect(collected.result.isComplete, "\(collected.result.aspects)")
        #expect(collected.statistics.retries == times)
        #expect(collected.tags == ["app:bad", "app:good", "other:1"])
    }

    @Test func `a temporary failure is tried again as often as allowed, with growing waits`() async throws {
        let faulty = try FaultyRegistry()
        let waits = RecordedWaits()
        let reply = ScriptedRegistry.error(500, "UNKNOWN")
        _ = try await faulty.collect(
            "/v2/app/tags/list", change: { $0.retries = 3 }, retry: waits.policy(), { _ in reply },
            check: { server, _ in #expect(server.lines.count { $0.contains("/v2/app/tags/list") } == 4) })
        #expect(waits.all == [.milliseconds(600), .milliseconds(1800), .milliseconds(5400)])
    }

    @Test func `a wait that the server asks for is kept`() async throws {
        let faulty = try FaultyRegistry()
        let waits = RecordedWaits()
        let reply = ScriptedRegistry.error(429, "TOOMANYREQUESTS", headers: ["retry-after": "7"])
        let collected = try await faulty.collect("/v2/app/tags/list", retry: waits.policy()) {
            $0.earlier == 0 ? reply : nil
        }
        #expect(collected.result.isComplete)
        #expect(waits.all == [.seconds(7)])
    }

    @Test func `a wait that is too long ends the reading, and says so`() async throws {
        let faulty = try FaultyRegistry()
        let waits = RecordedWaits()
        let reply = ScriptedRegistry.error(429, "TOOMANYREQUESTS", headers: ["retry-after": "3600"])
        let collected = try await faulty.collect(
            "/v2/app/tags/list", change: { $0.concurrency = 1 }, retry: waits.policy(), { _ in reply },
            check: { server, _ in
                #expect(!server.lines.contains { $0.contains("/v2/other/") }, "it goes on asking")
            })
        #expect(waits.all.isEmpty)
        #expect(!collected.result.isComplete)
        #expect(collected.isComplete("app") == false && collected.isComplete("other") == false)
        #expect(collected.status("tags").hint.contains("collect again later"))
    }

    @Test func `manifests that Docker Hub's limit leaves are not used up`() async throws {
        let faulty = try FaultyRegistry()
        let plain = faulty.registry
        var registry = faulty.registry
        registry.override = { request in
            guard request.path.contains("/manifests/"), request.method == "GET" else { return nil }
            var reply = plain.answer(request)
            reply.headers.add(name: "ratelimit-remaining", value: "3;w=21600")
            return reply
        }
        let collected = try await collect(
            registry, change: { $0.concurrency = 1 },
            check: { server, _ in
                #expect(server.lines.count { $0.hasPrefix("GET") && $0.contains("/manifests/") } == 1)
                // Tags are still resolved: that is not counted.
                #expect(server.lines.contains("HEAD /v2/other/manifests/1"))
            })
        #expect(collected.status("manifests").outcome == .incomplete)
        #expect(collected.status("manifests").hint.contains("limits requests"))
    }

    @Test func `time that is up ends the reading, and says so`() async throws {
        let faulty = try FaultyRegistry()
        let collected = try await collect(faulty.registry, change: { $0.timeBudget = .seconds(3600) })
        #expect(collected.result.isComplete)
        await #expect(throws: HTTPFailure.self) {
            _ = try await collect(faulty.registry, change: { $0.timeBudget = .zero })
        }
        let slow = try await faulty.collect("/v2/app/tags/list", change: { $0.timeBudget = .seconds(2) }) { _ in
            ScriptedRegistry.error(503, "UNAVAILABLE", headers: ["retry-after": "30"])
        }
        #expect(slow.status("tags").detail.contains("time for this collection is used up"))
        #expect(slow.isComplete("app") == false)
    }

    @Test func `a server that nobody answers at is an error`() async throws {
        let gone = try await ScriptedHTTPServer.run(script: { _ in .cut }) { $0.host }
        let collector = try registryCollector(gone)
        let failure = await #expect(throws: HTTPFailure.self) {
            _ = try await collector.collect(.test(RecordingSink()))
        }
        #expect(failure?.isTemporary == true && failure?.status == nil, "\(String(describing: failure))")
    }

    @Test func `a server that dies is not asked for ever`() async throws {
        var registry = try FaultyRegistry().registry
        let digest = try #require(registry.repositories["app"]?["good"])
        registry.repositories["app"] = Dictionary(uniqueKeysWithValues: (0..<2000).map { ("t\($0)", digest) })
        registry.override = { $0.method == "HEAD" ? .cut : nil }
        let collected = try await collect(
            registry, check: { server, _ in #expect(server.requests.count < 400, "\(server.requests.count)") })
        #expect(collected.status("tags").outcome == .failed)
        #expect(collected.isComplete("app") == false)
    }
}

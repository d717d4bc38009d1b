import Collectors
import Foundation
import ImageModel
import NIOHTTP1
import Observations
import TestSupport
import Testing

private func collect(
    _ docker: ScriptedDocker, _ limits: EngineLimits = .small
) async throws -> (RecordingSink, CollectionResult, [String]) {
    try await docker.run { endpoint, server in
        let seen = RecordingSink()
        let result = try await EngineCollector(endpoint, limits: limits).collect(.test(seen))
        return (seen, result, server.lines)
    }
}

extension CollectionResult {
    fileprivate func outcome(_ aspect: String) -> AspectStatus.Outcome? {
        aspects.first { $0.aspect == aspect }?.outcome
    }
}

struct EngineFaultTests {
    @Test func `an engine without faults keeps to all rules`() async throws {
        try await ScriptedDocker().run { endpoint, server in
            let (seen, result) = try await CollectorConformance {
                EngineCollector(endpoint, limits: .small)
            }.check()
            #expect(result.source.product == "Docker Engine 20.10.24 (overlay2)")
            #expect(seen.storedBytes == 130)
            #expect(seen.containers.map(\.writableBytes) == [3])
            #expect(server.requests.allSatisfy { $0.headers["host"] == ["api.moby.localhost"] })
            #expect(server.lines.allSatisfy { $0 == "GET /_ping" || $0.hasPrefix("GET /v1.41/") })
        }
    }

    @Test func `an old engine tells its version elsewhere, and has no disk usage`() async throws {
        var docker = ScriptedDocker(version: "1.24")
        docker.answer("/_ping", ScriptedReply(200, Data("OK".utf8)))
        docker.answer("/system/df", .json("{}", status: 404))
        let (seen, result, lines) = try await collect(docker)
        #expect(result.isComplete)
        #expect(seen.items.count == 2 && seen.reportedFigures.isEmpty)
        #expect(result.outcome("disk usage") == .notAvailable && result.outcome(Aspect.buildCache) == .notAvailable)
        #expect(lines.contains("GET /v1.24/images/json?all=1"))
    }

    @Test func `when a version is refused, the engine is asked for its own`() async throws {
        var docker = ScriptedDocker(version: "1.41")
        docker.answer("/_ping", ScriptedReply(200, headers: ["Api-Version": "1.45"]))
        let (_, result, lines) = try await collect(docker)
        #expect(result.isComplete)
        #expect(lines.contains("GET /v1.41/images/json?all=1"))
    }

    @Test(arguments: [
        ("1.41", []), ("1.42", ["type=image", "type=container", "type=build-cache"]),
        ("1.52", ["type=image", "type=container", "type=build-cache", "verbose=1"]),
    ])
    func `disk usage is asked for without volumes, and whole`(_ version: String, _ query: [String]) async throws {
        let (_, result, lines) = try await collect(ScriptedDocker(version: version))
        #expect(result.isComplete)
        let expected = "GET /v\(version)/system/df" + (query.isEmpty ? "" : "?") + query.joined(separator: "&")
        #expect(lines.contains(expected))
    }

    @Test(arguments: [
        (ScriptedReply.json("{}", status: 404), EngineError.Reason.notAnEngine),
        (.json("{}", status: 403), .status(403)), (.json("{}", status: 500), .status(500)), (.cut, .cut),
        (.silence, .timedOut), (ScriptedReply(302, headers: ["Location": "http://127.0.0.1:1/"]), .status(302)),
        (ScriptedReply(200, headers: ["Api-Version": "1.20"]), .version),
        (ScriptedReply(200, headers: ["Libpod-API-Version": "3.4.4"]), .version),
    ])
    func `what is no engine that can be read is told at once`(
        _ reply: ScriptedReply, _ reason: EngineError.Reason
    ) async throws {
        var docker = ScriptedDocker()
        docker.answer("/_ping", reply)
        let error = try await #require(throws: EngineError.self) { _ = try await collect(docker, .hasty) }
        #expect(error.reason == reason)
        #expect(!error.detail.isEmpty)
    }

    @Test func `where nothing listens, the hint says what to do`() async throws {
        let folder = try ScratchFolder("nothing")
        let endpoint = EngineEndpoint(.socket(path: folder("s").path))
        let error = try await #require(throws: EngineError.self) { _ = try await endpoint.probe() }
        #expect(error.reason == .unreachable && error.hint.contains("start the engine"))
    }

    static let badLists: [(String, ScriptedReply)] = [
        ("status 500", .json(#"{"message":"no"}"#, status: 500)),
        ("not JSON", .json("[{\"Id\":")), ("wrong type", .json(#"{"Id":1}"#)), ("no digest", .json(#"[{"Id":"x"}]"#)),
        ("deep", .json(String(repeating: "[", count: 100_000))),
        ("cut", ScriptedReply(200, steps: [.send(Data("[".utf8)), .cut])),
        ("endless", ScriptedReply(200, steps: [.endless(Data(repeating: 32, count: 4096))])),
        ("slow", ScriptedReply(200, steps: [.drip(Data(repeating: 32, count: 1_000), every: .milliseconds(50))])),
        ("hanging", ScriptedReply(200, steps: [.send(Data("[".utf8)), .hang])),
        (
            "huge",
            {
                var reply = ScriptedReply(200, steps: [.hang])
                reply.headers.add(name: "content-length", value: "1000000000")
                return reply
            }()
        ),
    ]

    @Test(arguments: badLists.map(\.0))
    func `a list of images that cannot be read passes for nothing`(_ fault: String) async throws {
        let reply = try #require(Self.badLists.first { $0.0 == fault }?.1)
        var docker = ScriptedDocker()
        docker.answer("/images/json", reply)
        let (seen, result, _) = try await collect(docker, .hasty)
        #expect(!result.isComplete)
        #expect(result.outcome(Aspect.repositories) == .failed && result.outcome("images") == .failed)
        #expect(seen.items.isEmpty && seen.repositories.isEmpty && seen.reportedFigures.map(\.name) == [])
        #expect(seen.containers.map(\.item) == [nil], "containers are read all the same")
        #expect(seen.cacheRecords.count == 1)
    }

    @Test(arguments: badLists.map(\.0).filter { $0 != "no digest" })
    func `disk usage that cannot be read costs the engine's figures, not the images`(_ fault: String) async throws {
        var docker = ScriptedDocker()
        let reply = try #require(Self.badLists.first { $0.0 == fault }?.1)
        // An object is a disk usage, though an empty one.
        docker.answer("/system/df", fault == "wrong type" ? .json(#"{"LayersSize":"x"}"#) : reply)
        let (seen, result, _) = try await collect(docker, .hasty)
        #expect(!result.isComplete)
        #expect(result.outcome(Aspect.repositories) == .complete && result.outcome("images") == .complete)
        #expect(result.outcome("disk usage") == .failed && result.outcome(Aspect.buildCache) == .failed)
        #expect(seen.items.count == 2 && seen.cacheRecords.isEmpty)
        #expect(seen.containers.map(\.writableBytes) == [nil], "unknown is not 0")
    }

    @Test func `containers that cannot be read are no empty list`() async throws {
        var docker = ScriptedDocker()
        docker.answer("/containers/json", .json("{}", status: 500))
        let (seen, result, _) = try await collect(docker)
        #expect(result.outcome(Aspect.containers) == .failed && !result.isComplete)
        #expect(seen.items.count == 2)
    }

    @Test(arguments: ["json", "history"])
    func `an image that cannot be read makes its repository incomplete, and no other`(_ what: String) async throws {
        var docker = ScriptedDocker()
        docker.answer("/images/\(ScriptedDocker.b)/\(what)", .json(#"{"message":"layer lost"}"#, status: 500))
        let (seen, result, _) = try await collect(docker)
        let images = try #require(result.aspects.first { $0.aspect == "images" })
        #expect(images.outcome == .incomplete && images.seen == 1 && images.expected == 2)
        #expect(images.detail.contains("layer lost"))
        #expect(result.outcome(Aspect.repositories) == .complete)
        #expect(
            seen.repositories == [
                RepositoryObservation(name: "team/a", isComplete: true),
                RepositoryObservation(name: "team/b", isComplete: false),
            ])
        #expect(seen.items.map(\.digest) == [ScriptedDocker.a])
        #expect(seen.reportedFigures.first?.note.isEmpty == false)
    }

    @Test func `an image that is removed meanwhile is gone, and that is no fault`() async throws {
        var docker = ScriptedDocker()
        docker.answer("/images/\(ScriptedDocker.b)/json", .json(#"{"message":"No such image"}"#, status: 404))
        docker.answers["/images/json"] = { request in
            .json(
                request.earlier == 0 ? ScriptedDocker.list : "[\(ScriptedDocker.summary(ScriptedDocker.a, "team/a:1"))]"
            )
        }
        docker.answers["/system/df"] = { request in .json(#"{"LayersSize":\#(request.earlier == 0 ? 130 : 110)}"#) }
        let (seen, result, _) = try await collect(docker)
        #expect(result.isComplete)
        #expect(seen.items.map(\.digest) == [ScriptedDocker.a])
        #expect(seen.repositories.map(\.name) == ["team/a"])
        #expect(seen.reportedFigures == [ReportedFigure(name: "layers_bytes", bytes: 110)])
    }

    @Test func `an image that appears meanwhile, and a tag that moves, are as they are at the end`() async throws {
        var docker = ScriptedDocker()
        let first = "[\(ScriptedDocker.summary(ScriptedDocker.a, "team/b:1"))]"
        docker.answers["/images/json"] = { request in .json(request.earlier == 0 ? first : ScriptedDocker.list) }
        let (seen, result, lines) = try await collect(docker)
        #expect(result.isComplete)
        #expect(seen.items.count == 2)
        #expect(
            Set(seen.references.map { "\($0.repository) \($0.item == ScriptedDocker.a)" }) == [
                "team/a true", "team/b false",
            ])
        #expect(lines.count { $0.contains("/images/\(ScriptedDocker.a)/json") } == 1, "nothing is read twice")
        #expect(seen.reportedFigures.first?.note == "")
    }

    @Test func `an image that is listed for ever and never found is a fault`() async throws {
        var docker = ScriptedDocker()
        docker.answer("/images/\(ScriptedDocker.b)/json", .json("{}", status: 404))
        let (seen, result, _) = try await collect(docker)
        #expect(result.outcome("images") == .incomplete)
        #expect(seen.repositories.contains(RepositoryObservation(name: "team/b", isComplete: false)))
    }

    @Test func `an engine that never stops changing is read, and its own sum is not held against ours`() async throws {
        var docker = ScriptedDocker()
        docker.answers["/images/json"] = { request in
            .json("[\(ScriptedDocker.summary(ScriptedDocker.a, "team/a:\(request.earlier)"))]")
        }
        let (seen, result, lines) = try await collect(docker)
        #expect(result.isComplete)
        #expect(lines.count { $0.contains("/images/json") } == 4)
        #expect(seen.reportedFigures.first?.note == "images changed while they were read")
    }

    @Test func `an engine that is gone in the middle is not asked image by image`() async throws {
        var docker = ScriptedDocker()
        let many = (0..<500).map { ScriptedDocker.summary(Digest.of(Array("\($0)".utf8)), "many/i:\($0)") }
        docker.answer("/images/json", .json("[" + many.joined(separator: ",") + "]"))
        for position in 0..<500 {
            docker.answer("/images/\(Digest.of(Array("\(position)".utf8)))/json", .cut)
        }
        let (seen, result, lines) = try await collect(docker)
        #expect(lines.count < 100)
        #expect(seen.items.isEmpty)
        #expect(result.aspects.first { $0.aspect == "images" }?.expected == 500)
        #expect(seen.repositories == [RepositoryObservation(name: "many/i", isComplete: false)])
    }
}

import BuildKitAPI
import Foundation
import Observations
import TestSupport
import Testing

@testable import Collectors

@Suite struct BuildKitBridgeTests {
    @Test func `the socket lies in a folder that only this user can enter, and is gone afterwards`() async throws {
        try await ScriptedBuilder.run(ScriptedBuilder(cache: { [] })) { endpoint in
            let path = try await BuildKitBridge.with(endpoint, limits: BuildKitLimits()) { _, path in
                let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
                let mode = try FileManager.default.attributesOfItem(atPath: folder)[.posixPermissions] as? Int
                #expect(mode == 0o700)
                return folder
            }
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test(.enabled(if: areInstalled("openssl"), "needs openssl"))
    func `over TLS the builder's certificate is checked, unless told not to`() async throws {
        let folder = try ScratchFolder("builder-tls")
        let certificate = try makeCertificate(in: folder)
        try FileManager.default.copyItem(at: certificate.certificate, to: folder("ca.pem"))
        let trusted = EngineTLS(folder: folder.url.path)
        try await ScriptedBuilder.run(ScriptedBuilder(cache: { [] }, version: "v1"), tls: certificate) { port in
            func look(_ tls: EngineTLS) async throws {
                let endpoint = try EngineEndpoint.parse("tcp://127.0.0.1:\(port)", tls: tls)
                let records = try await BuildKitClient.with(BuilderEndpoint(endpoint, way: .direct)) { client in
                    try await client.diskUsage()
                }
                #expect(records.isEmpty)
            }
            try await look(trusted)
            try await look(EngineTLS(verifies: false))
            let error = await #expect(throws: EngineError.self) { try await look(EngineTLS()) }
            #expect(error?.reason == .unreachable)
        }
    }

    @Test(arguments: [
        (ScriptedReply.json("{}", status: 404), EngineError.Reason.version),
        (ScriptedReply.json("{}", status: 403), EngineError.Reason.forbidden),
        (ScriptedReply.json("{}", status: 500), EngineError.Reason.status(500)),
    ])
    func `an engine that does not pass the connection on says why`(
        _ reply: ScriptedReply, _ reason: EngineError.Reason
    ) async throws {
        let error = await #expect(throws: EngineError.self) {
            try await ScriptedHTTPServer.run(script: { _ in reply }) { server in
                let endpoint = try EngineEndpoint.parse("tcp://127.0.0.1:\(server.port)")
                return try await BuildKitClient.with(BuilderEndpoint(endpoint, way: .engine)) { client in
                    try await client.diskUsage()
                }
            }
        }
        #expect(error?.reason == reason)
    }

    @Test(
        arguments: [
            ("unix:///run/b.sock", nil, "unix:///run/b.sock", .direct),
            ("tcp://build-host:1234", nil, "tcp://build-host:1234", .direct),
            (nil, "tcp://engine:2375", "tcp://engine:2375", .engine),
            (nil, nil, "unix:///env.sock", .direct),
        ] as [(String?, String?, String, BuilderEndpoint.Way)])
    func `a builder goes before an engine, and both before the environment`(
        _ builder: String?, _ host: String?, _ location: String, _ way: BuilderEndpoint.Way
    ) throws {
        let found = try BuilderEndpoint.resolve(
            builder: builder, host: host, environment: ["BUILDKIT_HOST": "unix:///env.sock"])
        #expect(found.location == location)
        #expect(found.way == way)
    }

    @Test(arguments: ["tcp://build-host", "ssh://build-host", "docker-container://buildx", "b.sock"])
    func `what is no address of a builder is refused`(_ address: String) {
        let error = #expect(throws: EngineError.self) {
            try BuilderEndpoint.resolve(builder: address, environment: [:])
        }
        #expect(error?.reason == .configuration)
    }
}

@Suite struct BuildKitDockerTests {
    @Test(.enabled(if: DockerEngine.isAvailable, "no Docker engine can be started here"))
    func `a real engine tells the same of its build cache through its builder's API and its own`() async throws {
        try await DockerEngine.run { engine in
            let files = ["a": Data(repeating: 1, count: 5_000), "b": Data(repeating: 2, count: 70_001)]
            try await engine.build(
                "app:1", "FROM scratch AS build\nCOPY a /a\nCOPY b /b\nFROM scratch\nCOPY --from=build /b /c\n",
                files: files, buildKit: true)
            try await engine.build("other:1", "FROM scratch\nCOPY a /a\nCOPY a /b\n", files: files, buildKit: true)
            let (ours, theirs) = (RecordingSink(), RecordingSink())
            _ = try await EngineCollector(engine.endpoint).collect(
                CollectionContext(sink: theirs, documents: MemoryDocumentStore()))
            let result = try await BuilderCollector(BuilderEndpoint(engine.endpoint, way: .engine)).collect(
                CollectionContext(sink: ours, documents: MemoryDocumentStore()))
            #expect(!ours.cacheRecords.isEmpty)
            let stated = theirs.reportedFigures.first { $0.name == "build_cache_bytes" }?.bytes
            #expect(ours.cacheRecords.reduce(0) { $0 + ($1.bytes ?? 0) } == stated)
            #expect(ours.cacheRecords.map(\.id) == theirs.cacheRecords.map(\.id))
            for (our, their) in zip(ours.cacheRecords, theirs.cacheRecords) {
                var our = our
                // The engine's answer has the same moments as text.
                #expect(abs((our.createdAt ?? .distantPast).timeIntervalSince(their.createdAt ?? .distantPast)) < 1e-3)
                let used = (our.lastUsedAt ?? .distantPast, their.lastUsedAt ?? .distantPast)
                #expect(abs(used.0.timeIntervalSince(used.1)) < 1e-3)
                (our.createdAt, our.lastUsedAt) = (their.createdAt, their.lastUsedAt)
                #expect(our == their)
            }
            #expect(result.aspects.first { $0.aspect == "build cache" }?.seen == theirs.cacheRecords.count)
            let builds = try #require(result.aspects.first { $0.aspect == "builds" })
            // Debian's engine is of 2020 and keeps no history.
            #expect(builds.outcome == .notAvailable)
            #expect(result.source.product == "BuildKit in Docker")
        }
    }
}

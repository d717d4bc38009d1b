import Collectors
import Foundation
import ImageModel
import NIOHTTP1
import Observations
import TestSupport
import Testing

private let hasServers = DistributionRegistry.isInstalled && areInstalled("skopeo", "htpasswd", "openssl")

/// A real registry with real pushed images, and every way of asking who asks.
@Suite(.serialized, .enabled(if: hasServers, "needs docker-registry, skopeo, htpasswd and openssl"))
struct RegistryServerTests {
    private struct Pushed {
        var index: Descriptor
        var images: [ImageBuilder.Image]
        var single: ImageBuilder.Image
        var zstd: ImageBuilder.Layer
    }

    /// Pushes a multi-platform index to `team/app:multi` and an image to `team/app:1` and `other:1`.
    private func push(to registry: DistributionRegistry, credentials: String? = nil) throws -> Pushed {
        var builder = ImageBuilder()
        let base = try builder.layer(named: "base", bytes: 20_000, instruction: "ADD rootfs /")
        let zstd = try builder.layer(["z": "zstd"], compression: .zstd)
        let images = try ["amd64", "arm64"].map { architecture in
            try builder.image(
                [base, zstd, builder.layer([architecture: architecture])],
                platform: Platform(os: "linux", architecture: architecture))
        }
        let index = try builder.index(images.map(\.descriptor))
        let single = try builder.image([base], labels: ["team": "storage"])
        let folder = try ScratchFolder("push")
        try builder.writeLayout(
            [(index, .reference("multi")), (single.descriptor, .reference("single"))], to: folder("layout"))
        let common =
            ["copy", "--all", "--dest-tls-verify=false", "--preserve-digests", "--quiet"]
            + (credentials.map { ["--dest-creds", $0] } ?? [])
        let layout = "oci:\(folder("layout").path)"
        try run("skopeo", common + ["\(layout):multi", "docker://\(registry.host)/team/app:multi"])
        try run("skopeo", common + ["\(layout):single", "docker://\(registry.host)/team/app:1"])
        try run("skopeo", common + ["\(layout):single", "docker://\(registry.host)/other:1"])
        return Pushed(index: index, images: images, single: single, zstd: zstd)
    }

    private func check(_ collected: (seen: RecordingSink, result: CollectionResult), _ pushed: Pushed) throws {
        let (seen, result) = collected
        #expect(result.isComplete, "\(result.aspects)")
        #expect(
            Set(seen.references.map { "\($0.repository):\($0.name)=\($0.item)" }) == [
                "team/app:multi=\(pushed.index.digest)", "team/app:1=\(pushed.single.digest)",
                "other:1=\(pushed.single.digest)",
            ])
        for image in pushed.images + [pushed.single] {
            let item = try #require(seen.item(image.digest))
            #expect(item.objects.dropFirst(2).map(\.key) == image.layers.map(\.descriptor.digest))
            #expect(item.objects.dropFirst(2).map(\.bytes) == image.layers.map(\.descriptor.size))
            #expect(item.objects.dropFirst(2).map(\.diffID) == image.layers.map(\.diffID))
        }
        #expect(seen.item(pushed.single.digest)?.labels == ["team": "storage"])
    }

    @Test func `a real registry keeps to the rules of all collectors`() async throws {
        let registry = try await DistributionRegistry.start()
        defer { registry.stop() }
        let pushed = try push(to: registry)
        let host = registry.host
        try check(try await CollectorConformance { try registryCollector(host) }.check(), pushed)
    }

    @Test func `the bytes on the registry's disk are the bytes that were seen`() async throws {
        let registry = try await DistributionRegistry.start()
        defer { registry.stop() }
        _ = try push(to: registry)
        let sink = RecordingSink()
        _ = try await registryCollector(registry.host).collect(.test(sink))
        var onDisk: Int64 = 0
        let blobs = registry.root.appending(path: "docker/registry/v2/blobs")
        let files = try #require(FileManager.default.enumerator(at: blobs, includingPropertiesForKeys: [.fileSizeKey]))
        for case let file as URL in files.allObjects where file.lastPathComponent == "data" {
            onDisk += Int64(try file.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0)
        }
        #expect(sink.storedBytes == onDisk && onDisk > 20_000)
    }

    @Test func `a registry that wants a name and password gets them from Docker's configuration`() async throws {
        let folder = try ScratchFolder("htpasswd")
        let users = try folder.write(run("htpasswd", ["-Bbn", "ann", "swordfish"]), to: "htpasswd")
        var settings = DistributionRegistry.Settings()
        settings.htpasswd = users
        let registry = try await DistributionRegistry.start(settings)
        defer { registry.stop() }
        let pushed = try push(to: registry, credentials: "ann:swordfish")
        let auth = Data("ann:swordfish".utf8).base64EncodedString()
        try folder.write(Data(#"{"auths":{"\#(registry.host)":{"auth":"\#(auth)"}}}"#.utf8), to: "config.json")
        let configuration = DockerConfiguration(environment: ["DOCKER_CONFIG": folder.url.path])
        let host = registry.host
        let conformance = CollectorConformance(secrets: ["swordfish", auth]) {
            try registryCollector(host, configuration: configuration)
        }
        try check(try await conformance.check(), pushed)

        let stranger = try await registryCollector(host).collect(.test(RecordingSink()))
        #expect(stranger.aspects.first?.outcome == .failed)
        #expect(stranger.aspects.first?.hint.contains("log in") == true)
    }

    @Test func `a registry that wants tokens gets one for each scope`() async throws {
        let folder = try ScratchFolder("token")
        let signer = TokenSigner(certificate: try makeCertificate(in: folder))
        let root = folder("root")
        let open = try await DistributionRegistry.start(.init(root: root))
        let pushed = try push(to: open)
        open.stop()
        let script: ScriptedHTTPServer.Script = { request in
            guard request.headers["authorization"] == ["Basic " + Data("ann:swordfish".utf8).base64EncodedString()],
                let token = try? signer.token(scope: request.item("scope"))
            else { return ScriptedReply(401) }
            return .json(#"{"token":"\#(token)","expires_in":300}"#)
        }
        try await ScriptedHTTPServer.run(script: script) { server in
            var settings = DistributionRegistry.Settings(root: root)
            settings.token = (server.url + "/token", signer.service, signer.issuer, signer.certificate.certificate)
            let registry = try await DistributionRegistry.start(settings)
            defer { registry.stop() }
            let sink = RecordingSink()
            let collector = try registryCollector(registry.host) {
                $0.credentials = .basic(username: "ann", password: "swordfish")
            }
            let result = try await collector.collect(.test(sink))
            try check((sink, result), pushed)
            let scopes = server.requests.compactMap { $0.item("scope") }
            #expect(
                scopes.sorted() == ["registry:catalog:*", "repository:other:pull", "repository:team/app:pull"])
        }
    }

    @Test func `a certificate of one's own is trusted when its authority is given, or trust is waived`() async throws {
        let folder = try ScratchFolder("tls")
        let certificate = try makeCertificate(in: folder)
        var settings = DistributionRegistry.Settings()
        settings.certificate = certificate
        let registry = try await DistributionRegistry.start(settings)
        defer { registry.stop() }
        let pushed = try push(to: registry)
        let url = registry.url
        for waives in [true, false] {
            let sink = RecordingSink()
            let collector = try registryCollector(url) {
                if waives { $0.isInsecure = true } else { $0.caFile = certificate.certificate.path }
            }
            try check((sink, try await collector.collect(.test(sink))), pushed)
        }
        let failure = await #expect(throws: HTTPFailure.self) {
            _ = try await registryCollector(url).collect(.test(RecordingSink()))
        }
        guard case .untrusted = failure?.reason else {
            Issue.record("a stranger's certificate is trusted: \(String(describing: failure))")
            return
        }
        let bad = await #expect(throws: RegistryError.self) {
            _ = try await registryCollector(url) { $0.caFile = "/dev/null" }.collect(.test(RecordingSink()))
        }
        #expect(bad?.kind == .certificate)
    }

    @Test func `a reading that was broken off goes on where it ended`() async throws {
        let registry = try await DistributionRegistry.start()
        defer { registry.stop() }
        let pushed = try push(to: registry)
        let documents = MemoryDocumentStore()
        await #expect(throws: RecordingSink.Failure.self) {
            _ = try await registryCollector(registry.host) { $0.concurrency = 1 }
                .collect(.test(RecordingSink(failingAfter: 0), documents: documents))
        }
        #expect(!documents.kept.isEmpty, "what was fetched is kept")
        let before = documents.kept.count
        let sink = RecordingSink()
        let collector = try registryCollector(registry.host)
        let result = try await collector.collect(.test(sink, documents: documents))
        try check((sink, result), pushed)
        #expect(documents.kept.count > before || before == 7)
    }
}

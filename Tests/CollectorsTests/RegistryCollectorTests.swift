import Collectors
import Foundation
import ImageModel
import Observations
import TestSupport
import Testing

@Suite struct RegistryCollectorTests {
    /// A registry with everything that a good one has, in two repositories.
    struct Everything {
        var registry: ScriptedRegistry
        var base: ImageBuilder.Layer
        var arm: ImageBuilder.Image
        var amd: ImageBuilder.Image
        var attestation: Descriptor
        var index: Descriptor
        var nested: Descriptor
        var signature: Descriptor
        var sbom: Descriptor
        var single: ImageBuilder.Image

        init() throws {
            var builder = ImageBuilder()
            base = try builder.layer(["base": "shared"], instruction: "ADD rootfs /")
            let zstd = try builder.layer(["a": "zstd"], compression: .zstd, instruction: "RUN make")
            let plain = try builder.layer(["b": "plain"], compression: .none)
            amd = try builder.image([base, zstd, base], labels: ["team": "a"])
            arm = try builder.image(
                [base, plain], platform: Platform(os: "linux", architecture: "arm64", variant: "v8"))
            attestation = try builder.attestation(for: amd)
            index = try builder.index([amd.descriptor, arm.descriptor, attestation])
            nested = try builder.index([index])
            signature = try builder.referrer("signature", artifactType: "application/x.sig", subject: amd.descriptor)
            sbom = try builder.referrer("sbom", subject: signature)
            single = try builder.image([base])
            registry = ScriptedRegistry(builder)
            registry.repositories = [
                "team/app": [
                    "latest": index.digest, "1": index.digest, "nested": nested.digest,
                    "sha256-\(amd.digest.hex).sig": signature.digest,
                ],
                "tool": ["latest": single.digest, "amd": amd.digest],
                "empty": [:],
            ]
            registry.referrers = [amd.digest: [signature], signature.digest: [sbom]]
        }
    }

    @Test func `a registry keeps to the rules of all collectors`() async throws {
        let all = try Everything()
        try await ScriptedHTTPServer.run(script: all.registry.script) { server in
            let host = server.host
            try await CollectorConformance(secrets: ["swordfish"]) {
                try registryCollector(host) { $0.credentials = .basic(username: "u", password: "swordfish") }
            }.check()
        }
    }

    @Test func `a registry with a blob store for each repository keeps to the rules`() async throws {
        let all = try Everything()
        try await ScriptedHTTPServer.run(script: all.registry.script) { server in
            let host = server.host
            let (seen, _) = try await CollectorConformance {
                try registryCollector(host) { $0.blobsPerRepository = true }
            }.check()
            #expect(Set(seen.items.filter { $0.digest == all.amd.digest }.map(\.store)) == ["team/app", "tool"])
        }
    }

    @Test func `everything is seen as what it is`() async throws {
        let all = try Everything()
        let collected = try await collect(all.registry)
        let seen = collected.seen
        #expect(collected.tags == ["team/app:1", "team/app:latest", "team/app:nested", "tool:amd", "tool:latest"])
        #expect(seen.references.filter { $0.kind == .referrerTag }.map(\.item) == [all.signature.digest])
        #expect(collected.isComplete("empty") == true)
        #expect(seen.items.count == 8)
        let amd = try #require(seen.item(all.amd.digest))
        #expect(amd.kind == .image && amd.imageID == all.amd.imageID && amd.labels == ["team": "a"])
        #expect(amd.objects.map(\.kind) == [.manifest, .configuration, .layer, .layer, .layer])
        #expect(amd.objects.map(\.instruction) == [nil, nil, "ADD rootfs /", "RUN make", "ADD rootfs /"])
        #expect(amd.objects.dropFirst(2).map(\.diffID) == all.amd.layers.map(\.diffID))
        #expect(amd.objects[2].bytes == all.base.descriptor.size && amd.objects[2].uncompressedBytes == nil)
        let arm = try #require(seen.item(all.arm.digest))
        #expect(arm.platform == Platform(os: "linux", architecture: "arm64", variant: "v8"))
        #expect(arm.objects[3].uncompressedBytes == all.arm.layers[1].tarBytes)
        #expect(arm.createdAt == Timestamp.parse("2026-01-02T03:04:05.678901234Z"))
        let index = try #require(seen.item(all.index.digest))
        #expect(index.kind == .index && index.children.count == 3 && index.children.allSatisfy(\.isPresent))
        #expect(seen.item(all.nested.digest)?.children.map(\.digest) == [all.index.digest])
        let attestation = try #require(seen.item(all.attestation.digest))
        #expect(attestation.kind == .attestation && attestation.subject == all.amd.digest)
        let signature = try #require(seen.item(all.signature.digest))
        #expect(signature.kind == .artifact && signature.subject == all.amd.digest)
        #expect(signature.artifactType == "application/x.sig")
        #expect(seen.item(all.sbom.digest)?.subject == all.signature.digest)
        let held = Set(seen.holdings.filter { $0.repository == "tool" }.map(\.item))
        #expect(held == [all.single.digest, all.amd.digest, all.signature.digest, all.sbom.digest])
    }

    @Test func `a second reading fetches no document again`() async throws {
        let all = try Everything()
        let documents = MemoryDocumentStore()
        _ = try await collect(all.registry, documents: documents)
        let again = try await collect(
            all.registry, documents: documents,
            check: { server, _ in
                let fetched = server.lines.filter {
                    $0.hasPrefix("GET") && ($0.contains("/manifests/") || $0.contains("/blobs/"))
                }
                #expect(fetched.isEmpty)
            })
        #expect(again.result.isComplete)
        #expect(again.seen.items.count == 8)
    }

    @Test func `layers are never fetched, and each document once`() async throws {
        let all = try Everything()
        _ = try await collect(
            all.registry,
            check: { server, _ in
                let fetched = server.lines.filter { $0.hasPrefix("GET") && $0.contains("/blobs/") }
                let layers = [all.amd, all.arm, all.single].flatMap { $0.layers.map(\.descriptor.digest.description) }
                #expect(!fetched.contains { line in layers.contains { line.hasSuffix($0) } })
                let documents = server.lines.filter { $0.hasPrefix("GET") && $0.contains("sha256:") }
                    .map { $0.split(separator: "/").last }
                let manifests = documents.count - Set(documents).count
                // Referrers are asked of the same digest in each repository that has it.
                #expect(manifests <= server.lines.count { $0.contains("/referrers/") })
            })
    }

    @Test func `a registry that does not tell digests is read by tag, and they are computed`() async throws {
        var all = try Everything()
        all.registry.tellsDigests = false
        let collected = try await collect(all.registry)
        #expect(collected.result.isComplete, "\(collected.result.aspects)")
        #expect(collected.seen.items.count == 8)
        #expect(collected.seen.references.first { $0.name == "nested" }?.item == all.nested.digest)
    }

    @Test func `lists are read page by page`() async throws {
        let all = try Everything()
        var registry = all.registry
        registry.pageSize = 1
        let collected = try await collect(
            registry,
            check: { server, _ in
                #expect(server.lines.contains("GET /v2/_catalog?n=1&last=empty"))
                #expect(server.lines.contains("GET /v2/team/app/tags/list?n=1&last=1"))
            })
        #expect(collected.result.isComplete)
        #expect(collected.tags.count == 5)
    }

    @Test func `no more requests are under way at once than allowed`() async throws {
        let all = try Everything()
        _ = try await collect(
            all.registry, change: { $0.concurrency = 3 },
            check: { server, _ in
                #expect(server.mostAtOnce <= 3)
            })
    }
}

import Collectors
import Foundation
import ImageModel
import NIOHTTP1
import Observations
import TestSupport
import Testing

@Suite struct RegistryContentTests {
    @Test func `a tag that was deleted since it was listed has gone, and that is no failure`() async throws {
        let faulty = try FaultyRegistry()
        let collected = try await faulty.collect("/v2/app/manifests/bad", method: "HEAD") { _ in
            ScriptedRegistry.error(404, "MANIFEST_UNKNOWN")
        }
        #expect(collected.result.isComplete, "\(collected.result.aspects)")
        #expect(collected.tags == ["app:good", "other:1"])
        #expect(collected.isComplete("app") == true)
    }

    @Test func `a tag that moved while it was read points to the later manifest`() async throws {
        let faulty = try FaultyRegistry()
        let (old, plain) = (Digest.of(Data("old".utf8)), faulty.registry)
        let collected = try await faulty.collect("/v2/app/manifests/bad", method: "HEAD") { request in
            var reply = plain.answer(request)
            if request.earlier == 0 {
                reply.headers.replaceOrAdd(name: "docker-content-digest", value: old.description)
            }
            return reply
        }
        #expect(collected.result.isComplete, "\(collected.result.aspects)")
        #expect(collected.seen.references.first { $0.name == "bad" }?.item == faulty.bad.digest)
    }

    @Test func `a tag whose manifest is not there is told`() async throws {
        let faulty = try FaultyRegistry()
        let collected = try await faulty.collect(faulty.badManifest) { _ in
            ScriptedRegistry.error(404, "MANIFEST_UNKNOWN")
        }
        faulty.expectHarmIsTold(collected, aspect: "tags", says: "app:bad")
        #expect(collected.isComplete("app") == false)
    }

    @Test func `a missing child is marked and named, and its siblings are there`() async throws {
        var faulty = try FaultyRegistry()
        faulty.registry.repositories["app"] = ["good": faulty.good.digest, "multi": faulty.index.digest]
        faulty.registry.blobs[faulty.bad.digest] = nil
        let collected = try await collect(faulty.registry)
        faulty.expectHarmIsTold(collected, aspect: "manifests", says: "app@\(faulty.bad.digest)")
        let index = try #require(collected.seen.item(faulty.index.digest))
        #expect(index.children.map(\.isPresent) == [true, false])
        #expect(collected.tags == ["app:good", "app:multi", "other:1"])
        #expect(collected.isComplete("app") == true, "it was looked for, and is not there")
    }

    @Test func `an index with a missing child keeps to the rules of all collectors`() async throws {
        var faulty = try FaultyRegistry()
        faulty.registry.repositories["app"] = ["multi": faulty.index.digest]
        faulty.registry.blobs[faulty.bad.imageID] = nil
        faulty.registry.blobs[faulty.good.digest] = nil
        try await ScriptedHTTPServer.run(script: faulty.registry.script) { server in
            let host = server.host
            try await CollectorConformance(isComplete: false) { try registryCollector(host) }.check()
        }
    }

    @Test func `a child that could not be looked at is not called missing`() async throws {
        var faulty = try FaultyRegistry()
        faulty.registry.repositories["app"] = ["good": faulty.good.digest, "multi": faulty.index.digest]
        let collected = try await faulty.collect(faulty.badManifest) { _ in ScriptedRegistry.error(500, "UNKNOWN") }
        faulty.expectHarmIsTold(collected, aspect: "manifests", says: "status 500")
        #expect(collected.seen.item(faulty.index.digest) == nil)
        #expect(!collected.tags.contains("app:multi"))
        #expect(collected.isComplete("app") == false)
    }

    @Test func `a child that another repository lacks is missing there only`() async throws {
        var faulty = try FaultyRegistry()
        faulty.registry.repositories = ["app": ["multi": faulty.index.digest], "copy": ["multi": faulty.index.digest]]
        let missing = "/v2/copy/manifests/\(faulty.bad.digest)"
        faulty.registry.override = { $0.path == missing ? ScriptedRegistry.error(404, "MANIFEST_UNKNOWN") : nil }
        let collected = try await collect(faulty.registry)
        #expect(collected.status("manifests").detail.contains("copy@\(faulty.bad.digest)"))
        #expect(collected.seen.item(faulty.index.digest)?.children.allSatisfy(\.isPresent) == true)
        let holders = collected.seen.holdings.filter { $0.item == faulty.bad.digest }.map(\.repository)
        #expect(holders == ["app"])
    }

    @Test func `a manifest that cannot be understood keeps its own bytes`() async throws {
        var faulty = try FaultyRegistry()
        let odd = Data(#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json"}"#.utf8)
        faulty.registry.blobs[Digest.of(odd)] = odd
        faulty.registry.repositories["app"]?["odd"] = Digest.of(odd)
        let collected = try await collect(faulty.registry)
        faulty.expectHarmIsTold(collected, aspect: "manifests", says: "config")
        let item = try #require(collected.seen.item(Digest.of(odd)))
        #expect(item.kind == .artifact && item.objects.map(\.bytes) == [Int64(odd.count)])
    }

    @Test func `a configuration that is none is told`() async throws {
        var builder = ImageBuilder()
        let layer = try builder.layer(["a": "a"])
        let bad = Data(#"{"architecture":5}"#.utf8)
        let manifest = try builder.add(
            Manifest(
                config: Descriptor(mediaType: .ociConfiguration, digest: builder.add(bad), size: Int64(bad.count)),
                layers: [layer.descriptor]))
        var registry = ScriptedRegistry(builder)
        registry.repositories = ["app": ["1": manifest.digest]]
        let collected = try await collect(registry)
        #expect(collected.status("configurations").detail.contains("architecture"))
        #expect(collected.seen.item(manifest.digest)?.configuration == nil)
    }

    @Test func `a BuildKit cache has layers, not children`() async throws {
        var builder = ImageBuilder()
        let layer = try builder.layer(["a": "cached"])
        let configuration = Data(#"{"layers":[]}"#.utf8)
        var entry = layer.descriptor
        entry.annotations = ["containerd.io/uncompressed": layer.diffID.description]
        let index = try builder.index([
            entry,
            Descriptor(
                mediaType: .buildKitCache, digest: builder.add(configuration), size: Int64(configuration.count)),
        ])
        var registry = ScriptedRegistry(builder)
        registry.repositories = ["cache": ["main": index.digest]]
        let collected = try await collect(registry)
        #expect(collected.result.isComplete, "\(collected.result.aspects)")
        let item = try #require(collected.seen.item(index.digest))
        #expect(item.kind == .cache && item.children.isEmpty)
        #expect(item.objects.map(\.kind) == [.index, .configuration, .layer])
        #expect(item.objects.last?.diffID == layer.diffID)
    }

    @Test func `a foreign layer is not stored here`() async throws {
        var builder = ImageBuilder()
        var layers = [try builder.layer(["a": "a"]), try builder.layer(["windows": "base"])]
        layers[1].descriptor.mediaType = MediaType("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip")
        layers[1].descriptor.urls = ["https://example.com/base"]
        builder.remove(layers[1].descriptor.digest)
        let image = try builder.image(layers)
        var registry = ScriptedRegistry(builder)
        registry.repositories = ["win": ["1": image.digest]]
        let collected = try await collect(registry)
        let item = try #require(collected.seen.item(image.digest))
        #expect(item.objects.map(\.kind) == [.manifest, .configuration, .layer, .foreignLayer])
        #expect(item.objects.last?.bytes == layers[1].descriptor.size)
        #expect(item.objects.last?.diffID == layers[1].diffID)
        #expect(collected.result.isComplete)
    }

    @Test func `schema 1 layers get their sizes by HEAD`() async throws {
        var builder = ImageBuilder()
        let layer = try builder.layer(["a": "a"], instruction: "RUN a")
        let v1 = #"{\"created\":\"2015-01-02T03:04:05Z\",\"container_config\":{\"Cmd\":[\"RUN a\"]}}"#
        let document = Data(
            #"{"schemaVersion":1,"name":"old","tag":"1","architecture":"amd64","fsLayers":[{"blobSum":"\#(layer.descriptor.digest)"}],"history":[{"v1Compatibility":"\#(v1)"}]}"#
                .utf8)
        let digest = builder.add(document)
        var registry = ScriptedRegistry(builder)
        registry.repositories = ["old": ["1": digest]]
        let plain = registry
        registry.override = { request in
            guard request.path.contains("/manifests/") else { return nil }
            var reply = plain.answer(request)
            reply.headers.replaceOrAdd(name: "content-type", value: MediaType.dockerSchema1.rawValue)
            return reply
        }
        let collected = try await collect(
            registry,
            check: { server, _ in #expect(server.lines.contains("HEAD /v2/old/blobs/\(layer.descriptor.digest)")) })
        let item = try #require(collected.seen.item(digest))
        #expect(item.objects.map(\.bytes) == [Int64(document.count), layer.descriptor.size])
        #expect(item.objects.last?.instruction == "RUN a")
        #expect(collected.result.isComplete, "\(collected.result.aspects)")
    }

    @Test func `indexes nested too deep are not followed to the end`() async throws {
        var builder = ImageBuilder()
        let image = try builder.image([builder.layer(["a": "a"])])
        var top = image.descriptor
        for _ in 0..<40 { top = try builder.index([top]) }
        var registry = ScriptedRegistry(builder)
        registry.repositories = ["deep": ["1": top.digest]]
        let collected = try await collect(registry)
        #expect(collected.status("manifests").detail.contains("nested deeper"))
        #expect(collected.isComplete("deep") == false)
    }
}

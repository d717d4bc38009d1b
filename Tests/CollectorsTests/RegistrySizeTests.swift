import Collectors
import Foundation
import ImageModel
import Observations
import TestSupport
import Testing

/// Manifests that claim different sizes of one blob.
@Suite struct RegistrySizeTests {
    private struct Liars {
        var registry: ScriptedRegistry
        var layer: ImageBuilder.Layer
        var honest: ImageBuilder.Image
        var liar: Descriptor

        /// - Parameter repositories: whether the two are in repositories of their own.
        init(apart: Bool, isPlain: Bool = false) throws {
            var builder = ImageBuilder()
            layer = try builder.layer(["file": "content"], compression: isPlain ? .none : .gzip)
            honest = try builder.image([layer])
            var manifest = honest.manifest
            manifest.layers[0].size += 1_000_000
            liar = try builder.add(manifest)
            registry = ScriptedRegistry(builder)
            registry.repositories =
                apart
                ? ["app": ["1": honest.digest], "bad": ["1": liar.digest]]
                : ["app": ["1": honest.digest, "2": liar.digest]]
        }

        var headOfBlob: (ScriptedHTTPServer) -> Int {
            let end = "/blobs/\(layer.descriptor.digest)"
            return { server in server.requests.count { $0.method == "HEAD" && $0.path.hasSuffix(end) } }
        }
    }

    @Test(arguments: [false, true], [1, 8])
    func `the registry is asked once, its word stands, and the liar is named`(apart: Bool, width: Int) async throws {
        let liars = try Liars(apart: apart)
        let collected = try await collect(liars.registry, change: { $0.concurrency = width }) { server, _ in
            #expect(liars.headOfBlob(server) == 1)
        }
        let status = collected.status("manifests")
        #expect(status.outcome == .incomplete)
        let size = liars.layer.descriptor.size
        let place = "\(apart ? "bad" : "app")@\(liars.liar.digest)"
        let digest = liars.layer.descriptor.digest
        #expect(
            status.detail.hasSuffix(
                ": \(place): says that blob \(digest) has \(size + 1_000_000) bytes, and it has \(size)"),
            "\(status.detail)")
        #expect(status.hint.contains("push it again"))
        let objects = collected.seen.items.flatMap(\.objects).filter { $0.key == digest }
        #expect(objects.count == 2)
        #expect(objects.contains { $0.isMeasured })
        for object in objects where object.isMeasured { #expect(object.bytes == size) }
        // One that was recorded before anything was in doubt is a claim: the measured one stands over it.
        #expect(objects.count { !$0.isMeasured } <= (apart ? 1 : 0))
        #expect(collected.tags.count == 2 && collected.isComplete("app") == true)
        let others = collected.seen.items.flatMap(\.objects).filter { $0.key != digest }
        #expect(others.allSatisfy { !$0.isMeasured })
    }

    @Test func `an uncompressed layer's tar has the true size too`() async throws {
        let liars = try Liars(apart: false, isPlain: true)
        let collected = try await collect(liars.registry)
        let objects = collected.seen.items.flatMap(\.objects).filter { $0.key == liars.layer.descriptor.digest }
        let size = liars.layer.descriptor.size
        #expect(objects.map(\.bytes) == [size, size] && objects.map(\.uncompressedBytes) == [size, size])
    }

    @Test func `where the registry does not tell, the size is not known`() async throws {
        var liars = try Liars(apart: false)
        let end = "/blobs/\(liars.layer.descriptor.digest)"
        liars.registry.override = { $0.path.hasSuffix(end) ? ScriptedRegistry.error(403, "DENIED") : nil }
        let collected = try await collect(liars.registry)
        let status = collected.status("manifests")
        #expect(status.outcome == .incomplete && status.detail.contains("the registry does not tell"))
        #expect(status.detail.contains("403"))
        let objects = collected.seen.items.flatMap(\.objects).filter { $0.key == liars.layer.descriptor.digest }
        #expect(objects.map(\.bytes) == [nil, nil])
        #expect(objects.allSatisfy { !$0.isMeasured })
    }

    @Test func `a manifest that is listed as a blob has the size of its document`() async throws {
        var liars = try Liars(apart: false)
        var builder = ImageBuilder()
        for blob in liars.registry.blobs.values { builder.add(blob) }
        var manifest = liars.honest.manifest
        manifest.layers.append(
            Descriptor(mediaType: .ociLayer, digest: liars.honest.digest, size: liars.honest.descriptor.size + 1))
        let odd = try builder.add(manifest)
        liars.registry = ScriptedRegistry(builder)
        liars.registry.repositories = ["app": ["1": liars.honest.digest, "2": odd.digest]]
        let end = "/blobs/\(liars.honest.digest)"
        liars.registry.override = { $0.path.hasSuffix(end) ? ScriptedRegistry.error(404, "BLOB_UNKNOWN") : nil }
        let collected = try await collect(liars.registry)
        let objects = collected.seen.items.flatMap(\.objects).filter { $0.key == liars.honest.digest }
        #expect(objects.map(\.bytes) == [liars.honest.descriptor.size, liars.honest.descriptor.size])
        #expect(collected.status("manifests").detail.contains("app@\(odd.digest): says that blob"))
    }
}

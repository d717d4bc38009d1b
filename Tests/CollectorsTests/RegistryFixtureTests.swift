import Collectors
import Foundation
import ImageModel
import NIOHTTP1
import Observations
import TestSupport
import Testing

/// Documents of other projects, each served as a tag of its own.
@Suite(.enabled(if: SharedData.at("fixtures/containers-image") != nil, "needs the shared fixtures"))
struct RegistryFixtureTests {
    private static let folders = [
        "containers-image/manifest/fixtures", "containers-image/internal/manifest/testdata",
        "containers-image/internal/image/fixtures", "docker-library-meta-scripts/.test/oci-import/temp",
    ]

    private func documents() throws -> [String: Data] {
        var documents: [String: Data] = [:]
        for folder in Self.folders {
            let place = try #require(SharedData.at("fixtures/" + folder))
            for file in try FileManager.default.contentsOfDirectory(at: place, includingPropertiesForKeys: nil)
            where file.pathExtension == "json" {
                let name = file.deletingPathExtension().lastPathComponent
                documents["\(documents.count)-\(name)"] = try Data(contentsOf: file)
            }
        }
        return documents
    }

    @Test func `every document is seen, or told as a problem`() async throws {
        var builder = ImageBuilder()
        let documents = try documents()
        #expect(documents.count > 50)
        let digests = documents.mapValues { builder.add($0) }
        var registry = ScriptedRegistry(builder)
        registry.repositories = ["fixtures": digests]
        let collected = try await collect(registry)
        let seen = collected.seen
        // Their children and configurations are elsewhere, so nothing here is complete.
        #expect(!collected.result.isComplete)
        for (name, digest) in digests {
            let isTagged = seen.references.contains { $0.name == name && $0.item == digest }
            #expect(isTagged, "\(name) is neither seen nor told")
            guard let content = documents[name], let item = seen.item(digest) else { continue }
            #expect(item.objects.first?.bytes == Int64(content.count))
            guard let parsed = try? ManifestDocument.parse(content, contentType: .ociManifest) else { continue }
            switch parsed {
            case .manifest(let manifest):
                #expect(item.objects.dropFirst(2).map(\.key) == manifest.layers.map(\.digest), "\(name)")
                let foreign = manifest.layers.filter(\.mediaType.isForeignLayer).count
                #expect(item.objects.count { $0.kind == .foreignLayer } == foreign, "\(name)")
            case .index(let index):
                #expect(item.children.map(\.digest) == index.manifests.map(\.digest), "\(name)")
            case .schema1(let manifest):
                #expect(item.objects.dropFirst().map(\.key) == manifest.layers, "\(name)")
            }
        }
        let told = collected.status("manifests")
        #expect(told.outcome == .incomplete && told.seen == Set(digests.values).count, "\(told)")
    }

    @Test func `a signed schema 1 manifest goes by the digest of what was signed`() async throws {
        let file = try #require(SharedData.at("fixtures/containers-image/manifest/fixtures/v2s1.manifest.json"))
        // As its own project's tests have it.
        let digest = try Digest("sha256:7364fea9d84ee548ab67d4c46c6006289800c98de3fbf8c0a97138dfcc23f000")
        var builder = ImageBuilder()
        builder.corrupt(digest, with: try Data(contentsOf: file))
        var registry = ScriptedRegistry(builder)
        registry.repositories = ["old": ["1": digest]]
        let plain = registry
        registry.override = { request in
            if request.path.contains("/blobs/") { return ScriptedReply(200, headers: ["content-length": "77"]) }
            guard request.path.contains("/manifests/") else { return nil }
            var reply = plain.answer(request)
            reply.headers.replaceOrAdd(name: "content-type", value: MediaType.dockerSchema1Signed.rawValue)
            return reply
        }
        let collected = try await collect(registry)
        #expect(collected.result.isComplete, "\(collected.result.aspects)")
        let item = try #require(collected.seen.item(digest))
        #expect(item.objects.count > 2 && item.objects.dropFirst().allSatisfy { $0.bytes == 77 })
    }
}

import Archive
import Collectors
import Foundation
import ImageModel
import Observations
import TestSupport
import Testing

private func collect(_ tar: Data) async throws -> (RecordingSink, CollectionResult) {
    let folder = try ScratchFolder()
    let file = try folder.write(tar, to: "a.tar")
    let seen = RecordingSink()
    let result = try await ArchiveCollector(path: file.path).collect(.test(seen))
    return (seen, result)
}

@Suite struct ArchiveShapeTests {
    @Test func `a BuildKit cache is an item of its own kind, as manifest and as index`() async throws {
        var builder = ImageBuilder()
        let layer = try builder.layer(["a": "1"])
        let text = Data("{\"layers\":[]}".utf8)
        let pointer = Descriptor(mediaType: .buildKitCache, digest: builder.add(text), size: Int64(text.count))
        let manifest = try builder.add(Manifest(config: pointer, layers: [layer.descriptor]))
        let index = try builder.index([layer.descriptor, pointer])
        let (seen, result) = try await collect(
            try builder.layoutTar([(manifest, .reference("a/cache:1")), (index, .reference("a/cache:2"))]))
        #expect(result.isComplete, "\(result.aspects)")
        #expect(seen.items.map(\.kind) == [.cache, .cache])
        #expect(seen.item(manifest.digest)?.objects.map(\.kind) == [.manifest, .configuration, .layer])
        #expect(seen.item(index.digest)?.objects.map(\.kind) == [.index, .configuration, .layer])
        #expect(seen.item(index.digest)?.objects.last?.diffID == layer.diffID)
    }

    @Test func `a layer listed twice stands there twice and is counted once`() async throws {
        var builder = ImageBuilder()
        let layer = try builder.layer(["a": "1"])
        let image = try builder.image([layer, layer])
        let (seen, result) = try await collect(try builder.layoutTar([(image.descriptor, .none)]))
        #expect(result.isComplete)
        #expect(seen.item(image.digest)?.objects.count { $0.kind == .layer } == 2)
        #expect(result.aspects.first { $0.aspect == "layers" }?.seen == 1)
    }

    @Test func `names are told as engines show them`() async throws {
        var builder = ImageBuilder()
        let layer = try builder.layer(["a": "1"])
        var entries: [(Descriptor, ImageBuilder.LayoutName)] = []
        let hex = Digest.of([1]).hex
        for (number, name) in [
            ImageBuilder.LayoutName.containerd("docker.io/library/alpine:3"), .containerd("docker.io/acme/web:1"),
            .containerd("docker.io/library/pinned@\(Digest.of([2]))"), .containerd("moby-dangling@\(Digest.of([3]))"),
            .reference("quay.io/a/b:2"), .reference("v1.0"), .reference("acme/plain"),
            .reference("acme/web:sha256-\(hex).sig"),
        ].enumerated() {
            entries.append((try builder.image([layer], labels: ["n": "\(number)"]).descriptor, name))
        }
        let (seen, _) = try await collect(try builder.layoutTar(entries))
        let told = seen.references.map { "\($0.kind.rawValue) \($0.repository) \($0.name)" }
        #expect(
            Set(told) == [
                "tag alpine 3", "tag acme/web 1", "digest pinned \(Digest.of([2]))", "tag quay.io/a/b 2",
                "tag <none> v1.0",
                "tag acme/plain latest", "referrer_tag acme/web sha256-\(hex).sig",
            ])
        #expect(seen.holdings.count { $0.repository == untaggedRepository } == 2)
    }

    @Test func `indexes nested without end are left, and told`() async throws {
        var builder = ImageBuilder()
        var inner = try builder.image([try builder.layer(["a": "1"])]).descriptor
        for _ in 0..<40 { inner = try builder.index([inner]) }
        let (seen, result) = try await collect(try builder.layoutTar([(inner, .reference("a/b:1"))]))
        #expect(!result.isComplete)
        #expect(result.aspects.contains { $0.detail.contains("32 indexes") })
        #expect(seen.items.count == 32)
    }

    @Test func `content that an index lists and that is no manifest takes its bytes`() async throws {
        var builder = ImageBuilder()
        let blob = Data("just bytes".utf8)
        let entry = Descriptor(mediaType: MediaType("text/plain"), digest: builder.add(blob), size: Int64(blob.count))
        let (seen, result) = try await collect(try builder.layoutTar([(entry, .none)]))
        #expect(result.isComplete)
        #expect(seen.items.map(\.kind) == [.artifact] && seen.storedBytes == Int64(blob.count))
    }

    @Test func `an empty layout is complete and holds nothing`() async throws {
        let (seen, result) = try await collect(try ImageBuilder().layoutTar([]))
        #expect(result.isComplete && seen.items.isEmpty && seen.reportedFigures.count == 1)
    }

    @Test func `parents that go in a circle do not hold up the first format`() async throws {
        var tar = TarBuilder()
        let ids = [Digest.of([1]).hex, Digest.of([2]).hex]
        for (id, parent) in [(ids[0], ids[1]), (ids[1], ids[0])] {
            tar.add(file: "\(id)/json", Data(#"{"id":"\#(id)","parent":"\#(parent)"}"#.utf8))
            tar.add(file: "\(id)/layer.tar", Data(count: 1024))
        }
        tar.add(file: "repositories", Data(#"{"a":{"b":"\#(ids[0])"}}"#.utf8))
        let (seen, result) = try await collect(tar.finished())
        #expect(!result.isComplete && seen.items.isEmpty)
        #expect(result.aspects.contains { $0.detail.contains("circle") })
    }
}

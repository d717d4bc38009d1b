import Foundation
import ImageModel
import Observations
import TestSupport
import Testing

@testable import Collectors

/// OCI layouts as a registry's storage: zot's folder of them, and one alone.
@Suite struct StorageLayoutTests {
    private struct World {
        var folder: ScratchFolder
        var builder: ImageBuilder
        var image: ImageBuilder.Image
        var index: Descriptor
        var children: [ImageBuilder.Image]
    }

    /// Repositories `app` and `team/app` with the same image, tagged; the second also has an index and an image without
    /// a tag.
    private func world() throws -> World {
        let folder = try ScratchFolder("layouts")
        var shared = ImageBuilder()
        let image = try shared.image([shared.layer(named: "base", bytes: 4_000)])
        try shared.writeLayout([(image.descriptor, .reference("1"))], to: folder("root/app"))
        var builder = shared
        let children = try ["a", "b"].map { try builder.image([builder.layer([$0: $0])]) }
        let index = try builder.index(children.map(\.descriptor))
        let untagged = try builder.image([builder.layer(["u": "untagged"])])
        try builder.writeLayout(
            [(image.descriptor, .reference("1")), (index, .reference("multi")), (untagged.descriptor, .none)],
            to: folder("root/team/app"))
        return World(folder: folder, builder: builder, image: image, index: index, children: children)
    }

    private func check(_ root: URL) async throws -> StorageSight {
        let path = root.path
        let (seen, result) = try await CollectorConformance {
            RegistryStorageCollector(path: path, name: "registry")
        }.check()
        return StorageSight(seen: seen, result: result)
    }

    private func linkTogether(_ world: World) throws {
        let files = FileManager.default
        let (first, second) = (world.folder("root/app/blobs/sha256"), world.folder("root/team/app/blobs/sha256"))
        for name in try files.contentsOfDirectory(atPath: first.path) {
            try files.removeItem(at: second.appending(path: name))
            try files.linkItem(at: first.appending(path: name), to: second.appending(path: name))
        }
    }

    @Test func `blobs that are linked together are stored once`() async throws {
        let world = try world()
        try linkTogether(world)
        try world.folder.write(Data("x".utf8), to: "root/cache.db")
        let sight = try await check(world.folder("root"))
        #expect(sight.result.source.product == "OCI layout storage" && sight.findings.isEmpty, "\(sight.findings)")
        #expect(sight.tags == ["app:1", "team/app:1", "team/app:multi"])
        #expect(sight.seen.items.allSatisfy(\.store.isEmpty) && sight.seen.items.count == 5)
        #expect(sight.seen.holdings.count == 6, "an index's children are held with it")
        #expect(sight.seen.storedBytes == world.builder.blobs.values.reduce(0) { $0 + Int64($1.count) })
        #expect(sight.reportedBytes == sight.seen.storedBytes)
        #expect(sight.status("layer links").outcome == .notAvailable)
        #expect(sight.activities.isEmpty, "a layout does not say when something was pushed")
    }

    @Test func `blobs that are not linked together are stored by each repository`() async throws {
        let world = try world()
        try world.folder.write(Data("lost".utf8), to: "root/app/blobs/sha256/\(Digest.of(Data("lost".utf8)).hex)")
        try world.folder.write(Data("half".utf8), to: "root/app/.uploads/5")
        let sight = try await check(world.folder("root"))
        #expect(Set(sight.seen.items.map(\.store)) == ["app", "team/app"] && sight.findings.isEmpty)
        #expect(sight.seen.items.count { $0.digest == world.image.digest } == 2)
        #expect(sight.seen.holdings.allSatisfy { $0.store == $0.repository })
        let own = world.image.layers[0].descriptor.size + world.image.configuration.size + world.image.descriptor.size
        #expect(sight.seen.storedBytes == world.builder.blobs.values.reduce(0) { $0 + Int64($1.count) } + own)
        #expect(sight.reportedBytes == sight.seen.storedBytes)
        #expect(sight.orphans.map(\.store) == ["app"] && sight.orphans.map(\.bytes) == [4])
        #expect(sight.uploads == [UploadObservation(repository: "app", id: "5", bytes: 4)])
    }

    @Test func `a single layout has the repositories that its names say, as an archive has`() async throws {
        let folder = try ScratchFolder("layout")
        var builder = ImageBuilder()
        let images = try ["a", "b", "c"].map { try builder.image([builder.layer([$0: $0])]) }
        try builder.writeLayout(
            [
                (images[0].descriptor, .reference("1")), (images[1].descriptor, .containerd("docker.io/library/b:2")),
                (images[2].descriptor, .none),
            ], to: folder("layout"))
        let sight = try await check(folder("layout"))
        #expect(sight.tags == ["<none>:1", "b:2"] && sight.seen.items.count == 3)
        let archive = RecordingSink()
        _ = try await ArchiveCollector(path: folder("layout").path).collect(.test(archive))
        #expect(Set(sight.seen.references.map { "\($0)" }) == Set(archive.references.map { "\($0)" }))
        #expect(Set(sight.seen.holdings) == Set(archive.holdings))
        #expect(sight.seen.storedBytes == archive.storedBytes)
    }

    @Test func `what a layout lacks and what is broken in it is told`() async throws {
        let world = try world()
        try linkTogether(world)
        let root = world.folder("root")
        for name in ["app", "team/app"] {
            let layer = world.image.layers[0].descriptor.digest
            try FileManager.default.removeItem(at: root.appending(path: "\(name)/blobs/sha256/\(layer.hex)"))
        }
        try FileManager.default.removeItem(
            at: root.appending(path: "team/app/blobs/sha256/\(world.children[0].digest.hex)"))
        try world.folder.write(Data("{}".utf8), to: "root/broken/index.json")
        try world.folder.write(Data(#"{"schemaVersion":2,"manifests":[]}"#.utf8), to: "root/empty/index.json")
        let sight = try await StorageSight(root)
        #expect(sight.damaged == [DamagedObjectObservation(key: world.image.layers[0].descriptor.digest, bytes: 0)])
        #expect(sight.findings.contains { $0.kind == .missingChild && $0.digest == world.children[0].digest })
        #expect(sight.seen.item(world.index.digest)?.children.map(\.isPresent) == [false, true])
        #expect(sight.findings.contains { $0.kind == .invalidManifest && $0.path == "broken/index.json" })
        #expect(sight.isComplete("broken") == false && sight.isComplete("empty") == true)
        #expect(sight.isComplete("app") == true && !sight.result.isComplete)
    }
}

import Foundation
import ImageModel
import Observations
import TestSupport
import Testing

@testable import Collectors

/// Storages that are not as they should be: what is wrong is told, and nothing else is lost by it.
@Suite struct StorageDamageTests {
    private struct World {
        var tree: StorageTree
        var builder: ImageBuilder
        var image: ImageBuilder.Image
        var layer: Digest { image.layers[0].descriptor.digest }
        let tag = "repositories/app/_manifests/tags/1/current/link"
        var revision: String { "repositories/app/_manifests/revisions/" + StorageTree.linkPath(image.digest) }
    }

    private func world() throws -> World {
        let tree = try StorageTree()
        var builder = ImageBuilder()
        let image = try builder.image([builder.layer(named: "layer", bytes: 3_000)])
        try tree.addBlobs(of: builder)
        try tree.push(image, to: "app", tag: "1")
        return World(tree: tree, builder: builder, image: image)
    }

    @Test func `a layer that is gone is damaged, and the link to it dangles`() async throws {
        let world = try world()
        try world.tree.remove("blobs/sha256/\(world.layer.hex.prefix(2))")
        let sight = try await world.tree.check()
        #expect(sight.damaged == [DamagedObjectObservation(key: world.layer, bytes: 0)])
        #expect(
            sight.found == [
                "dangling_link \(StorageTree.blobPath(world.layer))",
                "dangling_link repositories/app/_layers/\(StorageTree.linkPath(world.layer))",
            ])
        #expect(sight.seen.item(world.image.digest)?.objects[2].bytes == world.image.layers[0].descriptor.size)
        #expect(sight.reportedBytes == sight.seen.storedBytes - world.image.layers[0].descriptor.size)
        #expect(sight.seen.reportedFigures[0].note.contains("1 objects are gone or damaged"))
    }

    @Test(arguments: [0, 17]) func `a half-written layer is damaged, with the bytes that are there`(
        bytes: Int
    ) async throws {
        let world = try world()
        try world.tree.write(Data(count: bytes), to: StorageTree.blobPath(world.layer))
        let sight = try await world.tree.check()
        #expect(sight.damaged == [DamagedObjectObservation(key: world.layer, bytes: Int64(bytes))])
        #expect(sight.found == ["wrong_size \(StorageTree.blobPath(world.layer))"])
        #expect(sight.seen.item(world.image.digest)?.objects[2].bytes == world.image.layers[0].descriptor.size)
        #expect(sight.isComplete("app") == true)
    }

    @Test func `manifests that disagree about a size do not fail the collection, and the one that lies is named`()
        async throws
    {
        var world = try world()
        let truth = world.image.layers[0].descriptor
        var lie = truth
        lie.size += 1
        let liar = try world.builder.add(Manifest(config: world.image.configuration, layers: [lie]))
        try world.tree.addBlobs(of: world.builder)
        try world.tree.addRevision(liar.digest, to: "app")
        let sight = try await world.tree.check()
        #expect(sight.damaged.isEmpty)
        #expect(sight.seen.item(liar.digest)?.objects[2].bytes == truth.size)
        #expect(sight.found == ["wrong_size \(StorageTree.blobPath(truth.digest))"])
        #expect(sight.findings[0].detail.contains(liar.digest.description))
        #expect(sight.reportedBytes == sight.seen.storedBytes)

        // Of a blob that is gone nobody is right: both say the same all the same.
        try world.tree.remove(StorageTree.blobPath(truth.digest))
        let gone = try await world.tree.check()
        #expect(Set(gone.seen.items.map { $0.objects[2].bytes }).count == 1)
        #expect(gone.damaged == [DamagedObjectObservation(key: truth.digest, bytes: 0)])
    }

    @Test func `when no manifest is right about a blob, what is on disk counts, and it is damaged`() async throws {
        var world = try world()
        var lie = world.image.layers[0].descriptor
        lie.size += 1
        let liar = try world.builder.add(Manifest(config: world.image.configuration, layers: [lie]))
        try world.tree.addBlobs(of: world.builder)
        try world.tree.addRevision(liar.digest, to: "app")
        try world.tree.write(Data(count: 5), to: StorageTree.blobPath(lie.digest))
        let sight = try await world.tree.check()
        #expect(sight.seen.items.map { $0.objects[2].bytes } == [5, 5])
        #expect(sight.damaged == [DamagedObjectObservation(key: lie.digest, bytes: 5)])
    }

    @Test func `a manifest that is gone is held by nobody`() async throws {
        let world = try world()
        try world.tree.remove(StorageTree.blobPath(world.image.digest))
        let sight = try await world.tree.check()
        #expect(sight.seen.items.isEmpty && sight.seen.holdings.isEmpty && sight.seen.references.isEmpty)
        #expect(
            sight.found == ["dangling_link \(world.revision)", "dangling_link \(world.tag)"].sorted())
        #expect(sight.isComplete("app") == true)
        #expect(Set(sight.orphans.map(\.digest)) == [world.layer, world.image.imageID])
    }

    @Test func `a half-written manifest is held, of unknown size, and what it listed is no orphan`() async throws {
        let world = try world()
        try world.tree.write("{\"schema", to: StorageTree.blobPath(world.image.digest))
        let sight = try await world.tree.check(isComplete: false)
        let item = try #require(sight.seen.item(world.image.digest))
        #expect(item.kind == .artifact && item.objects.map(\.bytes) == [nil])
        #expect(sight.tags == ["app:1"])
        #expect(sight.found == ["invalid_manifest \(StorageTree.blobPath(world.image.digest))"])
        #expect(sight.damaged == [DamagedObjectObservation(key: world.image.digest, bytes: 8)])
        #expect(sight.orphans.isEmpty && sight.status(Aspect.blobs).outcome == .incomplete)
        #expect(sight.status(Aspect.blobs).detail.contains("2 blobs"))
    }

    @Test func `what a document mentions that is no manifest is no orphan`() async throws {
        var world = try world()
        let strange = world.builder.add(Data(#"{"blobs":["\#(Digest.of(Data("kept".utf8)))"],"schemaVersion":7}"#.utf8))
        world.builder.add(Data("kept".utf8))
        world.builder.add(Data("lost".utf8))
        try world.tree.addBlobs(of: world.builder)
        try world.tree.addRevision(strange, to: "app")
        let sight = try await world.tree.check(isComplete: false)
        #expect(sight.seen.item(strange)?.kind == .artifact)
        #expect(sight.orphans.map(\.digest) == [Digest.of(Data("lost".utf8))])
        #expect(sight.status(Aspect.blobs).outcome == .complete && sight.status("manifests").outcome == .incomplete)
    }

    @Test func `a configuration with other content is told, and its image is held`() async throws {
        let world = try world()
        let size = Int(world.image.configuration.size)
        try world.tree.write(Data(repeating: 32, count: size), to: StorageTree.blobPath(world.image.imageID))
        let sight = try await world.tree.check(isComplete: false)
        #expect(sight.seen.item(world.image.digest)?.configuration == nil && sight.isComplete("app") == true)
        #expect(sight.damaged == [DamagedObjectObservation(key: world.image.imageID, bytes: Int64(size))])
        #expect(sight.status("configurations").outcome == .failed)
        try world.tree.remove(StorageTree.blobPath(world.image.imageID))
        let gone = try await world.tree.check(isComplete: false)
        #expect(gone.damaged == [DamagedObjectObservation(key: world.image.imageID, bytes: 0)])
    }

    static let rubbish = [
        "", "sha256:", "rubbish", "sha256:abc", String(repeating: "x", count: 1_000),
        String(repeating: "y", count: 5_000),
    ]

    @Test(arguments: rubbish.indices) func `a link with rubbish is told, and leads nowhere`(number: Int) async throws {
        let text = Self.rubbish[number]
        let world = try world()
        try world.tree.write(text, to: world.tag)
        let sight = try await world.tree.check()
        #expect(sight.found == ["invalid_link \(world.tag)"] && sight.tags.isEmpty)
        #expect(sight.seen.items.count == 1, "the manifest is there all the same")
        #expect(sight.findings[0].detail.utf8.count < 300)

        try world.tree.write(text, to: world.revision)
        let second = try await world.tree.check(isComplete: false)
        #expect(second.found == ["invalid_link \(world.revision)", "invalid_link \(world.tag)"].sorted())
        #expect(second.seen.items.isEmpty && second.orphans.isEmpty, "what it listed is not known")
        #expect(second.status(Aspect.blobs).detail.contains("3 blobs"))
    }

    @Test func `a link that leads elsewhere than its folder says is told`() async throws {
        let world = try world()
        let other = Digest.of(Data("other".utf8))
        try world.tree.write(other.description, to: "repositories/app/_layers/" + StorageTree.linkPath(world.layer))
        try world.tree.remove(world.tag)
        let sight = try await world.tree.check()
        #expect(
            sight.found
                == [
                    "invalid_link repositories/app/_layers/\(StorageTree.linkPath(world.layer))",
                    "invalid_link \(world.tag)",
                ].sorted())
        #expect(sight.findings.contains { $0.digest == other })
    }

    @Test func `an index with children that its repository or the storage lacks is told`() async throws {
        var world = try world()
        let arm = try world.builder.image([world.builder.layer(["a": "arm"])])
        let away = try world.builder.image([world.builder.layer(["a": "away"])])
        let inner = try world.builder.index([arm.descriptor])
        let index = try world.builder.index([world.image.descriptor, inner, away.descriptor])
        world.builder.remove(away.digest)
        try world.tree.addBlobs(of: world.builder)
        try world.tree.addRevision(index.digest, to: "app")
        let sight = try await world.tree.check(allowsMissingChildren: true)
        #expect(sight.seen.item(index.digest)?.children.map(\.isPresent) == [true, true, false])
        #expect(
            sight.findings.filter { $0.kind == .missingChild }.map { $0.digest } == [inner.digest, away.digest])
        #expect(sight.seen.item(arm.digest)?.objects.count == 3, "its documents and blobs are stored")
        #expect(Set(sight.seen.holdings.map(\.item)) == [world.image.digest, index.digest])
        #expect(
            Set(sight.orphans.map(\.digest)) == Set([away.imageID, away.layers[0].descriptor.digest]),
            "what only the missing manifest listed")
    }

    @Test func `files that belong to no registry are told, and left alone`() async throws {
        let world = try world()
        let strange = [
            "notes.txt", "blobs/readme", "blobs/sha256/zz/short",
            "blobs/sha256/00/\(String(repeating: "1", count: 64))/data",
            "repositories/readme", "repositories/app/_other/x", "repositories/app/_manifests/x",
            "repositories/app/_manifests/tags/-bad/current/link", "repositories/app/_manifests/tags/1/x",
            "repositories/app/_manifests/revisions/md5/x", "repositories/app/_layers/sha256/x",
            "repositories/app/_uploads/x",
            "\(StorageTree.blobPath(world.layer)).0123.tmp",
        ]
        for path in strange { try world.tree.write("x", to: path) }
        let bad = Array((world.tree.at("repositories").path + "/").utf8) + [0xff, 0xfe, 0]
        #expect(
            bad.withUnsafeBufferPointer { $0.withMemoryRebound(to: CChar.self) { mkdir($0.baseAddress!, 0o755) } } == 0)
        let sight = try await world.tree.check()
        let expected = [
            "notes.txt", "blobs/readme", "blobs/sha256/zz/short",
            "blobs/sha256/00/\(String(repeating: "1", count: 64))",
            "repositories/readme", "repositories/app/_other", "repositories/app/_manifests/x",
            "repositories/app/_manifests/tags/-bad", "repositories/app/_manifests/tags/1/x",
            "repositories/app/_manifests/revisions/md5", "repositories/app/_layers/sha256/x",
            "repositories/app/_uploads/x",
            "\(StorageTree.blobPath(world.layer)).0123.tmp", "repositories/\u{FFFD}\u{FFFD}",
        ]
        #expect(sight.found == expected.map { "unknown_file \($0)" }.sorted())
        #expect(sight.tags == ["app:1"])
    }

    @Test func `a repository that no registry would serve makes nobody's blobs orphans`() async throws {
        let world = try world()
        try FileManager.default.moveItem(at: world.tree.at("repositories/app"), to: world.tree.at("repositories/App"))
        let sight = try await world.tree.check(isComplete: false)
        #expect(sight.found == ["unknown_file repositories/App"] && sight.seen.items.isEmpty)
        #expect(sight.orphans.isEmpty && sight.status(Aspect.repositories).outcome == .failed)
    }
}

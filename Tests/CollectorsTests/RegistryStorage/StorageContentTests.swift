import Foundation
import ImageModel
import Observations
import TestSupport
import Testing

@testable import Collectors

/// What a storage in distribution's layout holds, seen whole.
@Suite struct StorageContentTests {
    private let monday = Date(timeIntervalSince1970: 1_700_000_000)
    private let tuesday = Date(timeIntervalSince1970: 1_700_086_400)

    private struct World {
        var tree: StorageTree
        var builder = ImageBuilder()
        var old: ImageBuilder.Image
        var new: ImageBuilder.Image
        var arm: ImageBuilder.Image
        var index: Descriptor
        var attestation: Descriptor
        var chart: Descriptor
    }

    private func world() throws -> World {
        let tree = try StorageTree()
        var builder = ImageBuilder()
        let base = try builder.layer(named: "base", bytes: 5_000, instruction: "ADD rootfs /")
        let old = try builder.image([base, builder.layer(["a": "1"])])
        let new = try builder.image([base, builder.layer(["a": "2"], compression: .none)], labels: ["team": "a"])
        let arm = try builder.image(
            [builder.layer(["a": "arm"])], platform: Platform(os: "linux", architecture: "arm64"))
        let attestation = try builder.attestation(for: arm)
        let index = try builder.index([new.descriptor, arm.descriptor, attestation])
        let chart = try builder.referrer("chart", subject: new.descriptor)
        try tree.addBlobs(of: builder)
        try tree.push(old, to: "team/app", tag: "1", at: monday)
        try tree.push(new, to: "team/app", tag: "1", at: tuesday)
        try tree.push(arm, to: "team/app")
        try tree.addRevision(attestation.digest, to: "team/app")
        try tree.addRevision(index.digest, to: "team/app")
        try tree.addTag("multi", of: "team/app", to: index.digest)
        try tree.addRevision(chart.digest, to: "team/app")
        try tree.addTag("sha256-\(new.digest.hex).sbom", of: "team/app", to: chart.digest)
        try tree.push(old, to: "team/app/nested", tag: "x")
        return World(
            tree: tree, builder: builder, old: old, new: new, arm: arm, index: index, attestation: attestation,
            chart: chart)
    }

    @Test func `a storage keeps to the rules of all collectors, and everything in it is seen`() async throws {
        let world = try world()
        let sight = try await world.tree.check()
        #expect(sight.result.source.kind == .registry && sight.result.source.product == "distribution storage")
        #expect(sight.result.scope == .everything && sight.findings.isEmpty, "\(sight.findings)")
        #expect(sight.seen.repositories.map(\.name).sorted() == ["team/app", "team/app/nested"])
        #expect(
            sight.tags == [
                "team/app/nested:x", "team/app:1", "team/app:multi", "team/app:sha256-\(world.new.digest.hex).sbom",
            ])
        #expect(sight.seen.references.count { $0.kind == .referrerTag } == 1)
        let held = sight.seen.holdings.filter { $0.repository == "team/app" }.map(\.item)
        #expect(
            Set(held) == [
                world.old.digest, world.new.digest, world.arm.digest, world.index.digest, world.attestation.digest,
                world.chart.digest,
            ])
        #expect(sight.seen.item(world.attestation.digest)?.subject == world.arm.digest)
        #expect(sight.seen.item(world.attestation.digest)?.kind == .attestation)
        #expect(sight.seen.item(world.chart.digest)?.subject == world.new.digest)
        #expect(sight.orphans.isEmpty && sight.damaged.isEmpty && sight.uploads.isEmpty)
        let onDisk = world.builder.blobs.values.reduce(0) { $0 + Int64($1.count) }
        #expect(sight.seen.storedBytes == onDisk && sight.reportedBytes == onDisk)
        #expect(sight.seen.reportedFigures.first?.note == "")
        #expect(sight.status(Aspect.blobs).seen == world.builder.blobs.count)
        #expect(sight.status("manifests").seen == 6 && sight.status("tags").seen == 4)
    }

    @Test func `pushes and earlier targets of tags have the times of their links`() async throws {
        let world = try world()
        let sight = try await world.tree.collect()
        let pushes = sight.activities.filter { $0.repository == "team/app" }
        func pushed(_ digest: Digest, _ tag: String) -> Date? {
            pushes.first { $0.digest == digest && $0.tag == tag }?.pushedAt
        }
        #expect(pushed(world.old.digest, "") == monday && pushed(world.new.digest, "") == tuesday)
        #expect(pushed(world.new.digest, "1") == tuesday && pushed(world.old.digest, "1") == nil)
        #expect(pushes.allSatisfy { $0.pulledAt == nil && !$0.recordsPulls })
        let targets = sight.targets.filter { $0.repository == "team/app" && $0.tag == "1" }
        #expect(Set(targets.map(\.digest)) == [world.old.digest, world.new.digest] && targets.count == 2)
        #expect(targets.first { $0.digest == world.old.digest }?.linkedAt == monday)
    }

    @Test(arguments: ["root", "root/docker", "root/docker/registry", "root/docker/registry/v2"])
    func `any folder on the way to the storage may be given`(path: String) async throws {
        let world = try world()
        let whole = try await world.tree.collect()
        let sight = try await StorageSight(world.tree.folder(path))
        #expect(Set(sight.seen.items.map(\.digest)) == Set(whole.seen.items.map(\.digest)))
        #expect(sight.result.source.location == world.tree.folder(path).path)
    }

    @Test func `a folder that is no storage is refused with what to do`() async throws {
        let folder = try ScratchFolder("storage")
        try folder.write(Data("x".utf8), to: "some/file")
        let none = await #expect(throws: RegistryStorageError.self) { _ = try await StorageSight(folder.url) }
        #expect(none?.kind == .notAStorage && none?.description.contains("rootdirectory") == true)
        let away = await #expect(throws: RegistryStorageError.self) { _ = try await StorageSight(folder("away")) }
        #expect(away?.kind == .unreadable)
    }

    @Test func `an empty storage is complete and holds nothing`() async throws {
        let sight = try await StorageTree().collect()
        #expect(sight.result.isComplete && sight.seen.items.isEmpty && sight.reportedBytes == 0)
    }

    @Test func `blobs that nothing lists, and uploads left behind, are told with their bytes and times`() async throws {
        let world = try world()
        let lost = Digest.of(Data("lost".utf8))
        try world.tree.write("lost", to: StorageTree.blobPath(lost), at: monday)
        let path = "repositories/other/_uploads/3f0c"
        try world.tree.write("half a layer", to: "\(path)/data")
        try world.tree.write("2026-01-02T03:04:05Z", to: "\(path)/startedat")
        try world.tree.write("state", to: "\(path)/hashstates/sha256/0")
        try world.tree.makeFolder("repositories/other/_uploads/empty")
        let sight = try await world.tree.check()
        #expect(sight.orphans == [OrphanBlobObservation(digest: lost, bytes: 4, modifiedAt: monday)])
        #expect(
            sight.uploads.sorted { $0.id < $1.id } == [
                UploadObservation(
                    repository: "other", id: "3f0c", bytes: 12, startedAt: Timestamp.parse("2026-01-02T03:04:05Z")),
                UploadObservation(repository: "other", id: "empty", bytes: 0),
            ])
        #expect(sight.seen.repositories.allSatisfy { $0.name != "other" }, "nothing was pushed there yet")
        #expect(sight.findings.isEmpty)
    }

    @Test func `a manifest that was deleted leaves its blob an orphan, and its empty folder is nothing`() async throws {
        let world = try world()
        let link = "repositories/team/app/_manifests/revisions/" + StorageTree.linkPath(world.chart.digest)
        try world.tree.remove(link)
        try world.tree.remove("repositories/team/app/_manifests/tags/sha256-\(world.new.digest.hex).sbom")
        let sight = try await world.tree.check()
        #expect(sight.seen.item(world.chart.digest) == nil && sight.findings.isEmpty)
        let expected = Set(world.builder.blobs.keys).subtracting(sight.seen.distinctObjects.map(\.key))
        #expect(Set(sight.orphans.map(\.digest)) == expected && expected.contains(world.chart.digest))
        let total = world.builder.blobs.values.reduce(0) { $0 + Int64($1.count) }
        #expect(sight.seen.storedBytes + sight.orphans.reduce(0) { $0 + $1.bytes } == total)
    }

    @Test func `schema 1 sizes are those on disk, and foreign layers are neither stored nor damaged`() async throws {
        let tree = try StorageTree()
        var builder = ImageBuilder()
        let layer = try builder.layer(["a": "1"])
        let schema1 = Data(
            #"""
            {"schemaVersion":1,"name":"old","tag":"1","architecture":"amd64","fsLayers":[{"blobSum":"\#(layer.descriptor.digest)"}],"history":[{"v1Compatibility":"{\"created\":\"2015-01-02T03:04:05Z\",\"container_config\":{\"Cmd\":[\"sh\"]}}"}]}
            """#.utf8)
        let old = builder.add(schema1)
        let foreign = Descriptor(
            mediaType: MediaType("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"),
            digest: Digest.of(Data("windows".utf8)), size: 1_000_000, urls: ["https://example.org/layer"])
        let configuration = Data(
            #"{"architecture":"amd64","os":"windows","rootfs":{"type":"layers","diff_ids":[]}}"#.utf8)
        let windows = try builder.add(
            Manifest(
                mediaType: .dockerManifest,
                config: Descriptor(
                    mediaType: .dockerConfiguration, digest: builder.add(configuration),
                    size: Int64(configuration.count)), layers: [foreign]))
        try tree.addBlobs(of: builder)
        for digest in [old, windows.digest] { try tree.addRevision(digest, to: "app") }
        let sight = try await tree.check()
        let item = try #require(sight.seen.item(old))
        #expect(item.kind == .image && item.objects.map(\.bytes) == [Int64(schema1.count), layer.descriptor.size])
        #expect(sight.seen.item(windows.digest)?.objects.last?.kind == .foreignLayer)
        #expect(sight.damaged.isEmpty && sight.findings.isEmpty)
        #expect(sight.reportedBytes == sight.seen.storedBytes)
    }

    @Test func `a digest of sha512 is as good`() async throws {
        let tree = try StorageTree()
        var builder = ImageBuilder()
        builder.algorithm = .sha512
        let image = try builder.image([builder.layer(["a": "1"])])
        builder.add(Data("lost".utf8))
        try tree.addBlobs(of: builder)
        try tree.push(image, to: "app", tag: "1")
        let sight = try await tree.check()
        #expect(sight.seen.item(image.digest)?.objects.count == 3 && sight.tags == ["app:1"])
        #expect(sight.orphans.map(\.bytes) == [4])
    }
}

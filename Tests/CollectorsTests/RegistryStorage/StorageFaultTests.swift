import Foundation
import ImageModel
import Observations
import Synchronization
import TestSupport
import Testing

@testable import Collectors

/// A storage that moves under the reader, or cannot be read in places: what was not seen is said, never guessed.
@Suite struct StorageFaultTests {
    private struct World {
        var tree: StorageTree
        var builder: ImageBuilder
        var image: ImageBuilder.Image
        var other: ImageBuilder.Image
        let tag = "repositories/app/_manifests/tags/1/current/link"
        var revisions: String { "repositories/app/_manifests/revisions/sha256" }
    }

    private func world() throws -> World {
        let tree = try StorageTree()
        var builder = ImageBuilder()
        let image = try builder.image([builder.layer(named: "layer", bytes: 3_000)])
        let other = try builder.image([builder.layer(["b": "2"])])
        try tree.addBlobs(of: builder)
        try tree.push(image, to: "app", tag: "1")
        try tree.push(other, to: "web", tag: "1")
        return World(tree: tree, builder: builder, image: image, other: other)
    }

    /// Runs something once, after a folder was listed.
    private func after(_ path: String, _ body: @escaping @Sendable () throws -> Void) -> @Sendable (String) -> Void {
        let once = Once()
        return { listed in
            guard listed == path, once.take() else { return }
            do { try body() } catch { Issue.record("\(error)") }
        }
    }

    private final class Once: Sendable {
        private let value = Mutex(false)
        func take() -> Bool {
            value.withLock { isDone in
                defer { isDone = true }
                return !isDone
            }
        }
    }

    private func expectMoved(_ sight: StorageSight, _ paths: [String], _ aspect: String) {
        #expect(sight.found == paths.map { "moved \($0)" }.sorted())
        #expect(sight.isComplete("app") == false && sight.isComplete("web") == true)
        #expect(!sight.result.isComplete && sight.status(aspect).outcome != .complete)
        #expect(sight.status(aspect).hint.contains("collect again"))
    }

    @Test func `a tag that goes between listing and reading is moved`() async throws {
        let world = try world()
        let tree = world.tree
        let sight = try await tree.collect(
            onListed: after("repositories/app/_manifests/tags") {
                try tree.remove("repositories/app/_manifests/tags/1")
            })
        expectMoved(sight, ["repositories/app/_manifests/tags/1"], "tags")
        #expect(sight.seen.item(world.image.digest) != nil)
    }

    @Test func `a revision that goes between listing and reading is moved, and its blobs are not called orphans`()
        async throws
    {
        let world = try world()
        let (tree, digest, revisions) = (world.tree, world.image.digest, world.revisions)
        let sight = try await tree.collect(
            onListed: after(revisions) {
                try tree.remove("\(revisions)/\(digest.hex)")
                try tree.remove("repositories/app/_manifests/tags/1")
            })
        expectMoved(sight, ["\(revisions)/\(digest.hex)/link", world.tag], "manifests")
        #expect(sight.orphans.isEmpty && sight.status(Aspect.blobs).outcome == .incomplete)
    }

    @Test func `a repository that goes after it was found is moved`() async throws {
        let world = try world()
        let tree = world.tree
        // The last folder that is listed before repositories are read.
        let sight = try await tree.collect(
            onListed: after("repositories/web") { try tree.remove("repositories/app") })
        expectMoved(sight, ["repositories/app"], Aspect.repositories)
    }

    @Test func `a manifest's blob that goes after it was listed is moved`() async throws {
        let world = try world()
        let (tree, digest) = (world.tree, world.image.digest)
        let sight = try await tree.collect(
            onListed: after("repositories/app/_layers") { try tree.remove(StorageTree.blobPath(digest)) })
        expectMoved(sight, [StorageTree.blobPath(digest)], "manifests")
    }

    @Test func `a push during the scan neither damages nor orphans anything`() async throws {
        let world = try world()
        let tree = world.tree
        var builder = world.builder
        let late = try builder.image([builder.layer(["late": "1"])])
        let (added, tomorrow) = (builder.blobs, Date(timeIntervalSinceNow: 3_600))
        // Blobs were listed, repositories were not: all of the push is seen, its blobs by looking again.
        let sight = try await tree.collect(
            onListed: after("repositories") {
                for (digest, content) in added {
                    try tree.write(content, to: StorageTree.blobPath(digest), at: tomorrow)
                }
                try tree.push(late, to: "app", tag: "late", at: tomorrow)
            })
        #expect(sight.result.isComplete && sight.findings.isEmpty && sight.damaged.isEmpty && sight.orphans.isEmpty)
        #expect(sight.tags == ["app:1", "app:late", "web:1"])
        #expect(sight.seen.storedBytes == added.values.reduce(0) { $0 + Int64($1.count) })
        #expect(sight.reportedBytes == sight.seen.storedBytes)
    }

    @Test func `blobs that are younger than the scan are counted, not called orphans`() async throws {
        let world = try world()
        let tree = world.tree
        let (young, old) = (Digest.of(Data("young".utf8)), Digest.of(Data("old!".utf8)))
        try tree.write("old!", to: StorageTree.blobPath(old))
        try tree.write("young", to: StorageTree.blobPath(young), at: Date(timeIntervalSinceNow: 3_600))
        let sight = try await tree.collect()
        #expect(sight.orphans.map(\.digest) == [old] && sight.result.isComplete)
        #expect(sight.status(Aspect.blobs).detail.contains("1 blobs of 5 bytes"))
    }

    @Test func `an orphan that is collected meanwhile is moved, and so is an upload that ends`() async throws {
        let world = try world()
        let tree = world.tree
        let lost = Digest.of(Data("lost".utf8))
        try tree.write("lost", to: StorageTree.blobPath(lost))
        try tree.write("x", to: "repositories/app/_uploads/1/data")
        let sight = try await tree.collect(
            onListed: after("repositories/app/_uploads") {
                try tree.remove(StorageTree.blobPath(lost))
                try tree.remove("repositories/app/_uploads/1")
            })
        #expect(
            sight.found == ["moved \(StorageTree.blobPath(lost))", "moved repositories/app/_uploads/1"].sorted())
        #expect(sight.orphans.isEmpty && sight.uploads.isEmpty && sight.result.isComplete)
    }

    @Test func `a link that is just being written is moved, not rubbish`() async throws {
        let world = try world()
        try world.tree.write("", to: world.tag, at: Date(timeIntervalSinceNow: 3_600))
        let sight = try await world.tree.collect()
        expectMoved(sight, [world.tag], "tags")
    }

    /// What is done to the tree, where that shows, and in which aspect.
    static let unreadable: [(name: String, path: String, aspect: String)] = [
        ("file", "repositories/app/_manifests/revisions", "manifests"),
        ("dangling", "repositories/app/_manifests/tags", "tags"),
        ("loop", "repositories/app/_manifests/tags", "tags"),
        ("folder", "repositories/app/_manifests/tags/1/current/link", "tags"),
        ("dangling", "repositories/app/_manifests/tags/1/current/link", "tags"),
        ("pipe", "repositories/app/_manifests/tags/1/current/link", "tags"),
        ("loop", "repositories/app/_layers", "layer links"),
        ("file", "repositories/app/_uploads", Aspect.uploads),
    ]

    @Test(arguments: unreadable.indices)
    func `what cannot be read makes its aspect and its repository incomplete`(number: Int) async throws {
        let (name, path, aspect) = Self.unreadable[number]
        let world = try world()
        let place = world.tree.at(path).path
        if FileManager.default.fileExists(atPath: place) { try world.tree.remove(path) }
        switch name {
        case "file": try world.tree.write("x", to: path)
        case "folder": try world.tree.makeFolder(path)
        case "dangling": try FileManager.default.createSymbolicLink(atPath: place, withDestinationPath: "nowhere")
        case "loop": try FileManager.default.createSymbolicLink(atPath: place, withDestinationPath: place)
        default: try #require(mkfifo(place, 0o644) == 0)
        }
        let sight = try await world.tree.check(isComplete: false)
        #expect(sight.found == ["unreadable \(path)"])
        #expect(sight.isComplete("app") == false && sight.isComplete("web") == true)
        #expect(sight.status(aspect).outcome != .complete && sight.status(aspect).detail.contains(path))
        #expect(sight.seen.item(world.other.digest) != nil)
    }

    @Test func `blobs that cannot be listed leave everything else to be seen`() async throws {
        let world = try world()
        let layer = world.image.layers[0].descriptor.digest
        let path = "blobs/sha256/\(layer.hex.prefix(2))"
        try world.tree.remove(path)
        try FileManager.default.createSymbolicLink(atPath: world.tree.at(path).path, withDestinationPath: "nowhere")
        let sight = try await world.tree.check(isComplete: false)
        #expect(sight.status(Aspect.blobs).outcome == .incomplete)
        #expect(sight.found.contains("unreadable \(path)"))
        #expect(sight.tags.contains("web:1"))
    }

    @Test func `a folder that leads back to itself ends`() async throws {
        let world = try world()
        try FileManager.default.createSymbolicLink(
            atPath: world.tree.at("repositories/app/again").path, withDestinationPath: "..")
        let sight = try await world.tree.check(isComplete: false)
        #expect(sight.found == ["unreadable repositories/app/again"])
        #expect(sight.tags == ["app:1", "web:1"])
    }

    @Test func `nothing is written`() async throws {
        let world = try world()
        func state() throws -> [String] {
            let files = FileManager.default.enumerator(at: world.tree.root, includingPropertiesForKeys: nil)
            return try (files?.allObjects as? [URL] ?? []).map { url in
                let attributes = try FileManager.default.attributesOfItem(atPath: url.path)
                return "\(url.path) \(attributes[.modificationDate] ?? "") \(attributes[.size] ?? "")"
            }.sorted()
        }
        let before = try state()
        _ = try await world.tree.collect()
        #expect(try state() == before && before.count > 20)
    }
}

import Foundation
import ImageModel
import Observations
import TestSupport
import Testing

@testable import Collectors

private let canMakeTrees =
    SharedData.at("tools/make-registry-tree") != nil && FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")

/// The storage of real layer graphs with their whole history: every figure equals what was counted when it was made.
///
/// `LAYERSCOPE_HISTORY_TREE` names a tree that was made before (with its `.truth.json` beside it), for the whole of a
/// set; without it, some repositories of one are made here.
@Suite(.enabled(if: canMakeTrees, "needs python3 and the shared tables"))
struct StorageTruthTests {
    private struct Truth: Decodable {
        struct Repository: Decodable {
            var tags: Int
            var stored_bytes: Int64
            var exclusive_bytes: Int64
        }
        var repositories: Int
        var tags: Int
        var images: Int
        var indexes: Int
        var objects: Int
        var stored_bytes: Int64
        var untagged_exclusive_bytes: Int64
        var apparent_bytes_of_images: Int64
        var per_repository: [String: Repository]
    }

    private func makeTree(at root: URL) throws {
        let tool = try #require(SharedData.at("tools/make-registry-tree"))
        let tables = try #require(SharedData.at("data"))
        try run(
            "python3",
            [
                tool.path, "--tables", tables.path, "--set", "repo-info", "--out", root.path, "--repositories", "12",
                "--history",
            ])
    }

    /// Bytes that no tag leads to, in a second way: all that is held, without what tags reach.
    private func untaggedBytes(_ seen: RecordingSink) -> Int64 {
        let items = Dictionary(seen.items.map { ($0.digest, $0) }) { $1 }
        var waiting = seen.references.map(\.item)
        var reached: Set<Digest> = []
        var objects: Set<Digest> = []
        while let digest = waiting.popLast() {
            guard reached.insert(digest).inserted, let item = items[digest] else { continue }
            objects.formUnion(item.objects.filter { $0.kind != .foreignLayer }.map(\.key))
            waiting += item.children.map(\.digest)
        }
        return seen.distinctObjects.filter { $0.kind != .foreignLayer && !objects.contains($0.key) }
            .reduce(0) { $0 + ($1.bytes ?? 0) }
    }

    @Test func `figures of a storage with history equal the truth to the byte`() async throws {
        let folder = try ScratchFolder("truth")
        let given = ProcessInfo.processInfo.environment["LAYERSCOPE_HISTORY_TREE"]
        let root = given.map { URL(fileURLWithPath: $0) } ?? folder("tree")
        if given == nil { try makeTree(at: root) }
        let truth = try JSONDecoder().decode(
            Truth.self, from: Data(contentsOf: URL(fileURLWithPath: root.path + ".truth.json")))
        let clock = ContinuousClock()
        let start = clock.now
        let sight = try await StorageSight(root)
        if given != nil { print("collected in \(clock.now - start): \(sight.result.aspects)") }
        #expect(sight.result.isComplete, "\(sight.result.aspects)")
        // Some manifests, as published, say that a layer has 0 bytes; others tell its size.
        #expect(sight.findings.allSatisfy { $0.kind == .wrongSize }, "\(sight.findings.prefix(3))")
        let (seen, force) = (sight.seen, BruteForce(sight.seen))
        #expect(seen.repositories.count == truth.repositories && seen.references.count == truth.tags)
        #expect(force.images == truth.images && force.indexes == truth.indexes)
        #expect(force.objectCount == truth.objects && sight.status(Aspect.blobs).seen == truth.objects)
        #expect(force.storedBytes == truth.stored_bytes && sight.reportedBytes == truth.stored_bytes)
        #expect(force.apparentBytesOfImages == truth.apparent_bytes_of_images)
        #expect(untaggedBytes(seen) == truth.untagged_exclusive_bytes)
        #expect(sight.orphans.isEmpty && sight.damaged.isEmpty)
        for (name, expected) in truth.per_repository {
            #expect(seen.references.count { $0.repository == name } == expected.tags, "tags of \(name)")
            #expect(force.storedBytes(of: name) == expected.stored_bytes, "stored bytes of \(name)")
            #expect(force.exclusiveBytes(of: name) == expected.exclusive_bytes, "exclusive bytes of \(name)")
        }
    }
}

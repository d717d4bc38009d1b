import Collectors
import Foundation
import ImageModel
import Observations
import TestSupport
import Testing

/// Whether the trees can be made and served here.
private let canServeTrees =
    DistributionRegistry.isInstalled && SharedData.at("tools/make-registry-tree") != nil
    && FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")

/// A real registry that serves real layer graphs: every figure equals what was counted when the tree was made.
@Suite(.serialized, .enabled(if: canServeTrees, "needs docker-registry, python3 and the shared tables"))
struct RegistryTreeTests {
    struct Truth: Decodable {
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
        var apparent_bytes_of_images: Int64
        var per_repository: [String: Repository]
    }

    /// Lays a tree out and returns what it holds.
    static func makeTree(set: String, repositories: Int, at root: URL) throws -> Truth {
        let tool = try #require(SharedData.at("tools/make-registry-tree"))
        let tables = try #require(SharedData.at("data"))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = [
            tool.path, "--tables", tables.path, "--set", set, "--out", root.path, "--repositories", "\(repositories)",
        ]
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return try JSONDecoder().decode(
            Truth.self, from: Data(contentsOf: URL(fileURLWithPath: root.path + ".truth.json")))
    }

    @Test(arguments: [("repo-info", 5), ("dotnet", 2)])
    func `figures of a real registry equal the truth to the byte`(set: String, repositories: Int) async throws {
        let folder = try ScratchFolder("tree")
        let truth = try Self.makeTree(set: set, repositories: repositories, at: folder("tree"))
        let registry = try await DistributionRegistry.start(.init(root: folder("tree")))
        defer { registry.stop() }
        let documents = MemoryDocumentStore()
        let sink = RecordingSink()
        let collector = try registryCollector(registry.host)
        let result = try await collector.collect(.test(sink, documents: documents))
        #expect(result.isComplete, "\(result.aspects)")
        let force = BruteForce(sink)
        #expect(sink.repositories.count == truth.repositories)
        #expect(sink.references.count == truth.tags)
        #expect(force.images == truth.images)
        #expect(force.indexes == truth.indexes)
        #expect(force.objectCount == truth.objects)
        #expect(force.storedBytes == truth.stored_bytes)
        #expect(force.apparentBytesOfImages == truth.apparent_bytes_of_images)
        for (name, expected) in truth.per_repository {
            #expect(sink.references.count { $0.repository == name } == expected.tags, "tags of \(name)")
            #expect(force.storedBytes(of: name) == expected.stored_bytes, "stored bytes of \(name)")
            #expect(force.exclusiveBytes(of: name) == expected.exclusive_bytes, "exclusive bytes of \(name)")
        }

        let again = RecordingSink()
        let second = try registryCollector(registry.host)
        let lookedUp = documents.kept.count
        #expect(try await second.collect(.test(again, documents: documents)) == result)
        #expect(documents.kept.count == lookedUp, "nothing is fetched twice")
        let tagsAndChildren = truth.tags + force.images
        // The root, the catalog, a list of tags and of referrers for each repository, and HEADs.
        #expect(second.statistics.requests <= 2 + 2 * truth.repositories + tagsAndChildren)
        #expect(Set(again.items.map(\.digest)) == Set(sink.items.map(\.digest)))
    }
}

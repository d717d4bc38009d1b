import Analysis
import Collectors
import Database
import Figures
import Foundation
import Observations
import TestSupport
import Testing

/// Real registries that serve the layer graphs of real images, collected into a real database: the figures that people
/// read equal those that the trees' maker counted, to the byte.
@Suite(
    .serialized,
    .enabled(
        if: hasPostgres && DistributionRegistry.isInstalled && SharedData.at("tools/make-registry-tree") != nil
            && FileManager.default.isExecutableFile(atPath: "/usr/bin/python3"),
        "needs PostgreSQL, docker-registry, python3 and the shared tables"))
struct RegistryTruthTests {
    struct Truth: Decodable {
        struct Repository: Decodable, Equatable {
            var tags: Int64
            var storedBytes: Int64
            var exclusiveBytes: Int64

            enum CodingKeys: String, CodingKey {
                case tags
                case storedBytes = "stored_bytes"
                case exclusiveBytes = "exclusive_bytes"
            }
        }

        var repositories: Int64
        var tags: Int64
        var images: Int64
        var indexes: Int64
        var objects: Int64
        var storedBytes: Int64
        var apparentBytesOfImages: Int64
        var objectsByReferenceCount: [String: Int64]
        var perRepository: [String: Repository]
        /// What only untagged manifests hold; none in trees without history.
        var untaggedExclusiveBytes: Int64

        enum CodingKeys: String, CodingKey {
            case repositories, tags, images, indexes, objects
            case storedBytes = "stored_bytes"
            case apparentBytesOfImages = "apparent_bytes_of_images"
            case objectsByReferenceCount = "objects_by_reference_count"
            case perRepository = "per_repository"
            case untaggedExclusiveBytes = "untagged_exclusive_bytes"
        }
    }

    @Test(arguments: [
        ("repo-info", "2017-06-01T00:00:00Z"), ("repo-info", "2018-01-29T00:00:00Z"),
        ("dotnet", "2025-12-01T00:00:00Z"), ("dotnet", "2026-08-22T00:00:00Z"),
    ])
    func `every figure of a real registry equals the truth`(set: String, at date: String) async throws {
        let folder = try ScratchFolder("truth")
        let truth = try makeTree(set: set, at: date, root: folder("tree"))
        let registry = try await DistributionRegistry.start(.init(root: folder("tree")))
        defer { registry.stop() }
        try await withScratchDatabase { url in
            let database = try await LayerscopeDatabase.open(url)
            try await collect(registry.host, into: database)
            try await compare(database, with: truth)
            // Again with nothing changed: the same figures, and no document asked for twice.
            let requests = try await collect(registry.host, into: database)
            #expect(requests <= 2 * Int(truth.tags + truth.images + truth.indexes) + 4 * Int(truth.repositories) + 10)
            try await compare(database, with: truth)
            await database.close()
        }
    }

    private func makeTree(set: String, at date: String, root: URL) throws -> Truth {
        let tool = try #require(SharedData.at("tools/make-registry-tree"))
        let tables = try #require(SharedData.at("data"))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = [
            tool.path, "--tables", tables.path, "--set", set, "--out", root.path, "--at", date,
        ]
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return try JSONDecoder().decode(
            Truth.self, from: Data(contentsOf: URL(fileURLWithPath: root.path + ".truth.json")))
    }

    /// Collects the registry; returns how many requests that took.
    @discardableResult
    private func collect(_ host: String, into database: LayerscopeDatabase) async throws -> Int {
        var options = RegistryOptions(registry: host)
        options.name = "hub"
        let collector = try RegistryCollector(options)
        let source = SourceDescription(name: "hub", kind: .registry, location: host, bytesAre: .stored)
        let writer = try await database.begin(source, startedAt: Date())
        let result = try await collector.collect(
            CollectionContext(sink: writer, documents: database.documentStore(for: "hub")))
        #expect(result.isComplete, "\(result.aspects)")
        let update = try await writer.apply(result, figures: figureUpdate)
        #expect(update.checks.allSatisfy { $0.outcome == .holds }, "\(update.checks)")
        return collector.statistics.requests
    }

    private func compare(_ database: LayerscopeDatabase, with truth: Truth) async throws {
        let source = try await database.table("usage_by_source")
        #expect(source.value(0, "stored_bytes") == .integer(truth.storedBytes))
        #expect(source.value(0, "images") == .integer(truth.images))
        #expect(source.value(0, "items") == .integer(truth.images + truth.indexes))
        #expect(source.value(0, "fair_share_bytes") == .integer(truth.storedBytes))

        let items = try await database.table("items")
        let apparent = items.rows.indices.filter { items.value($0, "kind") == .text("image") }
            .reduce(Int64(0)) { $0 + (items.value($1, "apparent_bytes").integer ?? -1) }
        #expect(apparent == truth.apparentBytesOfImages)

        let counts = try await database.table("reference_counts")
        for (count, objects) in truth.objectsByReferenceCount {
            let found = counts.rows.indices.first { counts.value($0, "reference_count").integer == Int64(count) }
            #expect(found.flatMap { counts.value($0, "objects").integer } ?? 0 == objects, "\(count) images")
        }
        let all = counts.rows.indices.reduce(Int64(0)) { $0 + (counts.value($1, "objects").integer ?? 0) }
        #expect(all == truth.objects)

        let repositories = try await database.table("repositories")
        let usage = try await database.table("usage_by_repository")
        var fairShares: Int64 = 0
        var found: [String: Truth.Repository] = [:]
        for row in repositories.rows.indices {
            found[repositories.value(row, "repository").text ?? ""] = Truth.Repository(
                tags: repositories.value(row, "tags").integer ?? -1,
                storedBytes: repositories.value(row, "stored_bytes").integer ?? -1,
                exclusiveBytes: repositories.value(row, "exclusive_bytes").integer ?? -1)
        }
        for row in usage.rows.indices { fairShares += usage.value(row, "fair_share_bytes").integer ?? -1 }
        #expect(found == truth.perRepository)
        #expect(fairShares == truth.storedBytes)
    }
}

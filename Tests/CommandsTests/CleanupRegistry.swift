import Analysis
import Collectors
import Database
import Figures
import Foundation
import ImageModel
import Observations
import TestSupport
import Testing

/// A real registry on a tree of real layers with all its history, that plans are made for and carried out on, and the
/// database that its storage is collected into.
struct CleanupRegistry {
    typealias Picture = (graph: LayerGraph, facts: CleanupFacts)

    let database: LayerscopeDatabase
    let registry: DistributionRegistry

    static let isPossible =
        hasPostgres && DistributionRegistry.isInstalled && SharedData.at("tools/make-registry-tree") != nil
        && FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")

    /// What the tree's maker counted.
    struct Truth: Decodable {
        var images: Int
        var objects: Int
        var storedBytes: Int64
        var untaggedExclusiveBytes: Int64

        enum CodingKeys: String, CodingKey {
            case images, objects
            case storedBytes = "stored_bytes"
            case untaggedExclusiveBytes = "untagged_exclusive_bytes"
        }
    }

    static func makeTree(_ set: String, at date: String, repositories: Int, root: URL) async throws -> Truth {
        let tool = try #require(SharedData.at("tools/make-registry-tree"))
        let tables = try #require(SharedData.at("data"))
        try await Program.run(
            "/usr/bin/python3",
            [
                tool.path, "--tables", tables.path, "--set", set, "--out", root.path, "--at", date, "--history",
                "--repositories", String(repositories),
            ])
        return try JSONDecoder().decode(
            Truth.self, from: Data(contentsOf: URL(fileURLWithPath: root.path + ".truth.json")))
    }

    /// Runs a body with a registry on a tree.
    static func with(
        _ set: String, at date: String, repositories: Int, _ body: (CleanupRegistry, Truth) async throws -> Void
    ) async throws {
        let folder = try ScratchFolder("cleanup")
        let truth = try await makeTree(set, at: date, repositories: repositories, root: folder("tree"))
        let registry = try await DistributionRegistry.start(.init(root: folder("tree")))
        defer { registry.stop() }
        try await withScratchDatabase { url in
            let database = try await LayerscopeDatabase.open(url)
            do {
                try await body(CleanupRegistry(database: database, registry: registry), truth)
            } catch {
                await database.close()
                throw error
            }
            await database.close()
        }
    }

    /// Collects the storage and reads what a plan needs.
    func collect() async throws -> Picture {
        let collector = RegistryStorageCollector(path: registry.root.path, name: "hub")
        let source = SourceDescription(name: "hub", kind: .registry, location: "", bytesAre: .stored)
        let writer = try await database.begin(source, startedAt: Date())
        let result = try await collector.collect(
            CollectionContext(sink: writer, documents: database.documentStore(for: "hub")))
        #expect(result.isComplete, "\(result.aspects)")
        let update = try await writer.apply(result, figures: figureUpdate)
        #expect(update.checks.allSatisfy { $0.outcome != .broken }, "\(update.checks)")
        let (graph, _, facts) = try await database.cleanupPicture(source: "hub")
        return (graph, facts)
    }

    /// Every blob's size on disk.
    func blobs() throws -> [Digest: Int64] {
        let folder = registry.root.appending(path: "docker/registry/v2/blobs/sha256")
        var blobs: [Digest: Int64] = [:]
        for start in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            for hex in try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: start).path) {
                let data = folder.appending(path: "\(start)/\(hex)/data")
                // The collector leaves empty folders behind.
                guard let size = try? FileManager.default.attributesOfItem(atPath: data.path)[.size] as? Int64 else {
                    continue
                }
                blobs[try Digest("sha256:\(hex)")] = size
            }
        }
        return blobs
    }

    /// Carries a plan out through the API, runs the registry's own garbage collector, and holds what went against what
    /// was predicted: the bytes, and every blob by its digest.
    func carryOut(_ plan: CleanupPlan, of picture: Picture, _ note: Comment) async throws {
        let before = try blobs()
        let target = try await RegistryDeletionTarget.open(RegistryOptions(registry: registry.host))
        var outcomes: [DeletionOutcome] = []
        do {
            _ = try await target.carryOut(
                plan.deletions.map {
                    DeletionRequest(
                        action: $0.action == .delete ? .delete : .untag,
                        repository: picture.graph.repositoryNames[Int($0.repository)],
                        digest: picture.facts.itemDigests[Int($0.item)], tags: $0.tags)
                }
            ) { outcomes.append($1) }
        } catch {
            await target.close()
            throw error
        }
        await target.close()
        for (deletion, outcome) in zip(plan.deletions, outcomes) {
            // distribution 2 deletes no tag alone.
            if case .refused = outcome {
                #expect(deletion.action == .untag, note)
            } else {
                #expect(outcome == .deleted, note)
            }
        }
        #expect(try registry.garbageCollect(deleteUntagged: plan.collector == .distributionDeleteUntagged) == 0, note)
        let after = try blobs()
        let freed = before.values.reduce(0, +) - after.values.reduce(0, +)
        #expect(freed == plan.freedBytes, note)
        var predicted = Set(plan.freedObjects.map { picture.facts.objectKeys[Int($0)] })
        if plan.freesOrphans { predicted.formUnion(picture.facts.orphans.map(\.digest)) }
        #expect(Set(before.keys).subtracting(after.keys) == predicted, note)
    }

    /// The tags that the plan keeps: each must lead where it led, and everything below must be there: the revision in
    /// that repository, and every blob. Returns those of which something is missing.
    func brokenTags(_ plan: CleanupPlan, of picture: Picture) throws -> Set<String> {
        let gone = Set(plan.deletions.flatMap { deletion in deletion.tags.map { "\(deletion.repository) \($0)" } })
        let untagged = Set(
            plan.deletions.filter { $0.action == .untag }.flatMap { deletion in
                deletion.tags.map { "\(deletion.repository) \($0)" }
            })
        let there = try blobs()
        var broken: Set<String> = []
        for tag in picture.facts.tags where tag.kind == .tag {
            let key = "\(tag.repository) \(tag.name)"
            guard !gone.contains(key) || untagged.contains(key) else { continue }
            let repository = picture.graph.repositoryNames[Int(tag.repository)]
            let folder = registry.root.appending(path: "docker/registry/v2/repositories/\(repository)/_manifests")
            let link = try? String(
                contentsOf: folder.appending(path: "tags/\(tag.name)/current/link"), encoding: .utf8)
            var isWhole = link == picture.facts.itemDigests[Int(tag.item)].description
            var stack = [tag.item]
            while let item = stack.popLast() {
                let digest = picture.facts.itemDigests[Int(item)]
                let revision = folder.appending(path: "revisions/sha256/\(digest.hex)/link")
                if !FileManager.default.fileExists(atPath: revision.path) { isWhole = false }
                for object in picture.graph.objects(of: Int(item))
                where there[picture.facts.objectKeys[Int(object)]] == nil { isWhole = false }
                stack += picture.graph.children(of: Int(item))
            }
            if !isWhole { broken.insert("\(repository):\(tag.name)") }
        }
        return broken
    }

    /// Selects tags, and manifests that no tag reaches, at random.
    func randomSelection(_ picture: Picture, _ random: inout SeededGenerator) -> CleanupSelection {
        var selection = CleanupSelection(picture.graph, picture.facts)
        selection.rules = ["random"]
        let share = Int.random(in: 2...12, using: &random)
        for tag in picture.facts.tags.indices
        where picture.facts.tags[tag].kind == .tag && Int.random(in: 0..<share, using: &random) == 0 {
            selection.ruleOfTag[tag] = 0
        }
        let tagged = Set(picture.facts.tags.map { UInt64($0.repository) << 32 | UInt64($0.item) })
        for holding in 0..<picture.graph.holdingCount where Int.random(in: 0..<share, using: &random) == 0 {
            let (repository, item) = (picture.graph.holdingRepositories[holding], picture.graph.holdingItems[holding])
            if !tagged.contains(UInt64(repository) << 32 | UInt64(item)) { selection.ruleOfHolding[holding] = 0 }
        }
        return selection
    }
}

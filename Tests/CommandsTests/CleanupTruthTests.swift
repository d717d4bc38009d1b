import Analysis
import Database
import Figures
import Foundation
import TestSupport
import Testing

/// Real registries with the layer graphs and the history of real images, cleaned up by one plan after another: each frees
/// what it said, to the byte and by name, and breaks nothing that stays.
///
/// `LAYERSCOPE_THOROUGH=1` in the environment: twenty random plans and all ten of rules on each tree.
@Suite(
    .serialized,
    .enabled(
        if: hasPostgres && DistributionRegistry.isInstalled && RegistryTree.isAvailable && Program.find("curl") != nil,
        "needs PostgreSQL, docker-registry, curl, python3 and the shared tables"))
struct CleanupTruthTests {
    static let isThorough = ProcessInfo.processInfo.environment["LAYERSCOPE_THOROUGH"] == "1"

    /// A set, a date, and of how many repositories; which of the ten rules a quick run takes.
    struct Scene: Sendable, CustomTestStringConvertible {
        var set: String
        var date: String
        var repositories: Int
        var rules: [Int]
        /// Whether tagged indexes have children without a tag of their own (dotnet's have one each).
        var hasUntaggedChildren = false

        var testDescription: String { "\(set) at \(date.prefix(10))" }
    }

    static let scenes = [
        Scene(set: "repo-info", date: "2017-03-01T00:00:00Z", repositories: 3, rules: [0, 3, 7, 9]),
        Scene(set: "repo-info", date: "2017-08-01T00:00:00Z", repositories: 2, rules: [1, 4, 8]),
        Scene(
            set: "repo-info", date: "2018-01-29T00:00:00Z", repositories: 2, rules: [2, 5, 6], hasUntaggedChildren: true
        ),
        Scene(set: "dotnet", date: "2025-05-08T00:00:00Z", repositories: 2, rules: [3, 4, 7]),
        Scene(set: "dotnet", date: "2025-05-20T00:00:00Z", repositories: isThorough ? 2 : 1, rules: [2, 5, 9]),
        Scene(set: "dotnet", date: "2025-06-15T00:00:00Z", repositories: 1, rules: [1, 6, 8, 9]),
    ]

    /// Runs with a collected tree.
    private func withTree(
        _ scene: Scene, _ collector: GarbageCollector,
        _ body: (CleanupTruth, RegistryTruthTests.Truth) async throws -> Void
    ) async throws {
        let folder = try ScratchFolder("cleanup")
        let truth = try await RegistryTree.make(
            set: scene.set, at: scene.date, repositories: scene.repositories, root: folder("tree"))
        let registry = try await DistributionRegistry.start(.init(root: folder("tree")))
        defer { registry.stop() }
        try await withScratchDatabase { url in
            let database = try await LayerscopeDatabase.open(url)
            let cleanup = CleanupTruth(registry: registry, database: database, collector: collector)
            try await cleanup.collect()
            try await body(cleanup, truth)
            await database.close()
        }
    }

    /// One plan after another on the same tree, with a new collection after each.
    private func run(_ scene: Scene, _ cleanup: CleanupTruth, randomPlans: Int, rules: [Int]) async throws {
        let now = try Date(scene.date, strategy: .iso8601)
        var generator = SeededGenerator(seed: scene.date.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) })
        var (plans, freed, deletions, destroyed) = (0, Int64(0), 0, 0)
        func next(_ name: String, _ choose: (CleanupTruth.Picture) throws -> CleanupPlan) async throws {
            let picture = try await cleanup.database.cleanupPicture(source: "hub")
            let plan = try choose(picture)
            freed += try await cleanup.prove(plan, picture, "\(scene.testDescription), \(name)")
            plans += 1
            deletions += plan.deletions.count
            destroyed += plan.destructions.count
            try await cleanup.collect()
        }
        for number in 0..<randomPlans {
            try await next("random plan \(number)") { picture in
                let (selection, pinned) = CleanupTruthSelections.random(picture, 0.04, &generator)
                return cleanup.plan(picture, selection, pinned: pinned)
            }
        }
        for number in rules {
            try await next("rules \(number)") { picture in
                let name = picture.graph.repositoryNames.max() ?? ""
                let rules = CleanupTruthSelections.rules(repository: name)[number]
                return cleanup.plan(picture, try select(picture.graph, picture.facts, rules: rules, now: now))
            }
        }
        #expect(freed > 0 && deletions > 0, "nothing was shown")
        if Self.isThorough {
            let line =
                "\(scene.testDescription), \(cleanup.collector.rawValue): \(plans) plans, \(deletions) deletions, "
                + "\(destroyed) manifests destroyed as foretold, \(freed) bytes freed\n"
            FileHandle.standardError.write(Data(line.utf8))
        }
    }

    @Test(arguments: scenes)
    func `what garbage collection frees is what was planned`(scene: Scene) async throws {
        try await withTree(scene, .distribution) { cleanup, truth in
            try await compare(cleanup, with: truth)
            try await run(
                scene, cleanup, randomPlans: Self.isThorough ? 20 : 2,
                rules: Self.isThorough ? Array(0..<10) : scene.rules)
        }
    }

    @Test(arguments: Self.isThorough ? scenes : [scenes[2], scenes[3]])
    func `what the collector that deletes untagged manifests destroys is foretold`(scene: Scene) async throws {
        try await withTree(scene, .distributionDeleteUntagged) { cleanup, _ in
            let picture = try await cleanup.database.cleanupPicture(source: "hub")
            let plan = cleanup.plan(picture, CleanupSelection(picture.graph, picture.facts))
            #expect(plan.deletions.isEmpty)
            if scene.hasUntaggedChildren { #expect(!plan.destructions.isEmpty, "nothing to destroy") }
            try await run(
                scene, cleanup, randomPlans: Self.isThorough ? 20 : 2,
                rules: Self.isThorough ? [2, 3, 4, 5, 6, 8, 9] : [4])
        }
    }

    /// The storage as the tree's maker counted it.
    private func compare(_ cleanup: CleanupTruth, with truth: RegistryTruthTests.Truth) async throws {
        let database = cleanup.database
        let disk = try RegistryDisk(cleanup.registry.root)
        #expect(disk.bytes == truth.storedBytes && disk.blobs.count == truth.objects)
        let source = try await database.table("usage_by_source")
        #expect(source.value(0, "stored_bytes") == .integer(truth.storedBytes))
        #expect(source.value(0, "images") == .integer(truth.images))
        #expect(source.value(0, "items") == .integer(truth.images + truth.indexes))
        let repositories = try await database.table("repositories")
        var found: [String: RegistryTruthTests.Truth.Repository] = [:]
        for row in repositories.rows.indices {
            found[repositories.value(row, "repository").text ?? ""] = .init(
                tags: repositories.value(row, "tags").integer ?? -1,
                storedBytes: repositories.value(row, "stored_bytes").integer ?? -1,
                exclusiveBytes: repositories.value(row, "exclusive_bytes").integer ?? -1)
        }
        #expect(found == truth.perRepository)

        let picture = try await database.cleanupPicture(source: "hub")
        var rule = CleanupRule(name: "untagged")
        rule.kinds = [.untagged]
        let selection = try select(picture.graph, picture.facts, rules: [rule], now: Date())
        let plan = cleanup.plan(picture, selection)
        #expect(plan.freedBytes == truth.untaggedExclusiveBytes && plan.garbageBytes == 0)
        #expect(plan.heldBytes == truth.storedBytes)
    }
}

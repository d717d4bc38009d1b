import Analysis
import Database
import Figures
import Foundation
import ImageModel
import TestSupport
import Testing

/// Predicted equals freed, on a real registry with the layers of real images over years: each plan is made from its
/// storage, carried out through its API, followed by its own garbage collector.
///
/// `LAYERSCOPE_THOROUGH=1` takes more repositories, ten rule-made and twenty random plans for each tree.
@Suite(
    .serialized, .enabled(if: CleanupRegistry.isPossible, "needs PostgreSQL, docker-registry, python3, shared tables"))
struct CleanupTruthTests {
    static let isThorough = ProcessInfo.processInfo.environment["LAYERSCOPE_THOROUGH"] == "1"
    static let repositories = isThorough ? 12 : 3
    static let randomPlans = isThorough ? 20 : 2
    static let trees = [
        ("repo-info", "2017-04-01T00:00:00Z"), ("repo-info", "2017-09-01T00:00:00Z"),
        ("repo-info", "2018-01-29T00:00:00Z"), ("dotnet", "2025-06-01T00:00:00Z"),
        ("dotnet", "2025-08-01T00:00:00Z"), ("dotnet", "2025-10-01T00:00:00Z"),
    ]

    /// The rules that plans are made by, one after another.
    static let rules: [(String, @Sendable (inout CleanupRule) -> Void)] = [
        ("last 20", { $0.keepLast = 20 }),
        ("dated tags but the last 2 of each kind", { ($0.tag, $0.keepLast) = (#"(.*?)[-.]?\d{6,8}(.*)"#, 2) }),
        ("some variants", { $0.tag = ".*(alpine|bookworm|nanoserver).*" }),
        (
            "all but latest of one repository",
            {
                ($0.tag, $0.excludedTag, $0.repositories) = (".*", "latest", ["*a*"])
            }
        ),
        ("old superseded", { ($0.kinds, $0.olderThan) = ([.superseded], 60 * 86_400) }),
        ("old", { ($0.tag, $0.olderThan) = (".*", 3_000 * 86_400) }),
        ("last 2 of each minor version", { ($0.tag, $0.keepLast) = (#"(\d+\.\d+).*"#, 2) }),
        ("untagged", { $0.kinds = [.untagged] }),
        ("last 1, orphans, broken", { ($0.keepLast, $0.kinds) = (1, [.orphans, .broken]) }),
        ("everything", { ($0.tag, $0.kinds) = (".*", [.untagged]) }),
    ]

    static func rule(_ number: Int) -> CleanupRule {
        var rule = CleanupRule(name: rules[number].0)
        rules[number].1(&rule)
        return rule
    }

    @Test(arguments: trees)
    func `what plans predict is what the garbage collector frees, and nothing kept breaks`(
        set: String, at date: String
    ) async throws {
        try await CleanupRegistry.with(set, at: date, repositories: Self.repositories) { registry, truth in
            var picture = try await registry.collect()
            #expect(picture.graph.objectCount == truth.objects)
            #expect(picture.graph.itemKinds.count { $0 == .image } == truth.images)
            #expect(picture.graph.objectBytes.reduce(0, +) == truth.storedBytes)
            let untagged = try select(
                picture.graph, picture.facts, rules: [Self.rule(7)], now: Date())
            #expect(plan(picture, untagged).freedBytes == truth.untaggedExclusiveBytes)

            var random = SeededGenerator(seed: 7)
            let chosen = Self.isThorough ? Array(0..<10) : [0, 4, 6, 7, 9]
            var freed: Int64 = 0
            for number in 0..<(Self.randomPlans + chosen.count) {
                let isRandom = number < Self.randomPlans
                let selection =
                    isRandom
                    ? registry.randomSelection(picture, &random)
                    : try select(
                        picture.graph, picture.facts, rules: [Self.rule(chosen[number - Self.randomPlans])],
                        now: Date())
                let made = plan(picture, selection)
                let note: Comment =
                    "\(set) \(date): \(isRandom ? "random \(number)" : Self.rules[chosen[number - Self.randomPlans]].0)"
                #expect(made.isExact && made.unknownObjects == 0, note)
                try await registry.carryOut(made, of: picture, note)
                #expect(try registry.brokenTags(made, of: picture) == [], note)
                freed += made.freedBytes
                picture = try await registry.collect()
            }
            #expect(freed > 0)
            if Self.isThorough { print("\(set) \(date): \(freed) of \(truth.storedBytes) bytes freed as predicted") }
        }
    }

    @Test(arguments: [trees[1], trees[4]])
    func `what delete-untagged destroys is told before, name by name`(set: String, at date: String) async throws {
        try await CleanupRegistry.with(set, at: date, repositories: Self.repositories) { registry, _ in
            let picture = try await registry.collect()
            var random = SeededGenerator(seed: 11)
            let made = Analysis.plan(
                picture.graph, picture.facts, registry.randomSelection(picture, &random),
                collector: .distributionDeleteUntagged, source: 0)
            try await registry.carryOut(made, of: picture, "\(set) \(date)")
            let broken = try registry.brokenTags(made, of: picture)
            let told = Set(
                made.destructions.flatMap { destruction in
                    destruction.tags.map { "\(picture.graph.repositoryNames[Int(destruction.repository)]):\($0)" }
                })
            #expect(!broken.isEmpty, "these trees have tagged indexes")
            #expect(told == broken, "\(set) \(date)")
        }
    }

    private func plan(_ picture: CleanupRegistry.Picture, _ selection: CleanupSelection) -> CleanupPlan {
        Analysis.plan(picture.graph, picture.facts, selection, collector: .distribution, source: 0)
    }
}

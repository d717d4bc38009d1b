import Analysis
import Figures
import Foundation
import ImageModel
import TestSupport
import Testing

@Suite struct `Targets of clean-ups` {
    static let blocks = (0..<20).map { UInt64($0) * 20..<UInt64($0 + 1) * 20 }

    @Test(arguments: blocks)
    func `the choice frees what it says, and no part of the selection does at less loss`(seeds: Range<UInt64>) throws {
        for seed in seeds {
            for collector in GarbageCollector.allCases {
                let store = RandomStore(seed: seed, isEngine: collector == .docker || collector == .podman)
                let targets = try CleanupTargets(
                    store.graph, store.facts, store.selection, protections: store.protections, collector: collector,
                    source: 0, now: RandomStore.now)
                guard targets.losses.count <= 8 else { continue }
                let comment: Comment = "seed \(seed), \(collector)"
                let parts = try parts(store, targets, collector)
                let most = parts.map(\.freed).max() ?? 0
                for target in Set(parts.map(\.freed)).sorted().prefix(12) + [most + 1] {
                    guard case .reached(let choice) = targets.choose(freeing: target) else {
                        #expect(target > most, comment)
                        continue
                    }
                    let plan = plan(store, targets.selection(of: choice.candidates), collector)
                    #expect(plan.freedBytes >= target, comment)
                    #expect(plan.freedBytes - plan.garbageBytes == choice.freedBytes, comment)
                    let least = parts.filter { $0.freed >= target }.map(\.loss).min()
                    #expect(choice.lowerBound <= least ?? .max, comment)
                    if choice.isOptimal { #expect(choice.loss == least, comment) }
                }
            }
        }
    }

    /// Every part of the selection that can be carried out as it stands: its loss, and what the plan of it frees.
    private func parts(
        _ store: RandomStore, _ targets: CleanupTargets, _ collector: GarbageCollector
    ) throws -> [(loss: Int64, freed: Int64)] {
        let all = targets.losses.indices
        return (0..<1 << all.count).compactMap { bits in
            let chosen = all.filter { bits >> $0 & 1 == 1 }
            let selection = targets.selection(of: chosen.map { LayerGraph.Index($0) })
            let plan = plan(store, selection, collector)
            // What needs another candidate to go first is refused: then it is no part by itself.
            let wanted = plan.deletions.count { $0.action == .delete && $0.isSelected }
            guard wanted == chosen.count else { return nil }
            return (chosen.reduce(0) { $0 + targets.losses[$1] }, plan.freedBytes)
        }
    }

    private func plan(
        _ store: RandomStore, _ selection: CleanupSelection, _ collector: GarbageCollector
    ) -> CleanupPlan {
        Analysis.plan(
            store.graph, store.facts, selection, protections: store.protections, collector: collector, source: 0)
    }

    @Test func `younger and lately pulled images count more`() throws {
        var builder = GraphBuilder()
        _ = builder.source()
        let repository = builder.repository("app")
        for bytes in [10, 10, 10] as [Int64] {
            builder.hold(builder.item(.image, [builder.object(bytes)]), in: repository)
        }
        let graph = builder.graph
        let now = Date(timeIntervalSince1970: 1_750_000_000)
        func ago(_ days: Double) -> Date { now.addingTimeInterval(-days * 86_400) }
        var facts = CleanupFacts()
        facts.itemDigests = (0..<3).map { Digest.of(Data("\($0)".utf8)) }
        facts.objectKeys = (3..<6).map { Digest.of(Data("\($0)".utf8)) }
        facts.itemCreatedAt = [ago(400), ago(400), ago(400)]
        facts.holdingPushedAt = [ago(10), ago(100), ago(400)]
        facts.holdingLastPull = [.unknown, .unknown, .at(ago(5))]
        facts.holdingWasTagged = [true, true, true]
        facts.repositoryOwners = ["<none>"]
        facts.repositoryIsComplete = [true]
        facts.isEverythingKnown = [true]
        facts.tags = (0..<3).map { .init(repository: 0, name: "v\($0)", item: LayerGraph.Index($0)) }
        var rule = CleanupRule(name: "all")
        rule.tag = ".*"
        let selection = try select(graph, facts, rules: [rule], now: now)
        let targets = try CleanupTargets(
            graph, facts, selection, collector: .distribution, source: 0, loss: .activity, now: now)
        #expect(targets.losses.sorted() == [8, 64, 64])
        guard case .reached(let choice) = targets.choose(freeing: 10) else {
            Issue.record("10 bytes are within reach")
            return
        }
        let chosen = targets.selection(of: choice.candidates)
        #expect(chosen.ruleOfTag.indices.filter { chosen.ruleOfTag[$0] != LayerGraph.none } == [1])
        #expect(choice.isOptimal && choice.loss == 8)
    }

    @Test func `pins are found by digest, by image ID and by name`() throws {
        var builder = GraphBuilder()
        _ = builder.source()
        let repository = builder.repository("team/app")
        for _ in 0..<4 {
            builder.hold(
                builder.item(.image, [builder.object(1, .manifest), builder.object(2, .configuration)]),
                in: repository)
        }
        let graph = builder.graph
        var facts = CleanupFacts()
        facts.itemDigests = (0..<4).map { Digest.of(Data("item \($0)".utf8)) }
        facts.objectKeys = (0..<8).map { Digest.of(Data("object \($0)".utf8)) }
        facts.tags = [.init(repository: 0, name: "v1.0", item: 2), .init(repository: 0, name: "v1x0", item: 3)]
        let protections = try CleanupProtections(
            [
                CleanupProtection(.digest(facts.itemDigests[0]), name: "a"),
                CleanupProtection(.digest(facts.objectKeys[3]), name: "b"),
                CleanupProtection(.tags(repository: "team/*", tag: #"v1\.0"#), name: "c"),
                CleanupProtection(.tags(repository: "other", tag: nil), name: "d"),
            ], in: graph, facts)
        #expect(protections.pinned == [0: "a", 1: "b", 2: "c"])
        #expect(throws: CleanupRuleError.self) {
            try CleanupProtections(
                [CleanupProtection(.tags(repository: "*", tag: "("), name: "e")], in: graph, facts)
        }
    }
}

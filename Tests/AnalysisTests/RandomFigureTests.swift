import Analysis
import Figures
import TestSupport
import Testing

@Suite struct `Figures of random graphs` {
    static let blocks = (0..<20).map { UInt64($0) * 200..<UInt64($0 + 1) * 200 }

    @Test(arguments: blocks)
    func `equal brute force`(seeds: Range<UInt64>) {
        for seed in seeds {
            var random = RandomGraph(seed: seed)
            let graph = random.graph
            let grouping = random.grouping()
            let byRepository = Grouping(
                name: "repository", keys: graph.repositoryKeys.map { "repository \($0)" },
                groupOfHolding: graph.holdingRepositories)
            let byName = nameGrouping(of: graph)
            let expected = BruteForce(graph: graph)
            let (figures, groups) = computeFigures(graph, groupings: [grouping, byRepository, byName])
            let expectedFigures = expected.figureSet()
            guard figures == expectedFigures else {
                report(figures, expectedFigures, seed)
                return
            }
            for (grouping, found) in zip([grouping, byRepository, byName], groups) {
                #expect(found == expected.groups(grouping), "seed \(seed), grouped by \(grouping.name)")
                #expect(found == groupFigures(graph, grouping), "seed \(seed), grouped by \(grouping.name) alone")
            }
            #expect(figures == computeFigures(graph), "seed \(seed)")
        }
    }

    @Test(arguments: blocks)
    func `fulfil every identity`(seeds: Range<UInt64>) {
        for seed in seeds {
            var random = RandomGraph(seed: seed)
            let grouping = random.grouping()
            let (figures, groups) = computeFigures(random.graph, groupings: [grouping])
            let found = checks(random.graph, figures, groupings: [(grouping, groups[0])])
            #expect(found.allSatisfy { $0.outcome != .broken }, "seed \(seed): \(found)")
            #expect(found.count == 5 * random.graph.sourceKeys.count + 3)
        }
    }

    @Test(arguments: 0..<UInt64(300))
    func `are updated with those of repositories, namespaces and owners`(seed: UInt64) {
        let graph = RandomGraph(seed: seed).graph
        let labels = GraphLabels(
            repositoryNamespaces: graph.repositoryNames.map { $0 == "<none>" ? "<none>" : "team" },
            repositoryOwners: graph.repositoryNames.indices.map { "owner \($0 % 3)" },
            reported: graph.sourceKeys.indices.map {
                ReportedBytes(source: LayerGraph.Index($0), name: "content_bytes", bytes: -1)
            })
        let update = figureUpdate(graph, labels)
        #expect(update.figures == computeFigures(graph), "seed \(seed)")
        #expect(update.groups.map(\.grouping.name) == ["repository", "namespace", "owner"])
        let force = BruteForce(graph: graph)
        for group in update.groups { #expect(group.figures == force.groups(group.grouping), "seed \(seed)") }
        let broken = update.checks.filter { $0.outcome == .broken && $0.right != -1 }
        #expect(broken.isEmpty, "seed \(seed)")
        #expect(update.checks.filter { $0.right == -1 }.count == graph.sourceKeys.count, "seed \(seed)")
    }

    @Test func `cover what they are meant to cover`() {
        var nested = 0
        var cycles = 0
        var unknown = 0
        var enormous = 0
        var empty = 0
        var waste = Set<WasteKind>()
        for seed in 0..<UInt64(1000) {
            let graph = RandomGraph(seed: seed).graph
            #expect(graph.isWellFormed, "seed \(seed)")
            let force = BruteForce(graph: graph)
            if graph.holdingCount == 0 { empty += 1 }
            for item in graph.itemKeys.indices {
                let children = graph.children(of: item).map(Int.init)
                if children.contains(where: { !graph.children(of: $0).isEmpty }) { nested += 1 }
                if children.contains(where: { graph.children(of: $0).contains(UInt32(item)) }) { cycles += 1 }
            }
            let figures = force.figureSet()
            unknown += figures.sources.count { $0.unknownObjects > 0 }
            enormous += figures.sources.count { $0.storedBytes > 1 << 53 }
            waste.formUnion(figures.waste.filter { !$0.value.isEmpty }.keys)
        }
        for count in [nested, cycles, unknown, enormous, empty] { #expect(count > 20) }
        #expect(waste == Set(WasteKind.allCases))
    }

    private func nameGrouping(of graph: LayerGraph) -> Grouping {
        let names = Set(graph.repositoryNames).sorted()
        return Grouping(
            name: "name", keys: names,
            groupOfHolding: graph.holdingRepositories.map { repository in
                UInt32(names.firstIndex(of: graph.repositoryNames[Int(repository)]) ?? 0)
            })
    }

    private func report(_ found: FigureSet, _ expected: FigureSet, _ seed: UInt64) {
        #expect(found.sources == expected.sources, "seed \(seed)")
        #expect(found.items == expected.items, "seed \(seed)")
        #expect(found.holdingFairShare == expected.holdingFairShare, "seed \(seed)")
        #expect(found.objectImages == expected.objectImages, "seed \(seed)")
        #expect(found.objectRepositories == expected.objectRepositories, "seed \(seed)")
        #expect(found.waste == expected.waste, "seed \(seed)")
        #expect(found.wasteBySource == expected.wasteBySource, "seed \(seed)")
        #expect(found.allWaste == expected.allWaste, "seed \(seed)")
        Issue.record("seed \(seed): figures differ")
    }
}

import Analysis
import Figures
import TestSupport
import Testing

@Suite struct `What sets share` {
    @Test(arguments: 0..<UInt64(500))
    func `of two sets equals that of plain sets`(seed: UInt64) {
        var random = RandomGraph(seed: seed)
        let (first, second) = (random.someItems(), random.someItems())
        let graph = random.graph
        let found = sharing(graph, first, second)
        let one = objects(graph, first)
        let other = objects(graph, second)
        let force = BruteForce(graph: graph)
        #expect(found.both.bytes == force.bytes(one.intersection(other)), "seed \(seed)")
        #expect(found.onlyFirst.bytes == force.bytes(one.subtracting(other)), "seed \(seed)")
        #expect(found.onlySecond.bytes == force.bytes(other.subtracting(one)), "seed \(seed)")
        #expect(found.both.objects == Int64(one.intersection(other).count), "seed \(seed)")
        #expect(Set(found.entries.map { Int($0.object) }) == one.union(other), "seed \(seed)")
        #expect(found.entries.count == one.union(other).count, "seed \(seed)")
    }

    @Test(arguments: 0..<UInt64(500))
    func `matrix equals that of plain sets`(seed: UInt64) {
        var random = RandomGraph(seed: seed)
        let grouping = random.grouping()
        let graph = random.graph
        let force = BruteForce(graph: graph)
        let matrix = sharingMatrix(graph, grouping, groupFigures(graph, grouping), limit: 4)
        #expect(matrix.groups.count <= 4)
        let reaches = matrix.groups.map { group in
            force.reach(Set(grouping.groupOfHolding.indices.filter { grouping.groupOfHolding[$0] == group }))
        }
        for row in reaches.indices {
            for column in reaches.indices {
                #expect(
                    matrix.sharedBytes[row][column] == force.bytes(reaches[row].intersection(reaches[column])),
                    "seed \(seed)")
            }
        }
        let stored = matrix.groups.indices.map { matrix.sharedBytes[$0][$0] }
        #expect(stored == stored.sorted(by: >), "seed \(seed)")
    }

    @Test func `between sources goes by content`() {
        var builder = GraphBuilder()
        let engine = builder.source("engine")
        let registry = builder.source("registry")
        let unpacked = builder.object(100, in: engine)
        let compressed = builder.object(40, in: registry)
        let own = builder.object(7, in: registry)
        let here = builder.item(.image, [unpacked], in: engine)
        let there = builder.item(.image, [compressed, own], in: registry)
        let graph = builder.graph
        #expect(sharing(graph, [here], [there]).both == Sharing.Part())
        let found = sharing(graph, [here], [there], contents: [0, 0, 1])
        #expect(found.both == Sharing.Part(objects: 1, bytes: 100))
        #expect(found.onlySecond == Sharing.Part(objects: 1, bytes: 7))
        #expect(found.entries.map(\.side) == [.both, .onlySecond])
    }

    @Test(arguments: 0..<UInt64(300))
    func `buckets of reference counts sum to what is stored`(seed: UInt64) {
        let graph = RandomGraph(seed: seed).graph
        let figures = computeFigures(graph)
        for source in graph.sourceKeys.indices {
            let buckets = referenceCounts(graph, figures, source: LayerGraph.Index(source))
            #expect(buckets.reduce(0) { $0 + $1.bytes } == figures.sources[source].storedBytes, "seed \(seed)")
        }
        let all = referenceCounts(graph, figures)
        for bucket in all {
            let own = graph.objectKeys.indices.filter { object in
                let images = Int64(figures.objectImages[object])
                return figures.objectRepositories[object] > 0 && images >= bucket.from
                    && images <= bucket.through ?? .max
            }
            #expect(bucket.objects == Int64(own.count), "seed \(seed)")
        }
    }

    @Test func `the layers that save most come first`() {
        var builder = GraphBuilder()
        _ = builder.source()
        let repository = builder.repository("app")
        let small = builder.object(10)
        let large = builder.object(100)
        let configuration = builder.object(1000, .configuration)
        for number in 0..<12 {
            let own = builder.object(50)
            builder.hold(
                builder.item(.image, [small, own, configuration] + (number < 2 ? [large] : [])), in: repository)
        }
        let graph = builder.graph
        let found = mostSharedLayers(graph, computeFigures(graph))
        #expect(
            found == [
                SharedLayer(object: small, bytes: 10, images: 12, savedBytes: 110),
                SharedLayer(object: large, bytes: 100, images: 2, savedBytes: 100),
            ])
        #expect(mostSharedLayers(graph, computeFigures(graph), limit: 1).map(\.object) == [small])
    }

    private func objects(_ graph: LayerGraph, _ items: [LayerGraph.Index]) -> Set<Int> {
        var reached = Set(items.map(Int.init))
        for _ in 0..<graph.itemCount { reached.formUnion(reached.flatMap { graph.children(of: $0).map(Int.init) }) }
        return Set(reached.flatMap { graph.objects(of: $0).map(Int.init) })
    }
}

import Analysis
import Figures
import TestSupport
import Testing

@Suite struct `Figures worked out by hand` {
    @Test func `two images on one base`() {
        var builder = GraphBuilder()
        _ = builder.source()
        let base = builder.object(100)
        let app = builder.object(20)
        let tool = builder.object(7)
        let first = builder.item(.image, [base, app])
        let second = builder.item(.image, [base, tool])
        builder.hold(first, in: builder.repository("app"))
        builder.hold(second, in: builder.repository("tool"))
        let figures = computeFigures(builder.graph)
        #expect(
            figures.sources == [
                ByteFigures(
                    images: 2, items: 2, apparentBytes: 227, storedBytes: 127, exclusiveBytes: 127, sharedBytes: 0,
                    fairShareBytes: 127)
            ])
        #expect(
            figures.items == [
                ByteFigures(
                    images: 1, items: 1, apparentBytes: 120, storedBytes: 120, exclusiveBytes: 20, sharedBytes: 100,
                    fairShareBytes: 70),
                ByteFigures(
                    images: 1, items: 1, apparentBytes: 107, storedBytes: 107, exclusiveBytes: 7, sharedBytes: 100,
                    fairShareBytes: 57),
            ])
        #expect(figures.objectImages == [2, 1, 1])
        #expect(figures.objectRepositories == [2, 1, 1])
    }

    @Test func `an image in two repositories is exclusive to neither, and to itself`() {
        var builder = GraphBuilder()
        _ = builder.source()
        let image = builder.item(.image, [builder.object(9)])
        builder.hold(image, in: builder.repository("a"))
        builder.hold(image, in: builder.repository("b"))
        let graph = builder.graph
        let (figures, groups) = computeFigures(
            graph,
            groupings: [
                Grouping(name: "repository", keys: ["a", "b"], groupOfHolding: [0, 1]),
                Grouping(name: "namespace", keys: ["all", "nothing"], groupOfHolding: [0, 0]),
            ])
        #expect(figures.items[0].exclusiveBytes == 9)
        #expect(figures.items[0].fairShareBytes == 9)
        #expect(figures.holdingFairShare == [5, 4])
        #expect(groups[0].map(\.exclusiveBytes) == [0, 0])
        #expect(groups[0].map(\.sharedBytes) == [9, 9])
        #expect(groups[0].map(\.fairShareBytes) == [5, 4])
        #expect(groups[1][0].images == 1)
        #expect(groups[1][0].apparentBytes == 9)
        #expect(groups[1][0].exclusiveBytes == 9)
        #expect(groups[1][1] == ByteFigures())
    }

    @Test func `an index reaches its children, and keeps what it reaches`() {
        var builder = GraphBuilder()
        _ = builder.source()
        let base = builder.object(50)
        let arm = builder.item(.image, [builder.object(10), base])
        let intel = builder.item(.image, [builder.object(20), base])
        let index = builder.item(.index, [builder.object(1, .index)], children: [arm, intel])
        let repository = builder.repository("app")
        for item in [index, arm, intel] { builder.hold(item, in: repository, named: item == index) }
        let figures = computeFigures(builder.graph)
        #expect(figures.items[Int(index)].apparentBytes == 1)
        #expect(figures.items[Int(index)].storedBytes == 81)
        #expect(figures.items[Int(index)].exclusiveBytes == 1)
        // The index holds it too.
        #expect(figures.items[Int(arm)].exclusiveBytes == 0)
        #expect(figures.sources[0].apparentBytes == 131)
        #expect(figures.sources[0].storedBytes == 81)
        #expect(figures.sources[0].images == 2)
        #expect(figures.objectImages[Int(base)] == 2)
        #expect(figures.waste == [.dangling: [], .untagged: [], .orphaned: []])
    }

    @Test func `the same layer twice in an image counts once`() {
        var builder = GraphBuilder()
        _ = builder.source()
        let empty = builder.object(32)
        let image = builder.item(.image, [empty, empty, builder.object(8), empty])
        builder.hold(image, in: builder.repository("app"))
        let figures = computeFigures(builder.graph)
        #expect(figures.items[0].apparentBytes == 40)
        #expect(figures.sources[0].storedBytes == 40)
        #expect(figures.objectImages[Int(empty)] == 1)
    }

    @Test func `a layer repeated in a long image counts once`() {
        var builder = GraphBuilder()
        _ = builder.source()
        let layers = (1...40).map { builder.object(Int64($0)) }
        let image = builder.item(.image, layers + layers.reversed())
        builder.hold(image, in: builder.repository("app"))
        #expect(computeFigures(builder.graph).sources[0].apparentBytes == 820)
    }

    @Test func `an unknown size is counted as such and never as bytes`() {
        var builder = GraphBuilder()
        _ = builder.source()
        let unknown = builder.object(nil)
        let first = builder.item(.image, [unknown, builder.object(3)])
        let second = builder.item(.image, [unknown, builder.object(nil)])
        let repository = builder.repository("app")
        builder.hold(first, in: repository)
        builder.hold(second, in: repository)
        let figures = computeFigures(builder.graph)
        #expect(figures.items.map(\.unknownObjects) == [1, 2])
        #expect(figures.sources[0].unknownObjects == 2)
        #expect(figures.sources[0].storedBytes == 3)
    }

    @Test func `figures over several sources are sums over sources`() {
        var builder = GraphBuilder()
        for name in ["here", "there"] {
            let source = builder.source(name)
            let image = builder.item(.image, [builder.object(5, in: source)], in: source)
            builder.hold(image, in: builder.repository("team/app", in: source))
            builder.hold(image, in: builder.repository("team/copy", in: source))
        }
        let graph = builder.graph
        let groups = groupFigures(
            graph, Grouping(name: "repository", keys: ["app", "copy"], groupOfHolding: [0, 1, 0, 1]))
        // 2½ each, rounded in each source by itself: the lower key gets the odd byte twice.
        #expect(groups.map(\.fairShareBytes) == [6, 4])
        #expect(groups.map(\.storedBytes) == [10, 10])
        #expect(computeFigures(graph).sources.map(\.storedBytes) == [5, 5])
    }

    @Test func `an empty graph has no figures`() {
        let (figures, groups) = computeFigures(
            LayerGraph(), groupings: [Grouping(name: "owner", keys: ["nobody"], groupOfHolding: [])])
        #expect(figures.sources.isEmpty)
        #expect(figures.items.isEmpty)
        #expect(groups == [[ByteFigures()]])
        #expect(layerTree(LayerGraph()) == LayerTree())
        #expect(checks(LayerGraph(), figures).isEmpty)
    }

    @Test func `sizes that cannot be true count as unknown and overflow nothing`() {
        var builder = GraphBuilder()
        _ = builder.source()
        let claims = [builder.object(Int64.max), builder.object(Int64.max - 1), builder.object(1000)]
        let repository = builder.repository("app")
        builder.hold(builder.item(.image, claims), in: repository)
        builder.hold(builder.item(.image, claims), in: repository)
        let figures = computeFigures(builder.graph)
        #expect(figures.sources[0].storedBytes == 1000)
        #expect(figures.sources[0].unknownObjects == 2)
        #expect(checks(builder.graph, figures).allSatisfy { $0.outcome == .holds })
    }
}

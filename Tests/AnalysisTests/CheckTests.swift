import Analysis
import Figures
import TestSupport
import Testing

@Suite struct `Checks` {
    private let graph: LayerGraph
    private let grouping: Grouping

    init() {
        var builder = GraphBuilder()
        _ = builder.source("registry.example")
        let base = builder.object(100)
        let step = builder.object(3)
        builder.hold(builder.item(.image, [base, builder.object(11)]), in: builder.repository("a"))
        builder.hold(builder.item(.image, [base, builder.object(13)]), in: builder.repository("b"))
        builder.hold(
            builder.item(.image, [base, step], isIntermediate: true), in: builder.repository("<none>"), named: false)
        graph = builder.graph
        grouping = Grouping(
            name: "repository", keys: ["a", "b", "<none>"], groupOfHolding: graph.holdingRepositories)
    }

    private func run(
        _ figures: FigureSet? = nil, _ groups: [ByteFigures]? = nil, reported: [ReportedBytes] = []
    ) -> [Check] {
        checks(
            graph, figures ?? computeFigures(graph),
            groupings: [(grouping, groups ?? groupFigures(graph, grouping))], reported: reported)
    }

    @Test func `hold for the figures that were computed`() {
        let found = run()
        #expect(found.count == 8)
        #expect(found.allSatisfy { $0.outcome == .holds && $0.note.isEmpty })
        #expect(found[0].left == 127)
        #expect(found[0].scope == "registry.example")
    }

    @Test func `a holding's share that is off by one byte is found`() {
        var figures = computeFigures(graph)
        figures.holdingFairShare[1] += 1
        let broken = run(figures).filter { $0.outcome == .broken }
        #expect(broken.map(\.name) == ["sum of fair_share_bytes of holdings = stored_bytes"])
        #expect(broken.first.map { $0.left - $0.right } == 1)
    }

    @Test func `an object that was forgotten is found`() {
        var figures = computeFigures(graph)
        figures.objectRepositories[1] = 0
        #expect(
            run(figures).filter { $0.outcome == .broken }.map(\.name) == [
                "sum of bytes by reference_count = stored_bytes"
            ])
    }

    @Test func `a source, item or group whose parts do not add up is found and named`() {
        var figures = computeFigures(graph)
        figures.sources[0].exclusiveBytes -= 1
        figures.items[0].exclusiveBytes = -1
        var groups = groupFigures(graph, grouping)
        groups[1].sharedBytes += 2
        groups[2].fairShareBytes += 1
        let broken = run(figures, groups).filter { $0.outcome == .broken }
        #expect(
            broken.map(\.scope) == [
                "registry.example", "registry.example", "repository", "repository", "repository b",
            ])
        #expect(broken[1].left == 1)
    }

    @Test func `less apparent than stored is broken, unless an index explains it`() {
        var figures = computeFigures(graph)
        figures.sources[0].apparentBytes = 1
        #expect(run(figures).contains { $0.outcome == .broken && $0.name == "apparent_bytes ≥ stored_bytes" })

        var builder = GraphBuilder()
        _ = builder.source()
        let image = builder.item(.image, [builder.object(40)])
        let index = builder.item(.index, [builder.object(2, .index)], children: [image])
        builder.hold(index, in: builder.repository("app"))
        let own = builder.graph
        let found = checks(
            own, computeFigures(own),
            groupings: [
                (
                    Grouping(name: "repository", keys: ["app"], groupOfHolding: [0]),
                    groupFigures(own, Grouping(name: "repository", keys: ["app"], groupOfHolding: [0]))
                )
            ])
        #expect(found.filter { $0.outcome == .explained }.count == 2)
        #expect(!found.contains { $0.outcome == .broken })
    }

    @Test func `the engine's layers are compared without those of intermediates`() {
        let found = run(reported: [ReportedBytes(source: 0, name: "layers_bytes", bytes: 124)]).last
        #expect(found?.outcome == .holds)
        #expect(found?.left == 124)
    }

    @Test(arguments: [
        ("layers_bytes", "", Check.Outcome.broken, "-1 bytes"),
        ("layers_bytes", "Docker counts twice", .explained, "-1 bytes: Docker counts twice"),
    ])
    func `a gap to the source's own figure is named`(
        name: String, reason: String, outcome: Check.Outcome, note: String
    ) {
        let found = run(reported: [ReportedBytes(source: 0, name: name, bytes: 125, note: reason)]).last
        #expect(found?.outcome == outcome)
        #expect(found?.note == note)
        #expect(found?.left == 124)
        #expect(found?.right == 125)
    }

    @Test func `content bytes are compared with what is stored, and a build cache with nothing`() {
        let found = run(reported: [
            ReportedBytes(source: 0, name: "content_bytes", bytes: 127),
            ReportedBytes(source: 0, name: "build_cache_bytes", bytes: 9),
        ])
        #expect(found.count == 9)
        #expect(found.last?.outcome == .holds)
    }
}

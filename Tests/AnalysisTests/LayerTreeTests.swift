import Analysis
import Figures
import TestSupport
import Testing

@Suite struct `Layer tree` {
    @Test func `images are paths from the root`() {
        var builder = GraphBuilder()
        _ = builder.source()
        let repository = builder.repository("app")
        let base = builder.object(100)
        let runtime = builder.object(50)
        let app = builder.object(7)
        let other = builder.object(9)
        let configuration = builder.object(1, .configuration)
        for layers in [[base], [base, runtime, app], [configuration, base, runtime], [base, other], [other, base]] {
            builder.hold(builder.item(.image, layers), in: repository)
        }
        let tree = layerTree(builder.graph)
        #expect(tree.nodes.map(\.object) == [base, other, runtime, other, base, app])
        #expect(tree.nodes.map(\.parent) == [nil, nil, 0, 0, 1, 2])
        #expect(tree.nodes.map(\.totalBytes) == [166, 109, 57, 9, 100, 7])
        #expect(tree.nodes.map(\.images) == [4, 1, 2, 1, 1, 1])
        #expect(tree.nodes.map(\.endingImages) == [1, 0, 1, 1, 1, 1])
        #expect(tree.nodes.map(\.depth) == [0, 0, 1, 1, 1, 2])
        #expect(tree.nodes.map(\.isRepeat) == [false, true, false, false, true, false])
        #expect(tree.widthBytes == 275)
        #expect(tree.repeatedBytes == 109)
        #expect(tree.layerBytes == 166)
        #expect(tree.images == 5)
        #expect(tree.nodes[0].exampleItem == 0)
    }

    @Test func `small nodes are folded and nothing gets lost`() {
        var builder = GraphBuilder()
        _ = builder.source()
        let repository = builder.repository("app")
        let base = builder.object(1000)
        for number in 1...30 {
            let top = builder.object(Int64(number))
            builder.hold(builder.item(.image, [base, top, builder.object(1)]), in: repository)
        }
        let tree = layerTree(builder.graph, maximumNodes: 4)
        #expect(tree.nodes.count == 8)
        #expect(tree.nodes[0].totalBytes == 1495)
        #expect(tree.nodes[1...3].map(\.totalBytes) == [31, 30, 29])
        #expect(tree.nodes[4].foldedNodes == 54)
        #expect(tree.nodes[4].images == 27)
        #expect(tree.nodes[4].totalBytes == 1495 - 1000 - 90)
        #expect(tree.allNodes == 61)
    }

    @Test(arguments: 0..<UInt64(500))
    func `widths add up in random graphs`(seed: UInt64) {
        let graph = RandomGraph(seed: seed).graph
        let force = BruteForce(graph: graph)
        for source in graph.sourceKeys.indices {
            for limit in [1, 3, 1000] {
                let tree = layerTree(graph, source: LayerGraph.Index(source), maximumNodes: limit)
                let images = force.reachedItems(force.holdings(of: source)).filter { graph.itemKinds[$0] == .image }
                let layers = Set(images.flatMap { graph.objects(of: $0).map(Int.init) })
                    .filter { graph.objectKinds[$0] == .layer }
                #expect(tree.layerBytes == force.bytes(layers), "seed \(seed)")
                #expect(tree.widthBytes - tree.repeatedBytes == tree.layerBytes, "seed \(seed)")
                #expect(tree.nodes.reduce(0) { $0 + $1.bytes } == tree.widthBytes, "seed \(seed)")
                #expect(tree.images == Int64(images.count), "seed \(seed)")
                let stacks = Set(images.flatMap { prefixes(graph, $0) })
                #expect(tree.allNodes == Int64(stacks.count), "seed \(seed)")
                let shown = tree.nodes.reduce(0) { $0 + max(1, $1.foldedNodes) }
                #expect(shown == tree.allNodes, "seed \(seed)")
                let roots = tree.nodes.filter { $0.parent == nil }
                #expect(roots.reduce(0) { $0 + $1.totalBytes } == tree.widthBytes, "seed \(seed)")
                for (place, node) in tree.nodes.enumerated() where node.foldedNodes == 0 {
                    let above = tree.nodes.filter { $0.parent == place }
                    #expect(above.reduce(node.bytes) { $0 + $1.totalBytes } == node.totalBytes, "seed \(seed)")
                    #expect(above.reduce(node.endingImages) { $0 + $1.images } == node.images, "seed \(seed)")
                }
            }
        }
    }

    private func prefixes(_ graph: LayerGraph, _ image: Int) -> [[LayerGraph.Index]] {
        let layers = graph.objects(of: image).filter { graph.objectKinds[Int($0)] == .layer }
        return layers.indices.map { Array(layers[...$0]) }
    }
}

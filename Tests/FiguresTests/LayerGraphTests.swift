import Figures
import Testing

@Suite struct `Layer graph` {
    /// Two items on one object; the second is the child and the subject of the first.
    private static var graph: LayerGraph {
        var graph = LayerGraph()
        graph.sourceKeys = [1]
        graph.sourceNames = ["source"]
        graph.repositoryKeys = [1]
        graph.repositoryNames = ["app"]
        graph.repositorySources = [0]
        graph.objectKeys = [10]
        graph.objectKinds = [.layer]
        graph.objectBytes = [7]
        graph.objectSources = [0]
        graph.itemKeys = [20, 21]
        graph.itemKinds = [.index, .image]
        graph.itemSources = [0, 0]
        graph.itemSubjects = [LayerGraph.none, 0]
        graph.ownOffsets = [0, 0, 1]
        graph.ownObjects = [0]
        graph.childOffsets = [0, 1, 1]
        graph.children = [1]
        graph.missingChildren = [0, 0]
        graph.holdingRepositories = [0]
        graph.holdingItems = [0]
        graph.holdingIsReferenced = [true]
        return graph
    }

    @Test func `lists an item's own objects and children`() {
        let graph = Self.graph
        #expect(graph.isWellFormed)
        #expect(Array(graph.objects(of: 1)) == [0])
        #expect(graph.objects(of: 0).isEmpty)
        #expect(Array(graph.children(of: 0)) == [1])
        #expect(LayerGraph().isWellFormed)
    }

    @Test(
        arguments: [
            { $0.ownObjects = [1] },
            { $0.ownOffsets = [0, 2, 1] },
            { $0.ownOffsets = [0, 0] },
            { $0.ownOffsets = [1, 1, 1] },
            { $0.children = [2] },
            { $0.childOffsets = [0, 1, 2] },
            { $0.itemSubjects = [2, LayerGraph.none] },
            { $0.holdingItems = [2] },
            { $0.holdingRepositories = [1] },
            { $0.holdingIsReferenced = [] },
            { $0.itemIsIntermediate = [true] },
            { $0.objectBytes = [] },
            { $0.objectSources = [1] },
            { $0.repositorySources = [1] },
        ] as [@Sendable (inout LayerGraph) -> Void])
    func `whose arrays do not fit together is not well formed`(damage: @Sendable (inout LayerGraph) -> Void) {
        var graph = Self.graph
        damage(&graph)
        #expect(!graph.isWellFormed)
    }

    @Test(
        arguments: [
            { $0.objectSources = [1] }, { $0.repositorySources = [1] }, { $0.itemSources = [0, 1] },
        ] as [@Sendable (inout LayerGraph) -> Void])
    func `shares nothing between sources`(damage: @Sendable (inout LayerGraph) -> Void) {
        var graph = Self.graph
        graph.sourceKeys.append(2)
        graph.sourceNames.append("another")
        #expect(graph.isWellFormed)
        damage(&graph)
        #expect(!graph.isWellFormed)
    }

    @Test func `keeps every size that sums can bear`() {
        var graph = Self.graph
        graph.objectBytes = [Int64.max / 4]
        #expect(graph.impossibleAbove == nil)
        #expect(graph.believable == graph)
    }

    @Test func `marks sizes that no sum can bear as unknown`() {
        var graph = Self.graph
        graph.objectBytes = [Int64.max - 1]
        #expect(graph.believable.objectBytes == [-1])
        #expect(graph.believable.bytes(0) == 0)
    }

    @Test func `an unknown size counts as no bytes`() {
        var graph = Self.graph
        graph.objectBytes = [-1]
        #expect(graph.bytes(0) == 0)
    }
}

/// Nodes with gains and losses, and what each needs: candidates first, then bundles of objects.
///
/// A bundle is all objects with the same holders: it has no loss and needs its holders, two at least. What a single
/// candidate holds is that candidate's own gain.
struct ClosureGraph: Sendable {
    /// By candidate: its number in the problem.
    var names: [UInt32] = []
    /// By candidate.
    var losses: [Int64] = []
    /// By node, candidates and then bundles: bytes that are freed once it is chosen.
    var bytes: [Int64] = []
    /// What node i needs: `needs[offsets[i]..<offsets[i + 1]]`, candidates all.
    var offsets: [UInt32] = [0]
    var needs: [UInt32] = []

    var candidateCount: Int { losses.count }
    var nodeCount: Int { bytes.count }
    var totalLoss: Int64 { losses.reduce(0, +) }
    var totalBytes: Int64 { bytes.reduce(0, +) }

    /// Places in ``needs`` of what a node needs.
    func edges(of node: Int) -> Range<Int> { Int(offsets[node])..<Int(offsets[node + 1]) }

    func loss(of node: Int) -> Int64 { node < losses.count ? losses[node] : 0 }
}

/// Who needs each node: a ``ClosureGraph``'s edges the other way round.
struct ClosureNeeders: Sendable {
    /// Edges to node i: `edges[offsets[i]..<offsets[i + 1]]`, places in the graph's `needs`.
    private(set) var offsets: [UInt32]
    private(set) var edges: [UInt32]
    /// By edge: the node that needs.
    private(set) var tails: [UInt32]

    init(_ graph: ClosureGraph) {
        // Counts go one place further than usual, so that filling moves them to where they belong.
        var ends = [UInt32](repeating: 0, count: graph.nodeCount + 2)
        for need in graph.needs { ends[Int(need) + 2] += 1 }
        for node in 0..<graph.nodeCount { ends[node + 2] += ends[node + 1] }
        edges = [UInt32](repeating: 0, count: graph.needs.count)
        tails = edges
        for node in 0..<graph.nodeCount {
            for edge in graph.edges(of: node) {
                let head = Int(graph.needs[edge]) + 1
                edges[Int(ends[head])] = UInt32(edge)
                ends[head] += 1
                tails[edge] = UInt32(node)
            }
        }
        ends.removeLast()
        offsets = ends
    }

    func edges(to node: Int) -> ArraySlice<UInt32> { edges[Int(offsets[node])..<Int(offsets[node + 1])] }
}

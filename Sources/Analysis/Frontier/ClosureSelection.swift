/// Chosen candidates of a graph, always with all that they need, and what they free together.
struct ClosureSelection {
    let graph: ClosureGraph
    let needers: ClosureNeeders
    private(set) var isChosen: [Bool]
    private(set) var loss: Int64 = 0
    private(set) var bytes: Int64 = 0
    /// By node, for bundles: how many of their holders are not chosen.
    private var missing: [UInt32]
    /// Edges that were looked at so far.
    private(set) var work = 0

    init(_ graph: ClosureGraph, _ needers: ClosureNeeders) {
        self.graph = graph
        self.needers = needers
        isChosen = [Bool](repeating: false, count: graph.candidateCount)
        missing = (0..<graph.nodeCount).map { UInt32(graph.edges(of: $0).count) }
    }

    /// Chooses a node, and all that it needs; returns the candidates that were not chosen before.
    @discardableResult mutating func add(_ node: Int) -> [UInt32] {
        var added: [UInt32] = []
        if node < graph.candidateCount {
            put(UInt32(node), &added)
        } else {
            for edge in graph.edges(of: node) { put(graph.needs[edge], &added) }
        }
        var next = 0
        while next < added.count {
            for edge in graph.edges(of: Int(added[next])) { put(graph.needs[edge], &added) }
            next += 1
        }
        return added
    }

    /// Gives a candidate back, and all that need it; returns the candidates that were chosen before.
    ///
    /// - Parameter least: once fewer bytes are freed it goes no further, and what it did must be undone.
    mutating func remove(_ candidate: Int, keeping least: Int64) -> [UInt32] {
        var removed: [UInt32] = []
        takeBack(UInt32(candidate), &removed)
        var next = 0
        while next < removed.count, bytes >= least {
            for edge in needers.edges(to: Int(removed[next])) {
                let tail = needers.tails[Int(edge)]
                if tail < graph.candidateCount { takeBack(tail, &removed) }
            }
            next += 1
        }
        return removed
    }

    /// Undoes ``add(_:)``.
    mutating func takeBack(_ candidates: [UInt32]) {
        var ignored: [UInt32] = []
        for candidate in candidates { takeBack(candidate, &ignored) }
    }

    /// Undoes ``remove(_:keeping:)``.
    mutating func put(_ candidates: [UInt32]) {
        var ignored: [UInt32] = []
        for candidate in candidates { put(candidate, &ignored) }
    }

    private mutating func put(_ candidate: UInt32, _ added: inout [UInt32]) {
        let place = Int(candidate)
        guard !isChosen[place] else { return }
        isChosen[place] = true
        added.append(candidate)
        loss += graph.losses[place]
        bytes += graph.bytes[place]
        let edges = needers.edges(to: place)
        work += edges.count + 1
        for edge in edges {
            let tail = Int(needers.tails[Int(edge)])
            missing[tail] -= 1
            if missing[tail] == 0, tail >= graph.candidateCount { bytes += graph.bytes[tail] }
        }
    }

    private mutating func takeBack(_ candidate: UInt32, _ removed: inout [UInt32]) {
        let place = Int(candidate)
        guard isChosen[place] else { return }
        isChosen[place] = false
        removed.append(candidate)
        loss -= graph.losses[place]
        bytes -= graph.bytes[place]
        let edges = needers.edges(to: place)
        work += edges.count + 1
        for edge in edges {
            let tail = Int(needers.tails[Int(edge)])
            if missing[tail] == 0, tail >= graph.candidateCount { bytes -= graph.bytes[tail] }
            missing[tail] += 1
        }
    }
}

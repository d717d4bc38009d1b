import Figures

/// What a garbage collector keeps, and by how many it is kept.
///
/// Holdings are taken away one after another, and what then is kept by nobody is free: the cost is that of what is taken,
/// whatever the size of the source. What was taken can be put back. (Things that keep each other in a ring are never
/// free; digests cannot form one.)
struct MarkCounts: Sendable {
    typealias Index = LayerGraph.Index

    let nodes: HoldingGraph
    let collector: GarbageCollector
    /// By node: 0 when the collector does not mark from it, else for how many reasons it does.
    private(set) var nodeMarks: [UInt32]
    /// By item: how many nodes, or items that are kept with all below, mark it.
    private(set) var itemMarks: [UInt32]
    /// By object: how often marked items list it.
    private(set) var objectMarks: [UInt32]
    private(set) var isGone: [Bool]
    /// Bytes of what became free since the start or the last ``putBack()``, unknown ones as 0.
    private(set) var freedBytes: Int64 = 0
    private(set) var freedUnknown: Int64 = 0

    /// Where marks went.
    private var trail = Trail()

    private struct Trail {
        var gone: [Index] = []
        var nodes: [(node: Index, marks: UInt32)] = []
        var items: [Index] = []
        var objects: [Index] = []
    }

    init(_ nodes: HoldingGraph, _ collector: GarbageCollector) {
        self.nodes = nodes
        self.collector = collector
        nodeMarks = [UInt32](repeating: 0, count: nodes.count)
        itemMarks = [UInt32](repeating: 0, count: nodes.graph.itemCount)
        objectMarks = [UInt32](repeating: 0, count: nodes.graph.objectCount)
        isGone = [Bool](repeating: false, count: nodes.count)
        var stack: [Index] = []
        for node in 0..<Index(nodes.count) where isStart(node) {
            stack.append(node)
            while let node = stack.popLast() {
                nodeMarks[Int(node)] += 1
                guard nodeMarks[Int(node)] == 1 else { continue }
                mark(nodes.items[Int(node)])
                if collector.marksListedManifests { stack.append(contentsOf: nodes.listed[node]) }
            }
        }
        guard collector.isEngine else { return }
        for object in nodes.facts.usedObjects { objectMarks[Int(object)] += 1 }
    }

    /// Whether the collector starts marking at a node: at any, or at those that a tag of whatever kind points to.
    private func isStart(_ node: Index) -> Bool {
        guard collector.deletesUntagged else { return true }
        return nodes.tags[node].contains { nodes.facts.tags[Int($0)].kind != .digest }
    }

    private mutating func mark(_ item: Index) {
        var stack = [item]
        while let item = stack.popLast() {
            itemMarks[Int(item)] += 1
            guard itemMarks[Int(item)] == 1 else { continue }
            for object in nodes.graph.objects(of: Int(item)) { objectMarks[Int(object)] += 1 }
            let children = nodes.graph.children(of: Int(item))
            if collector.reachesItems {
                stack.append(contentsOf: children)
            } else {
                for child in children {
                    if let document = nodes.graph.document(of: child) { objectMarks[Int(document)] += 1 }
                }
            }
        }
    }

    /// Takes a node away.
    mutating func take(_ node: Index) {
        guard !isGone[Int(node)] else { return }
        isGone[Int(node)] = true
        trail.gone.append(node)
        guard nodeMarks[Int(node)] > 0 else { return }
        var stack = [node]
        while let next = stack.popLast() {
            let marks = nodeMarks[Int(next)]
            guard marks > 0 else { continue }
            trail.nodes.append((next, marks))
            // One that stays may still be marked by others; one that is taken is not there to be marked.
            nodeMarks[Int(next)] = next == node ? 0 : marks - 1
            guard nodeMarks[Int(next)] == 0 else { continue }
            unmark(nodes.items[Int(next)])
            if collector.marksListedManifests { stack.append(contentsOf: nodes.listed[next]) }
        }
    }

    private mutating func unmark(_ item: Index) {
        var stack = [item]
        while let item = stack.popLast() {
            itemMarks[Int(item)] -= 1
            trail.items.append(item)
            guard itemMarks[Int(item)] == 0 else { continue }
            for object in nodes.graph.objects(of: Int(item)) { unmark(object: object) }
            let children = nodes.graph.children(of: Int(item))
            if collector.reachesItems {
                stack.append(contentsOf: children)
            } else {
                for child in children {
                    if let document = nodes.graph.document(of: child) { unmark(object: document) }
                }
            }
        }
    }

    private mutating func unmark(object: Index) {
        objectMarks[Int(object)] -= 1
        trail.objects.append(object)
        guard objectMarks[Int(object)] == 0 else { return }
        freedBytes += nodes.graph.bytes(object)
        if nodes.graph.objectBytes[Int(object)] < 0 { freedUnknown += 1 }
    }

    /// Makes what was taken the new start: it cannot be put back any more.
    mutating func settle() {
        trail = Trail()
        (freedBytes, freedUnknown) = (0, 0)
    }

    /// Puts back everything that was taken since the start or ``settle()``.
    mutating func putBack() {
        for node in trail.gone { isGone[Int(node)] = false }
        for (node, marks) in trail.nodes.reversed() { nodeMarks[Int(node)] = marks }
        for item in trail.items { itemMarks[Int(item)] += 1 }
        for object in trail.objects { objectMarks[Int(object)] += 1 }
        trail.gone.removeAll(keepingCapacity: true)
        trail.nodes.removeAll(keepingCapacity: true)
        trail.items.removeAll(keepingCapacity: true)
        trail.objects.removeAll(keepingCapacity: true)
        (freedBytes, freedUnknown) = (0, 0)
    }

    /// What would be free if a node went with all that then follows it; 0 if something that stays keeps the node.
    /// Nothing may be taken at the time, and nothing is changed.
    mutating func bytesFreed(byTaking node: Index, followers: inout Followers) -> Int64 {
        guard followers.leaders[Int(node)] == 0 else { return 0 }
        for next in followers.going(with: [node]) { take(next) }
        defer { putBack() }
        return freedBytes
    }
}

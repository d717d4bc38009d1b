/// The sets of nodes that are worth most at one price: each with all that its nodes need, by a maximum flow.
///
/// A node is worth `gain · bytes − cost · loss`. What is worth something supplies so much, what costs something takes so
/// much; a supply may flow to whatever its node needs. Flow is pushed towards lower labels (distances to a node that
/// still takes some) from the highest active node, as in Goldberg and Tarjan's push-relabel method with Cherkassky's
/// and Goldberg's global and gap relabelling. No source is needed: supply that reaches no taker stays where it is stuck,
/// and what can be reached from there is the least of the best sets.
///
/// Afterwards every set S with all that it needs is short of the best by ``excess`` outside S, ``room`` inside S, and
/// ``flow`` from outside into S: the sum of the three, exactly.
struct MaximumClosure<Amount: FixedWidthInteger & SignedInteger & Sendable> {
    let graph: ClosureGraph
    let needers: ClosureNeeders
    /// By node: supply that has not reached a taker.
    private(set) var excess: [Amount]
    /// By node: what it could still take.
    private(set) var room: [Amount]
    /// By edge: what flows from the node to what it needs.
    private(set) var flow: [Amount]

    /// By node: a lower bound of its distance, 1 for a taker with room; ``dead`` where there is no way to one.
    private var labels: [UInt32]
    /// By node: where its search for an arc goes on, its needs first and then those that need it.
    private var places: [UInt32]
    private var levels: NodeLevels
    private var work = 0

    /// No way passes through a node twice, so it has as many arcs as there are nodes at most.
    private var dead: UInt32 { UInt32(graph.nodeCount) + 1 }

    init(_ graph: ClosureGraph, gain: Amount, cost: Amount) {
        self.graph = graph
        needers = ClosureNeeders(graph)
        let count = graph.nodeCount
        excess = [Amount](repeating: 0, count: count)
        room = excess
        flow = [Amount](repeating: 0, count: graph.needs.count)
        labels = [UInt32](repeating: 0, count: count)
        places = labels
        levels = NodeLevels(nodes: count)
        for node in 0..<count {
            let worth = gain * Amount(graph.bytes[node]) - cost * Amount(graph.loss(of: node))
            if worth > 0 { excess[node] = worth } else { room[node] = -worth }
        }
        fillRoom()
        updateLabels()
        run()
        updateLabels()
    }

    /// Supplies what can be supplied directly.
    private mutating func fillRoom() {
        for node in 0..<graph.nodeCount where excess[node] > 0 {
            for edge in graph.edges(of: node) {
                let head = Int(graph.needs[edge])
                let amount = min(excess[node], room[head])
                guard amount > 0 else { continue }
                flow[edge] += amount
                room[head] -= amount
                excess[node] -= amount
                if excess[node] == 0 { break }
            }
        }
    }

    /// Exact distances, by a search backwards from the takers.
    private mutating func updateLabels() {
        work = 0
        let dead = self.dead
        var queue: [UInt32] = []
        queue.reserveCapacity(graph.nodeCount)
        for node in labels.indices {
            labels[node] = room[node] > 0 ? 1 : dead
            places[node] = 0
            if room[node] > 0 { queue.append(UInt32(node)) }
        }
        var next = 0
        while next < queue.count {
            let node = Int(queue[next])
            next += 1
            let label = labels[node] + 1
            for edge in needers.edges(to: node) {
                let tail = needers.tails[Int(edge)]
                guard labels[Int(tail)] == dead else { continue }
                labels[Int(tail)] = label
                queue.append(tail)
            }
            for edge in graph.edges(of: node) where flow[edge] > 0 {
                let head = graph.needs[edge]
                guard labels[Int(head)] == dead else { continue }
                labels[Int(head)] = label
                queue.append(head)
            }
        }
        levels.clear()
        for node in queue {
            levels.insert(node, at: labels[Int(node)])
            if excess[Int(node)] > 0 { levels.activate(node, at: labels[Int(node)]) }
        }
    }

    private mutating func run() {
        let limit = 6 * graph.nodeCount + graph.needs.count
        while let node = levels.popActive() {
            discharge(Int(node))
            if work > limit { updateLabels() }
        }
    }

    private mutating func discharge(_ node: Int) {
        while true {
            if room[node] > 0 {
                let amount = min(excess[node], room[node])
                excess[node] -= amount
                room[node] -= amount
            }
            if excess[node] == 0 || pushes(node) { return }
            relabel(node)
            if labels[node] == dead { return }
        }
    }

    /// Pushes along arcs to nodes one label lower; whether nothing is left to push.
    private mutating func pushes(_ node: Int) -> Bool {
        let below = labels[node] - 1
        let first = Int(graph.offsets[node])
        let needCount = Int(graph.offsets[node + 1]) - first
        var place = Int(places[node])
        while place < needCount {
            let edge = first + place
            let head = Int(graph.needs[edge])
            if labels[head] == below {
                let amount = room[head] > 0 ? min(room[head], excess[node]) : excess[node]
                flow[edge] += amount
                receive(head, amount)
                excess[node] -= amount
                if excess[node] == 0 {
                    places[node] = UInt32(place)
                    return true
                }
                // It took all that it could; only what it cannot pass on at this label is worth another look.
                if labels[head] == below { continue }
            }
            place += 1
        }
        let back = Int(needers.offsets[node]) - needCount
        let end = Int(needers.offsets[node + 1]) - back
        while place < end {
            let edge = Int(needers.edges[back + place])
            let tail = Int(needers.tails[edge])
            if flow[edge] > 0, labels[tail] == below {
                let amount = min(flow[edge], excess[node])
                flow[edge] -= amount
                receive(tail, amount)
                excess[node] -= amount
                if excess[node] == 0 {
                    places[node] = UInt32(place)
                    return true
                }
            }
            place += 1
        }
        return false
    }

    /// A node gets some: it takes it at once if it can, and gets a higher label when it is full.
    private mutating func receive(_ node: Int, _ amount: Amount) {
        let taken = min(room[node], amount)
        room[node] -= taken
        if taken < amount {
            if excess[node] == 0 { levels.activate(UInt32(node), at: labels[node]) }
            excess[node] += amount - taken
        } else if room[node] == 0, excess[node] == 0 {
            relabel(node)
        }
    }

    /// Raises a node that cannot push any more just above the lowest node that it could push to.
    private mutating func relabel(_ node: Int) {
        let edges = graph.edges(of: node)
        let back = needers.edges(to: node)
        work += 12 + edges.count + back.count
        var lowest = dead
        for edge in edges { lowest = min(lowest, labels[Int(graph.needs[edge])]) }
        for edge in back where flow[Int(edge)] > 0 { lowest = min(lowest, labels[Int(needers.tails[Int(edge)])]) }
        let old = labels[node]
        let new = min(dead, lowest == dead ? dead : lowest + 1)
        guard new > old else { return }
        levels.remove(UInt32(node), at: old)
        labels[node] = new
        places[node] = 0
        if levels.isEmpty(at: old) {
            // No way down leads over an empty level.
            labels[node] = dead
            while let above = levels.popAbove(old) { labels[Int(above)] = dead }
        } else if new != dead {
            levels.insert(UInt32(node), at: new)
        }
    }

    /// By node: 0 in the least of the best sets, 1 in the greatest of them but not in the least, 2 in none.
    func parts() -> [UInt8] {
        var parts = labels.map { $0 == dead ? UInt8(1) : 2 }
        var waiting = excess.indices.filter { excess[$0] > 0 }
        for node in waiting { parts[node] = 0 }
        while let node = waiting.popLast() {
            for edge in graph.edges(of: node) where parts[Int(graph.needs[edge])] != 0 {
                parts[Int(graph.needs[edge])] = 0
                waiting.append(Int(graph.needs[edge]))
            }
            for edge in needers.edges(to: node) where flow[Int(edge)] > 0 {
                let tail = Int(needers.tails[Int(edge)])
                guard parts[tail] != 0 else { continue }
                parts[tail] = 0
                waiting.append(tail)
            }
        }
        return parts
    }
}

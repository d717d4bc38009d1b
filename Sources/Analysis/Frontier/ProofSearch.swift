import Figures

/// What a ``ProofSearch`` is to find out: whether fewer losses than known free so many bytes.
struct ProofQuestion {
    /// The target.
    var bytes: Int64
    /// No plan has less loss; whoever reaches it is done.
    var bound: Int64
    var lossUnit: Int64
    /// The price between the corners around the target: `cost` bytes for `gain` units of loss.
    var cost: Int64
    var gain: Int64
    /// A corner that is best at this price.
    var corner: Frontier.Corner
    /// Candidates as they enter the hull, and how many of them are in the corner after the target.
    var order: [UInt32]
    var entering: Int
    /// The best choice so far.
    var isChosen: [Bool]
    var loss: Int64
}

/// Goes through everything that could be better than a known choice, by branch and bound.
///
/// The maximum flow at the price around the target says how far any set is from the best one at that price: by what is
/// stuck outside of it, what could be taken inside, and what flows into it. A better choice cannot be far. So each
/// decision adds to what the choice is short of at least, and few of them can be made against the flow.
struct ProofSearch<Amount: FixedWidthInteger & SignedInteger & Sendable> {
    /// The best choice so far.
    private(set) var isChosen: [Bool]

    private enum Decision: UInt8 { case open, inside, outside }

    private let graph: ClosureGraph
    private let closure: MaximumClosure<Amount>
    private let question: ProofQuestion
    private var loss: Int64
    /// What a better choice may be short of at most.
    private var allowance: Amount = 0

    /// By node.
    private var decisions: [Decision]
    /// By node, for bundles: how many holders are not inside.
    private var missing: [UInt32]
    /// Decided nodes in order.
    private var trail: [UInt32] = []
    private var slack: Amount = 0
    private var insideLoss: Int64 = 0
    private var insideBytes: Int64 = 0
    /// Bytes of all that is not outside.
    private var openBytes: Int64
    private var work = 0

    init(_ graph: ClosureGraph, _ question: ProofQuestion) {
        self.graph = graph
        self.question = question
        closure = MaximumClosure(graph, gain: Amount(question.gain), cost: Amount(question.cost))
        isChosen = question.isChosen
        loss = question.loss
        decisions = [Decision](repeating: .open, count: graph.nodeCount)
        missing = (0..<graph.nodeCount).map { UInt32(graph.edges(of: $0).count) }
        openBytes = graph.totalBytes
        updateAllowance()
    }

    private mutating func updateAllowance() {
        let (gain, cost) = (Amount(question.gain), Amount(question.cost))
        allowance =
            cost * Amount(loss - question.lossUnit - question.corner.loss)
            - gain * Amount(question.bytes - question.corner.freedBytes)
    }

    /// Searches; whether it came to an end, so that nothing is better than ``isChosen``.
    ///
    /// - Parameter effort: edges to look at; however many there are, when no more candidates than that are undecided.
    mutating func run(_ effort: (edges: Int, candidates: Int)) -> Bool {
        guard decideAtOnce() else { return true }
        let open = question.order.indices.filter { decisions[Int(question.order[$0])] == .open }
        let limit = open.count <= effort.candidates ? Int.max : work + effort.edges
        /// Decisions that may still be made the other way: the place in `open`, and the trail before them.
        var turns: [(place: Int, trail: Int)] = []
        var place = 0
        while true {
            var goesOn = true
            if insideBytes >= question.bytes {
                record()
                guard loss > question.bound else { return true }
                goesOn = false
            }
            while goesOn, place < open.count, decisions[Int(question.order[open[place]])] != .open { place += 1 }
            if goesOn, place < open.count {
                turns.append((place, trail.count))
                let isFirstInside = open[place] < question.entering
                goesOn = decide(question.order[open[place]], isFirstInside ? .inside : .outside)
            } else {
                goesOn = false
            }
            while !goesOn {
                guard let turn = turns.popLast() else { return true }
                undo(to: turn.trail)
                place = turn.place
                let isFirstInside = open[place] < question.entering
                goesOn = decide(question.order[open[place]], isFirstInside ? .outside : .inside)
                if !goesOn { undo(to: turn.trail) }
            }
            if work > limit { return false }
        }
    }

    /// Makes every decision whose opposite alone is short of too much; false when nothing can be better.
    private mutating func decideAtOnce() -> Bool {
        guard allowance >= 0 else { return false }
        var decided = -1
        while decided < trail.count {
            decided = trail.count
            for node in decisions.indices where decisions[node] == .open {
                if closure.excess[node] > allowance - slack {
                    guard decide(UInt32(node), .inside) else { return false }
                } else if closure.room[node] > allowance - slack {
                    guard decide(UInt32(node), .outside) else { return false }
                }
            }
        }
        return true
    }

    private mutating func record() {
        loss = insideLoss
        isChosen = (0..<graph.candidateCount).map { decisions[$0] == .inside }
        updateAllowance()
    }

    /// Decides on a node and on all that follows; false when no better choice is left.
    private mutating func decide(_ node: UInt32, _ decision: Decision) -> Bool {
        var next = trail.count
        guard set(Int(node), decision) else { return false }
        while next < trail.count {
            guard follow(Int(trail[next])) else { return false }
            next += 1
        }
        return slack <= allowance && insideLoss <= loss - question.lossUnit && openBytes >= question.bytes
    }

    /// What must be inside or outside because a node is.
    private mutating func follow(_ node: Int) -> Bool {
        let edges = graph.edges(of: node)
        let back = closure.needers.edges(to: node)
        work += edges.count + back.count + 1
        if decisions[node] == .inside {
            for edge in edges { guard set(Int(graph.needs[edge]), .inside) else { return false } }
            for edge in back {
                let tail = Int(closure.needers.tails[Int(edge)])
                // What has all holders inside is freed.
                if tail >= graph.candidateCount, missing[tail] == 0, !set(tail, .inside) { return false }
            }
        } else {
            for edge in back { guard set(Int(closure.needers.tails[Int(edge)]), .outside) else { return false } }
        }
        return slack <= allowance
    }

    /// Notes a decision and what it is short of; false when it was decided otherwise before.
    private mutating func set(_ node: Int, _ decision: Decision) -> Bool {
        guard decisions[node] == .open else { return decisions[node] == decision }
        count(node, decision, 1)
        decisions[node] = decision
        trail.append(UInt32(node))
        return true
    }

    private mutating func undo(to length: Int) {
        while trail.count > length {
            let node = Int(trail.removeLast())
            let decision = decisions[node]
            decisions[node] = .open
            count(node, decision, -1)
        }
    }

    /// Adds (or takes back) what a decision brings about, given those made before it.
    private mutating func count(_ node: Int, _ decision: Decision, _ sign: Int64) {
        var short: Amount
        if decision == .inside {
            short = closure.room[node]
            for edge in closure.needers.edges(to: node) {
                let tail = Int(closure.needers.tails[Int(edge)])
                if decisions[tail] == .outside { short += closure.flow[Int(edge)] }
                if sign > 0 { missing[tail] -= 1 } else { missing[tail] += 1 }
            }
            insideLoss += sign * graph.loss(of: node)
            insideBytes += sign * graph.bytes[node]
        } else {
            short = closure.excess[node]
            for edge in graph.edges(of: node) where decisions[Int(graph.needs[edge])] == .inside {
                short += closure.flow[edge]
            }
            openBytes -= sign * graph.bytes[node]
        }
        slack += Amount(sign) * short
    }
}

package import Figures
package import Foundation

/// Chooses, of what a selection asks for, what frees enough bytes at the least loss.
///
/// Whatever the closure lets go is a candidate if a rule selected it and it can stay by itself; what follows (children,
/// referrers) goes once all that it hangs on are chosen. An object is freed once every candidate is chosen that keeps one of its holders, which
/// makes it a ``FrontierProblem``.
package struct CleanupTargets: Sendable {
    typealias Index = LayerGraph.Index

    /// What giving up an image or artifact costs.
    package enum Loss: String, Sendable, CaseIterable {
        /// One.
        case images
        /// 64 if it was pushed or pulled in the last 30 days, half as much for each 30 days before, at least one.
        case activity
    }

    let nodes: HoldingGraph
    let closure: CleanupClosure
    /// By candidate, its node.
    let candidates: [Index]
    /// By candidate.
    package let losses: [Int64]
    package let search: FrontierSearch
    /// What the collector frees without any deletion.
    package let garbageBytes: Int64

    /// - Throws: ``FrontierProblemError`` for sizes beyond all measure.
    package init(
        _ graph: LayerGraph, _ facts: CleanupFacts, _ selection: CleanupSelection,
        protections: CleanupProtections = CleanupProtections(), collector: GarbageCollector, source: LayerGraph.Index,
        loss: Loss = .images, now: Date
    ) throws(FrontierProblemError) {
        let nodes = HoldingGraph(graph, facts, source: source, isEngine: collector.isEngine)
        self.nodes = nodes
        closure = CleanupClosure(nodes, selection, protections)
        let order = closure.order
        var counts = MarkCounts(nodes, collector)
        let stored = nodes.graph.objects(below: nodes.items)
        let isGarbage = counts.objectMarks.map { $0 == 0 }
        garbageBytes =
            stored.reduce(0) { $0 + (isGarbage[Int($1)] ? nodes.graph.bytes($1) : 0) }
            + (collector.takesOrphans
                ? facts.orphans.reduce(0) { $0 + ($1.source == source ? $1.bytes : 0) } : 0)
        for node in order { counts.take(node) }

        let keepers = Keepers(nodes, closure, order)
        candidates = keepers.candidates
        var objects: [Index] = []
        var numbers = [Index](repeating: LayerGraph.none, count: nodes.graph.objectCount)
        for object in stored where counts.objectMarks[Int(object)] == 0 && !isGarbage[Int(object)] {
            numbers[Int(object)] = Index(objects.count)
            objects.append(object)
        }
        var held = [[Index]](repeating: [], count: candidates.count)
        for node in order {
            let marked = counts.objects(markedFrom: node)
                .lazy.map { numbers[Int($0)] }.filter { $0 != LayerGraph.none }
            for candidate in keepers.keepers[Int(node)] { held[Int(candidate)].append(contentsOf: marked) }
        }
        losses = LossMeasure(nodes, loss, now: now).losses(order, keepers)
        search = FrontierSearch(
            try FrontierProblem(
                losses: losses, objectBytes: objects.map { nodes.graph.bytes($0) }, held: held,
                requirements: keepers.requirements))
    }

    package var frontier: Frontier { search.frontier }

    /// What to choose for so many bytes, those included that go without any deletion.
    package func choose(freeing bytes: Int64) -> TargetOutcome {
        search.target(max(0, bytes - garbageBytes))
    }

    /// The part of the selection that a choice stands for.
    package func selection(of choice: [LayerGraph.Index]) -> CleanupSelection {
        var part = closure.selection
        var isChosen = [Bool](repeating: false, count: nodes.count)
        for candidate in choice { isChosen[Int(candidates[Int(candidate)])] = true }
        for tag in part.ruleOfTag.indices where part.ruleOfTag[tag] != LayerGraph.none {
            let node = nodes.nodeOfTag[tag]
            if node == LayerGraph.none || !isChosen[Int(node)] { part.ruleOfTag[tag] = LayerGraph.none }
        }
        for holding in part.ruleOfHolding.indices where part.ruleOfHolding[holding] != LayerGraph.none {
            let node = nodes.nodeOfHolding[holding]
            if node == LayerGraph.none || !isChosen[Int(node)] { part.ruleOfHolding[holding] = LayerGraph.none }
        }
        return part
    }
}

/// Which candidates keep what a plan lets go.
struct Keepers {
    typealias Index = LayerGraph.Index

    /// By candidate, its node.
    private(set) var candidates: [Index] = []
    /// By node that goes: the candidates that must all be chosen for it to go.
    private(set) var keepers: [[Index]]
    private(set) var requirements: [FrontierProblem.Requirement] = []

    init(_ nodes: HoldingGraph, _ closure: CleanupClosure, _ order: [Index]) {
        keepers = [[Index]](repeating: [], count: nodes.count)
        var goes = [Bool](repeating: false, count: nodes.count)
        for node in order { goes[Int(node)] = true }
        var leaders = [[Index]](repeating: [], count: nodes.count)
        var waiting = [UInt32](repeating: 0, count: nodes.count)
        for node in order {
            for rows in [nodes.listed[node], nodes.referrers[node]] {
                for below in rows where goes[Int(below)] {
                    leaders[Int(below)].append(node)
                    waiting[Int(below)] += 1
                }
            }
        }
        // Leaders first. What hangs on itself in a ring, as no digests can, is taken in the order that there is.
        var queue = order.filter { waiting[Int($0)] == 0 }
        var isDone = [Bool](repeating: false, count: nodes.count)
        var position = 0
        var rest = order[...]
        while true {
            if position == queue.count {
                guard let next = rest.first(where: { !isDone[Int($0)] }) else { break }
                rest = rest.drop { isDone[Int($0)] }
                queue.append(next)
            }
            let node = queue[position]
            position += 1
            guard !isDone[Int(node)] else { continue }
            isDone[Int(node)] = true
            let above = Set(leaders[Int(node)].flatMap { keepers[Int($0)] }).sorted()
            // What no name keeps goes with what it hangs on, whether a rule selects it or not.
            if closure.rules[Int(node)] != LayerGraph.none, nodes.isNamed(node) || nodes.leaders[Int(node)] == 0 {
                let candidate = Index(candidates.count)
                candidates.append(node)
                keepers[Int(node)] = [candidate]
                requirements += above.map { FrontierProblem.Requirement(candidate, needs: $0) }
            } else {
                keepers[Int(node)] = above
            }
            for rows in [nodes.listed[node], nodes.referrers[node]] {
                for below in rows where goes[Int(below)] && !isDone[Int(below)] {
                    waiting[Int(below)] -= 1
                    if waiting[Int(below)] == 0 { queue.append(below) }
                }
            }
        }
    }
}

/// What candidates cost.
private struct LossMeasure {
    typealias Index = LayerGraph.Index

    let nodes: HoldingGraph
    let loss: CleanupTargets.Loss
    let now: Date

    init(_ nodes: HoldingGraph, _ loss: CleanupTargets.Loss, now: Date) {
        self.nodes = nodes
        self.loss = loss
        self.now = now
    }

    /// By candidate: the images and artifacts that go with it. One that several candidates keep counts with the first.
    func losses(_ order: [Index], _ keepers: Keepers) -> [Int64] {
        var losses = [Int64](repeating: 0, count: keepers.candidates.count)
        for node in order {
            guard let candidate = keepers.keepers[Int(node)].first else { continue }
            losses[Int(candidate)] += cost(of: node)
        }
        return losses
    }

    private func cost(of node: Index) -> Int64 {
        switch nodes.graph.itemKinds[Int(nodes.items[Int(node)])] {
        case .index, .attestation, .cache: return 0
        case .image, .artifact: break
        }
        guard loss == .activity, let last = lastUse(of: node) else { return 1 }
        let months = max(0, Int(min(10_000, now.timeIntervalSince(last) / (30 * 86_400))))
        return max(1, 64 >> Int64(min(6, months)))
    }

    private func lastUse(of node: Index) -> Date? {
        let facts = nodes.facts
        return nodes.holdings[node].compactMap { holding -> Date? in
            let pushed = facts.holdingPushedAt[Int(holding)] ?? facts.itemCreatedAt[Int(nodes.items[Int(node)])]
            guard case .at(let pulled) = facts.holdingLastPull[Int(holding)] else { return pushed }
            return max(pulled, pushed ?? pulled)
        }.max()
    }
}

extension MarkCounts {
    /// What the collector marks when it starts at a node; nothing where it does not.
    func objects(markedFrom node: LayerGraph.Index) -> [LayerGraph.Index] {
        guard isStart(node) else { return [] }
        let graph = nodes.graph
        if collector.reachesItems { return graph.objects(reachedFrom: [nodes.items[Int(node)]]) }
        var marked: [LayerGraph.Index] = []
        var stack = [node]
        var seen: Set<LayerGraph.Index> = []
        while let next = stack.popLast() {
            guard seen.insert(next).inserted else { continue }
            let item = nodes.items[Int(next)]
            marked += graph.objects(of: Int(item))
            marked += graph.children(of: Int(item)).compactMap { graph.document(of: $0) }
            if collector.marksListedManifests { stack += nodes.listed[next] }
        }
        return marked
    }
}

package import Figures

/// Plans the deletions that a selection asks for in one source: what goes, what stays and why, and exactly what the
/// collector at hand frees.
///
/// What goes is the least that the selection asks for and that breaks nothing: with a manifest go the children and the
/// referrers that nothing else keeps. Bytes are exact as far as the facts go (``CleanupPlan/isExact``).
package func plan(
    _ graph: LayerGraph, _ facts: CleanupFacts, _ selection: CleanupSelection,
    protections: CleanupProtections = CleanupProtections(), collector: GarbageCollector, source: LayerGraph.Index
) -> CleanupPlan {
    let nodes = HoldingGraph(graph, facts, source: source, isEngine: collector.isEngine)
    let closure = CleanupClosure(nodes, selection, protections)
    var planning = CleanupPlanning(nodes, closure, protections, collector, source)
    planning.run()
    return planning.plan
}

/// Puts a plan together.
struct CleanupPlanning {
    typealias Index = LayerGraph.Index

    let nodes: HoldingGraph
    let closure: CleanupClosure
    let protections: CleanupProtections
    var counts: MarkCounts
    var followers: Followers
    var plan: CleanupPlan

    init(
        _ nodes: HoldingGraph, _ closure: CleanupClosure, _ protections: CleanupProtections,
        _ collector: GarbageCollector, _ source: Index
    ) {
        self.nodes = nodes
        self.closure = closure
        self.protections = protections
        counts = MarkCounts(nodes, collector)
        // Alone, a deletion leaves all other names and whatever else has a reason of its own to stay.
        followers = Followers(
            nodes, isFixed: (0..<Index(nodes.count)).map { nodes.isNamed($0) || closure.roots[Int($0)] != .none })
        plan = CleanupPlan(source: source, collector: collector)
        plan.isExact =
            nodes.facts.isEverythingKnown[Int(source)]
            && nodes.graph.repositorySources.indices.allSatisfy {
                nodes.graph.repositorySources[$0] != source || nodes.facts.repositoryIsComplete[$0]
            }
    }

    mutating func run() {
        let order = closure.order
        let stored = nodes.graph.objects(below: nodes.items)
        let orphans = nodes.facts.orphans.filter { $0.source == plan.source }
        let orphanBytes = orphans.reduce(0) { $0 + $1.bytes }
        plan.freesOrphans = plan.collector.takesOrphans && !orphans.isEmpty
        plan.heldBytes = stored.reduce(orphanBytes) { $0 + nodes.graph.bytes($1) }
        plan.garbageBytes = freedBytes(of: stored) + (plan.freesOrphans ? orphanBytes : 0)

        addUntaggings()
        for node in order { addDeletion(of: node) }
        addRefusals()

        for node in order { counts.take(node) }
        counts.settle()
        followers.take(order)
        plan.freedObjects = stored.filter { counts.objectMarks[Int($0)] == 0 }
        plan.freedBytes = freedBytes(of: stored) + (plan.freesOrphans ? orphanBytes : 0)
        plan.unknownObjects = Int64(plan.freedObjects.count { nodes.graph.objectBytes[Int($0)] < 0 })
        addHolders(ofItems: order.map { nodes.items[Int($0)] })
        addDestructions()
    }

    private func freedBytes(of stored: [Index]) -> Int64 {
        stored.reduce(0) { $0 + (counts.objectMarks[Int($1)] == 0 ? nodes.graph.bytes($1) : 0) }
    }

    /// Tags go, and another one keeps what they name.
    private mutating func addUntaggings() {
        for node in 0..<Index(nodes.count) where closure.roots[Int(node)] == .tag {
            guard let keeper = closure.stayingTag(node) else { continue }
            let tags = closure.selectedTags(node)
            for (repository, names) in closure.names(tags) {
                let rule = tags.first { nodes.facts.tags[Int($0)].repository == repository }
                    .map { closure.selection.rules[Int(closure.selection.ruleOfTag[Int($0)])] }
                plan.deletions.append(
                    CleanupPlan.Deletion(
                        action: .untag, repository: repository, item: nodes.items[Int(node)], tags: names,
                        reason: rule ?? ""))
                let (blocker, name) = closure.tagBlocker(keeper)
                plan.refusals.append(
                    CleanupPlan.Refusal(
                        repository: repository, item: nodes.items[Int(node)], tags: names, rule: rule ?? "",
                        blocker: blocker, blockedBy: name))
            }
        }
    }

    /// A manifest or image goes. An engine's image goes with its last name; the deletions before only take names.
    private mutating func addDeletion(of node: Index) {
        var names = closure.names(nodes.tags[node])
        if names.isEmpty { names = [(nodes.repository(of: node), [])] }
        let isSelected = closure.rules[Int(node)] != LayerGraph.none
        for (position, (repository, tags)) in names.enumerated() {
            let isLast = position + 1 == names.count
            plan.deletions.append(
                CleanupPlan.Deletion(
                    action: isLast ? .delete : .untag, repository: repository, item: nodes.items[Int(node)],
                    tags: tags, reason: closure.reason(node), isSelected: isSelected,
                    exclusiveBytes: isLast ? bytesFreedAlone(node) : 0))
        }
    }

    /// What a selected deletion frees alone, with what follows it; nothing, if another one of the plan keeps it.
    private mutating func bytesFreedAlone(_ node: Index) -> Int64 {
        guard closure.rules[Int(node)] != LayerGraph.none else { return 0 }
        return counts.bytesFreed(byTaking: node, followers: &followers)
    }

    private mutating func addRefusals() {
        for node in 0..<Index(nodes.count) where closure.rules[Int(node)] != LayerGraph.none && closure.kept[node] {
            let (blocker, name) = closure.blocker(node, protections)
            var names = closure.names(closure.selectedTags(node))
            if names.isEmpty { names = [(nodes.repository(of: node), [])] }
            for (repository, tags) in names {
                plan.refusals.append(
                    CleanupPlan.Refusal(
                        repository: repository, item: nodes.items[Int(node)], tags: tags,
                        rule: closure.selection.rules[Int(closure.rules[Int(node)])], blocker: blocker,
                        blockedBy: name))
            }
        }
    }
}

extension LayerGraph {
    /// The objects of items and of all that is below them, each once, in order. (For all items of a source: by marks,
    /// where ``objects(reachedFrom:)`` keeps sets.)
    func objects(below roots: [Index]) -> [Index] {
        var isVisited = [Bool](repeating: false, count: itemCount)
        var isReached = [Bool](repeating: false, count: objectCount)
        var stack = roots
        while let item = stack.popLast() {
            guard !isVisited[Int(item)] else { continue }
            isVisited[Int(item)] = true
            for object in objects(of: Int(item)) { isReached[Int(object)] = true }
            stack.append(contentsOf: children(of: Int(item)))
        }
        return isReached.indices.lazy.filter { isReached[$0] }.map { Index($0) }
    }
}

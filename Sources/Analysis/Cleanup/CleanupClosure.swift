import Figures

/// What goes and what stays when a selection is carried out, each with the reason.
///
/// What has a reason of its own to stay is a root; with a root stays all that hangs on it. Of what is selected, and of
/// what hangs on that, goes what no root reaches.
struct CleanupClosure {
    typealias Index = LayerGraph.Index

    /// Why a node stays whatever becomes of others.
    enum Root: UInt8 {
        case none
        /// A tag that is not selected.
        case tag
        /// An engine's name by digest, and no tag.
        case digestName
        case container
        case pinned
        /// Untagged, and its repository was not seen whole.
        case incomplete
        /// Untagged and not selected, and nothing there lists it or is what it is about.
        case independent

        /// Whether it is there for those who pull: by a name.
        var isName: Bool { self == .tag || self == .digestName }
    }

    /// How one got to a node.
    enum Step: UInt8 {
        case itself
        case listed
        case about
        case builtOn
    }

    /// How far a closure got: by node the node where it began, or ``LayerGraph/none``, and the last step on the way.
    struct Reach {
        var origins: [Index]
        var steps: [Step]

        init(count: Int) {
            origins = [Index](repeating: LayerGraph.none, count: count)
            steps = [Step](repeating: .itself, count: count)
        }

        subscript(node: Index) -> Bool { origins[Int(node)] != LayerGraph.none }
    }

    let nodes: HoldingGraph
    let selection: CleanupSelection
    /// By node.
    private(set) var roots: [Root] = []
    /// By node: the rule that selects it with all its tags, or without any; ``LayerGraph/none`` if none does.
    private(set) var rules: [Index] = []
    /// What stays with a root; nearest first, names before other roots.
    private(set) var kept: Reach
    /// What goes.
    private(set) var going: Reach
    /// By node: whether it stays with a name.
    private(set) var isKeptByName: [Bool] = []

    init(_ nodes: HoldingGraph, _ selection: CleanupSelection, _ protections: CleanupProtections) {
        self.nodes = nodes
        self.selection = selection
        kept = Reach(count: nodes.count)
        going = kept
        rules = (0..<Index(nodes.count)).map { rule(of: $0) }
        roots = (0..<Index(nodes.count)).map { root(at: $0, protections) }
        let (roots, rules) = (roots, rules)
        kept.spread(over: nodes, from: roots.indices.filter { roots[$0].isName }.map { Index($0) })
        isKeptByName = kept.origins.map { $0 != LayerGraph.none }
        kept.spread(over: nodes, from: roots.indices.filter { roots[$0] != .none }.map { Index($0) })
        going.spread(
            over: nodes, from: rules.indices.filter { rules[$0] != LayerGraph.none }.map { Index($0) }, without: kept)
    }

    /// The first tag of a node that is not selected.
    func stayingTag(_ node: Index) -> Index? {
        nodes.tags[node].first {
            nodes.facts.tags[Int($0)].kind == .tag && selection.ruleOfTag[Int($0)] == LayerGraph.none
        }
    }

    /// The tags of a node that are selected.
    func selectedTags(_ node: Index) -> [Index] {
        nodes.tags[node].filter { selection.ruleOfTag[Int($0)] != LayerGraph.none }
    }

    private func rule(of node: Index) -> Index {
        if nodes.isTagged(node) {
            guard stayingTag(node) == nil else { return LayerGraph.none }
            return selectedTags(node).first.map { selection.ruleOfTag[Int($0)] } ?? LayerGraph.none
        }
        for holding in nodes.holdings[node] where selection.ruleOfHolding[Int(holding)] != LayerGraph.none {
            return selection.ruleOfHolding[Int(holding)]
        }
        return LayerGraph.none
    }

    private func root(at node: Index, _ protections: CleanupProtections) -> Root {
        let isTagged = nodes.isTagged(node)
        if isTagged, stayingTag(node) != nil { return .tag }
        let item = nodes.items[Int(node)]
        if let users = nodes.facts.users[item], !users.isEmpty { return .container }
        if protections.pinned[item] != nil { return .pinned }
        guard !isTagged else { return .none }
        if nodes.isNamed(node) { return .digestName }
        if !nodes.isComplete(node) { return .incomplete }
        return rules[Int(node)] == LayerGraph.none && nodes.leaders[Int(node)] == 0 ? .independent : .none
    }

}

extension CleanupClosure.Reach {
    /// Goes down from nodes, breadth first; what was reached before, here or by another, is left out.
    fileprivate mutating func spread(
        over nodes: HoldingGraph, from starts: [LayerGraph.Index], without other: CleanupClosure.Reach? = nil
    ) {
        var queue: [LayerGraph.Index] = []
        for node in starts where !self[node] && other?[node] != true {
            origins[Int(node)] = node
            queue.append(node)
        }
        var position = 0
        while position < queue.count {
            let node = queue[position]
            position += 1
            for (rows, step) in [(nodes.listed[node], CleanupClosure.Step.listed), (nodes.referrers[node], .about)] {
                for below in rows where !self[below] && other?[below] != true {
                    origins[Int(below)] = origins[Int(node)]
                    steps[Int(below)] = step
                    queue.append(below)
                }
            }
            // What goes takes nothing along that it was built from: that has a name, or is not shown at all.
            guard other == nil else { continue }
            for base in nodes.bases[node] where !self[base] {
                origins[Int(base)] = origins[Int(node)]
                steps[Int(base)] = .builtOn
                queue.append(base)
            }
        }
    }
}

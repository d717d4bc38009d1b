import Figures

/// What can be deleted in a source, and what hangs on what there.
///
/// A registry keeps manifests by repository: a node is a holding, and hangs on the holdings of its own repository. An
/// engine keeps an image once, under as many names as it has: a node is an item with all its holdings.
struct HoldingGraph: Sendable {
    typealias Index = LayerGraph.Index

    let graph: LayerGraph
    let facts: CleanupFacts
    let isEngine: Bool
    /// By node.
    private(set) var items: [Index] = []
    private(set) var holdings: Rows
    /// By holding of the graph: its node, or ``LayerGraph/none`` for another source's.
    private(set) var nodeOfHolding: [Index]
    /// By node: the nodes of an index's children, each once.
    private(set) var listed: Rows
    /// By node: the nodes of what is about it.
    private(set) var referrers: Rows
    /// By node: the node of the image that it was built from; at most one.
    private(set) var bases: Rows
    /// By node: how many rows of ``listed`` and ``referrers`` it stands in. A node without any is independent.
    private(set) var leaders: [UInt32]
    /// By node: its names, as numbers in ``CleanupFacts/tags``; in the order of repositories, kinds and names.
    private(set) var tags: Rows
    /// By tag: its node, or ``LayerGraph/none`` when its repository does not hold the item.
    private(set) var nodeOfTag: [Index]

    /// - Parameter source: whose holdings to take; nil for those of all sources.
    init(_ graph: LayerGraph, _ facts: CleanupFacts, source: Index?, isEngine: Bool) {
        precondition(graph.isWellFormed && facts.fits(graph), "the clean-up facts do not fit the layer graph")
        self.graph = graph.believable
        self.facts = facts
        self.isEngine = isEngine
        let own = (0..<Index(graph.holdingCount)).filter {
            source == nil || graph.repositorySources[Int(graph.holdingRepositories[Int($0)])] == source
        }
        var nodeOfHolding = [Index](repeating: LayerGraph.none, count: graph.holdingCount)
        var nodeOfItem = [Index](repeating: LayerGraph.none, count: graph.itemCount)
        for holding in own {
            let item = graph.holdingItems[Int(holding)]
            if isEngine, nodeOfItem[Int(item)] != LayerGraph.none {
                nodeOfHolding[Int(holding)] = nodeOfItem[Int(item)]
                continue
            }
            nodeOfHolding[Int(holding)] = Index(items.count)
            if isEngine { nodeOfItem[Int(item)] = Index(items.count) }
            items.append(item)
        }
        self.nodeOfHolding = nodeOfHolding
        holdings = Rows(count: items.count, keys: own.map { nodeOfHolding[Int($0)] }, values: own)

        var links = Links(nodes: items.count, tags: facts.tags.count)
        if isEngine {
            links.connect(graph, facts, own, tags: facts.tags.indices.map { Index($0) }, nodeOfHolding, &nodeOfItem)
        } else {
            let repositories = graph.repositoryKeys.count
            let byRepository = Rows(
                count: repositories, keys: own.map { graph.holdingRepositories[Int($0)] }, values: own)
            let tags = Rows(
                count: repositories, keys: facts.tags.map(\.repository), values: facts.tags.indices.map { Index($0) })
            for repository in 0..<Index(repositories) where !byRepository[repository].isEmpty {
                links.connect(
                    graph, facts, Array(byRepository[repository]), tags: Array(tags[repository]), nodeOfHolding,
                    &nodeOfItem)
            }
        }
        listed = Rows(count: items.count, keys: links.lists, values: links.listed)
        referrers = Rows(count: items.count, keys: links.subjects, values: links.referrers)
        bases = Rows(
            count: items.count, keys: isEngine ? links.built : [], values: isEngine ? links.bases : [])
        leaders = links.leaders
        nodeOfTag = links.nodeOfTag
        let named = facts.tags.indices.lazy.map { Index($0) }.filter { links.nodeOfTag[Int($0)] != LayerGraph.none }
        tags = Rows(
            count: items.count, keys: named.map { links.nodeOfTag[Int($0)] }, values: Array(named))
        tags.sortRows { facts.tags[Int($0)].standsBefore(facts.tags[Int($1)]) }
    }

    var count: Int { items.count }

    /// Visits the nodes of what a node lists and of what is about it.
    func forEachBelow(_ node: Index, _ visit: (Index) -> Void) {
        for below in listed[node] { visit(below) }
        for below in referrers[node] { visit(below) }
    }

    /// Whether a node has a name that keeps it: a tag, or an engine's name by digest.
    func isNamed(_ node: Index) -> Bool { tags[node].contains { facts.tags[Int($0)].kind != .referrerTag } }

    /// Whether a node has an ordinary tag.
    func isTagged(_ node: Index) -> Bool { tags[node].contains { facts.tags[Int($0)].kind == .tag } }

    /// Whether everything was seen in the repositories that a node is in.
    func isComplete(_ node: Index) -> Bool {
        holdings[node].allSatisfy { facts.repositoryIsComplete[Int(graph.holdingRepositories[Int($0)])] }
    }

    /// The first repository that a node is in.
    func repository(of node: Index) -> Index {
        holdings[node].first.map { graph.holdingRepositories[Int($0)] } ?? 0
    }

    /// `team/app:1`, or `team/app@sha256:…` for what has no name.
    func name(of node: Index) -> String {
        let ordinary = tags[node].first { facts.tags[Int($0)].kind == .tag } ?? tags[node].first
        if let ordinary { return name(ofTag: ordinary) }
        return "\(graph.repositoryNames[Int(repository(of: node))])@\(facts.itemDigests[Int(items[Int(node)])])"
    }

    /// `team/app:1`; a name by digest stands after `@`.
    func name(ofTag number: Index) -> String {
        let tag = facts.tags[Int(number)]
        return graph.repositoryNames[Int(tag.repository)] + (tag.kind == .digest ? "@" : ":") + tag.name
    }
}

extension HoldingGraph {
    /// A holder as people see it, with those of its tags that stay.
    func holder(_ entry: TopHolders.Entry, stays: (Index) -> Bool) -> CleanupPlan.Holder {
        let repository = repository(of: entry.node)
        let tags = tags[entry.node].filter { facts.tags[Int($0)].repository == repository && stays($0) }
        return CleanupPlan.Holder(
            repository: repository, item: items[Int(entry.node)], tags: tags.map { facts.tags[Int($0)].name },
            heldBytes: entry.heldBytes, freesBytes: entry.freesBytes)
    }
}

/// Finds, one repository after another, what hangs on what.
private struct Links {
    typealias Index = LayerGraph.Index

    var lists: [Index] = []
    var listed: [Index] = []
    var subjects: [Index] = []
    var referrers: [Index] = []
    var built: [Index] = []
    var bases: [Index] = []
    var leaders: [UInt32]
    var nodeOfTag: [Index]
    /// By node: the last node that was seen to list it, counted from 1.
    private var lastList: [UInt32]
    /// By node; an engine's image is looked at once, whatever number of names it has.
    private var isDone: [Bool]

    init(nodes: Int, tags: Int) {
        leaders = [UInt32](repeating: 0, count: nodes)
        lastList = leaders
        isDone = [Bool](repeating: false, count: nodes)
        nodeOfTag = [Index](repeating: LayerGraph.none, count: tags)
    }

    /// - Parameter nodeOfItem: room for the look-up by item; `none` everywhere else than for these holdings.
    mutating func connect(
        _ graph: LayerGraph, _ facts: CleanupFacts, _ holdings: [Index], tags: [Index], _ nodeOfHolding: [Index],
        _ nodeOfItem: inout [Index]
    ) {
        for holding in holdings { nodeOfItem[Int(graph.holdingItems[Int(holding)])] = nodeOfHolding[Int(holding)] }
        for tag in tags { nodeOfTag[Int(tag)] = nodeOfItem[Int(facts.tags[Int(tag)].item)] }
        for holding in holdings {
            let item = Int(graph.holdingItems[Int(holding)])
            let node = nodeOfHolding[Int(holding)]
            guard nodeOfItem[item] == node, !isDone[Int(node)] else { continue }
            isDone[Int(node)] = true
            for child in graph.children(of: item) {
                let below = nodeOfItem[Int(child)]
                guard below != LayerGraph.none, below != node, lastList[Int(below)] != node + 1 else { continue }
                lastList[Int(below)] = node + 1
                lists.append(node)
                listed.append(below)
                leaders[Int(below)] += 1
            }
            if let base = facts.bases[Index(item)], nodeOfItem[Int(base)] != LayerGraph.none,
                nodeOfItem[Int(base)] != node
            {
                built.append(node)
                bases.append(nodeOfItem[Int(base)])
            }
            let subject = graph.itemSubjects[item]
            guard subject < LayerGraph.missing, nodeOfItem[Int(subject)] != LayerGraph.none,
                nodeOfItem[Int(subject)] != node
            else { continue }
            subjects.append(nodeOfItem[Int(subject)])
            referrers.append(node)
            leaders[Int(node)] += 1
        }
        for holding in holdings { nodeOfItem[Int(graph.holdingItems[Int(holding)])] = LayerGraph.none }
    }
}

extension CleanupFacts {
    /// Whether there is a fact for each thing of a graph.
    func fits(_ graph: LayerGraph) -> Bool {
        itemDigests.count == graph.itemCount && itemCreatedAt.count == graph.itemCount
            && holdingPushedAt.count == graph.holdingCount && holdingLastPull.count == graph.holdingCount
            && holdingWasTagged.count == graph.holdingCount && repositoryOwners.count == graph.repositoryKeys.count
            && repositoryIsComplete.count == graph.repositoryKeys.count
            && isEverythingKnown.count == graph.sourceKeys.count
            && tags.allSatisfy { Int($0.repository) < graph.repositoryKeys.count && Int($0.item) < graph.itemCount }
    }
}

extension CleanupFacts.Tag {
    fileprivate func standsBefore(_ other: CleanupFacts.Tag) -> Bool {
        (repository, kind.rawValue, name) < (other.repository, other.kind.rawValue, other.name)
    }
}

package import Figures

/// Answers what would be freed if something went, at the cost of what is asked about and not of the whole source.
package struct WhatIf: Sendable {
    typealias Index = LayerGraph.Index

    /// What may go.
    package enum Subject: Sendable {
        /// Everywhere in the source.
        case items([LayerGraph.Index])
        case holdings([LayerGraph.Index])
        /// Numbers in ``CleanupFacts/tags``; a manifest goes with its last tag.
        case tags([LayerGraph.Index])
        case repositories([LayerGraph.Index])
        case owners([String])
    }

    /// What would be.
    package struct Answer: Sendable, Equatable {
        /// Manifests (registry) or images (engine) that would go, with the children and referrers that would follow.
        package var items: Int64 = 0
        /// Bytes that the garbage collector would free beyond what it frees today.
        package var freedBytes: Int64 = 0
        /// Bytes of what would go that stay, because others hold them.
        package var retainedBytes: Int64 = 0
        /// Objects of unknown size among what would be freed.
        package var unknownObjects: Int64 = 0
        /// Those who hold most of what stays, and those whose going would free most besides.
        package var holders: [CleanupPlan.Holder] = []
        /// Whether all holders were compared; of what very many hold, only some are.
        package var comparesAllHolders = true

        /// Nothing.
        package init() {}
    }

    let nodes: HoldingGraph
    private let counts: MarkCounts
    let followers: Followers
    let nodesOfItem: Rows
    let parentsOfItem: Rows
    let itemsOfObject: Rows

    /// Prepares a source; the larger part of the work.
    package init(
        _ graph: LayerGraph, _ facts: CleanupFacts, collector: GarbageCollector, source: LayerGraph.Index
    ) {
        nodes = HoldingGraph(graph, facts, source: source, isEngine: collector.isEngine)
        counts = MarkCounts(nodes, collector)
        let nodes = nodes
        followers = Followers(
            nodes,
            isFixed: (0..<LayerGraph.Index(nodes.count)).map {
                nodes.isNamed($0) || !nodes.isComplete($0) || facts.users[nodes.items[Int($0)]]?.isEmpty == false
            })
        nodesOfItem = Rows(
            count: graph.itemCount, keys: nodes.items, values: (0..<LayerGraph.Index(nodes.count)).map { $0 })
        let children = Rows(offsets: graph.childOffsets, entries: graph.children)
        parentsOfItem = children.reversed(count: graph.itemCount)
        let objects = Rows(offsets: graph.ownOffsets, entries: graph.ownObjects)
        itemsOfObject = objects.reversed(count: graph.objectCount)
    }

    /// What would be freed if it went, with the children and referrers that nothing else keeps.
    ///
    /// What is asked about goes even where something that stays lists it.
    package func answer(_ subject: Subject) -> Answer {
        var followers = followers
        var counts = counts
        let going = followers.going(with: roots(of: subject))
        for node in going { counts.take(node) }
        var answer = Answer()
        answer.items = Int64(going.count)
        answer.freedBytes = counts.freedBytes
        answer.unknownObjects = counts.freedUnknown
        counts.settle()
        followers.take(going)
        let items = going.map { nodes.items[Int($0)] }
        let reached =
            items.count < 10_000 ? nodes.graph.objects(reachedFrom: items) : nodes.graph.objects(below: items)
        let retained = reached.filter { counts.objectMarks[Int($0)] > 0 }
        answer.retainedBytes = retained.reduce(0) { $0 + nodes.graph.bytes($1) }
        findHolders(of: retained, &counts, &followers, in: &answer)
        return answer
    }

    /// The nodes that go of themselves.
    private func roots(of subject: Subject) -> [Index] {
        switch subject {
        case .items(let items): return Set(items).sorted().flatMap { nodesOfItem[$0] }
        case .holdings(let holdings): return nodesHeld(only: Set(holdings))
        case .tags(let numbers):
            let all = Set(numbers)
            let touched = Set(all.map { nodes.nodeOfTag[Int($0)] }).subtracting([LayerGraph.none])
            return touched.sorted().filter { node in
                let tags = nodes.tags[node]
                let ordinary = tags.filter { nodes.facts.tags[Int($0)].kind == .tag }
                return (ordinary.isEmpty ? Array(tags) : ordinary).allSatisfy { all.contains($0) }
            }
        case .repositories(let repositories): return nodesHeld(onlyIn: Set(repositories))
        case .owners(let owners):
            return nodesHeld(
                onlyIn: Set(
                    nodes.facts.repositoryOwners.indices.lazy.filter {
                        owners.contains(nodes.facts.repositoryOwners[$0])
                    }
                    .map { Index($0) }))
        }
    }

    private func nodesHeld(onlyIn repositories: Set<Index>) -> [Index] {
        let graph = nodes.graph
        return nodesHeld(
            only: Set(
                (0..<Index(graph.holdingCount)).lazy.filter {
                    repositories.contains(graph.holdingRepositories[Int($0)])
                }))
    }

    private func nodesHeld(only holdings: Set<Index>) -> [Index] {
        Set(holdings.map { nodes.nodeOfHolding[Int($0)] }).subtracting([LayerGraph.none]).sorted().filter {
            nodes.holdings[$0].allSatisfy { holdings.contains($0) }
        }
    }
}

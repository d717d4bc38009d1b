import Figures

extension CleanupPlanning {
    private static let limit = 20

    /// Says what of the deleted items stays, and who holds it. The plan has been carried out in the counts.
    mutating func addHolders(ofItems items: [Index]) {
        let retained = nodes.graph.objects(below: items).filter { counts.objectMarks[Int($0)] > 0 }
        var held = HeldObjects(nodes.graph, retained)
        plan.retainedBytes = held.bytes
        guard !held.isEmpty else { return }
        var top = TopHolders(limit: Self.limit)
        for node in 0..<Index(nodes.count) where closure.roots[Int(node)] != .none {
            let bytes = held.bytes(heldBy: nodes.items[Int(node)])
            guard bytes > 0 else { continue }
            let frees = counts.bytesFreed(byTaking: node, followers: &followers)
            top.add(TopHolders.Entry(node: node, heldBytes: bytes, freesBytes: frees))
        }
        plan.holders = top.entries.map { entry in
            nodes.holder(entry) { closure.selection.ruleOfTag[Int($0)] == LayerGraph.none }
        }
    }

    /// Says what the collector destroys though a name leads to it. The plan has been carried out in the counts.
    mutating func addDestructions() {
        guard plan.collector.marksListedDocuments else { return }
        let marks = counts.objectMarks
        var above: (listing: Rows, subjects: Rows)?
        for node in 0..<Index(nodes.count) where closure.isKeptByName[Int(node)] {
            let item = nodes.items[Int(node)]
            let lost = Set(nodes.graph.objects(of: Int(item)).lazy.filter { marks[Int($0)] == 0 })
            guard !lost.isEmpty || losesLink(node) else { continue }
            if above == nil {
                above = (nodes.listed.reversed(count: nodes.count), nodes.referrers.reversed(count: nodes.count))
            }
            let tags = above.map { names(leadingTo: node, $0.listing, $0.subjects) } ?? []
            plan.destructions.append(
                CleanupPlan.Destruction(
                    repository: nodes.repository(of: node), item: item, tags: tags,
                    bytes: lost.reduce(0) { $0 + nodes.graph.bytes($1) }))
        }
    }

    /// Whether the repository loses a manifest that is not deleted, though all its objects stay.
    private func losesLink(_ node: Index) -> Bool {
        guard plan.collector.deletesUntagged, !nodes.tags[node].contains(where: { isTag($0) }) else { return false }
        // Otherwise it depends on the mark of its document, and that is an object like others.
        return plan.collector.unlinksListedManifests || nodes.graph.document(of: nodes.items[Int(node)]) == nil
    }

    private func isTag(_ tag: Index) -> Bool { nodes.facts.tags[Int(tag)].kind != .digest }

    /// The staying tags of a node and of all that lists it or that it is about.
    private func names(leadingTo node: Index, _ listing: Rows, _ subjects: Rows) -> [String] {
        var seen: Set<Index> = [node]
        var stack = [node]
        var names = Set<String>()
        while let next = stack.popLast() {
            if closure.isKeptByName[Int(next)] {
                for tag in nodes.tags[next] where nodes.facts.tags[Int(tag)].kind == .tag {
                    guard closure.selection.ruleOfTag[Int(tag)] == LayerGraph.none else { continue }
                    names.insert(nodes.facts.tags[Int(tag)].name)
                }
            }
            for rows in [listing[next], subjects[next]] {
                for above in rows where seen.insert(above).inserted { stack.append(above) }
            }
        }
        return names.sorted()
    }
}

import Figures

extension CleanupClosure {
    /// Why a node goes: the rule that selected it, or what it follows.
    func reason(_ node: Index) -> String {
        let rule = rules[Int(node)]
        if rule != LayerGraph.none { return selection.rules[Int(rule)] }
        let name = nodes.name(of: going.origins[Int(node)])
        return going.steps[Int(node)] == .about ? "about \(name)" : "child of \(name)"
    }

    /// What keeps a selected node, and what that is called.
    func blocker(_ node: Index, _ protections: CleanupProtections) -> (CleanupPlan.Refusal.Blocker, String) {
        let origin = kept.origins[Int(node)]
        let item = nodes.items[Int(origin)]
        switch roots[Int(origin)] {
        case .container: return (.container, nodes.facts.users[item]?.sorted().joined(separator: ", ") ?? "")
        case .pinned: return (.pinned, "pinned by \(protections.pinned[item] ?? "")")
        case .incomplete where origin == node:
            return (.incomplete, nodes.graph.repositoryNames[Int(nodes.repository(of: node))])
        case .none, .tag, .digestName, .incomplete, .independent:
            let name = stayingTag(origin).map { nodes.name(ofTag: $0) } ?? nodes.name(of: origin)
            switch kept.steps[Int(node)] {
            case .about: return (.subject, name)
            case .builtOn: return (.child, name)
            case .itself, .listed: return (.index, name)
            }
        }
    }

    /// The tag that keeps the manifest of selected ones, and whether a rule saw to that.
    func tagBlocker(_ tag: Index) -> (CleanupPlan.Refusal.Blocker, String) {
        let isKept = selection.keepingRuleOfTag[Int(tag)] != LayerGraph.none
        return (isKept ? .keepRule : .tag, nodes.name(ofTag: tag))
    }

    /// The names of tags, by repository, in order.
    func names(_ tags: some Sequence<Index>) -> [(repository: Index, names: [String])] {
        var groups: [(repository: Index, names: [String])] = []
        for number in tags {
            let tag = nodes.facts.tags[Int(number)]
            if groups.last?.repository == tag.repository {
                groups[groups.count - 1].names.append(tag.name)
            } else {
                groups.append((tag.repository, [tag.name]))
            }
        }
        return groups
    }
}

import Figures
import Foundation

/// Follows one rule after another over a graph.
struct RuleSelection {
    typealias Index = LayerGraph.Index

    private let graph: LayerGraph
    private let facts: CleanupFacts
    private let now: Date
    private let nodes: HoldingGraph
    /// By repository.
    private let tags: Rows

    init(_ graph: LayerGraph, _ facts: CleanupFacts, now: Date) {
        self.graph = graph
        self.facts = facts
        self.now = now
        // By holding even for engines: names are selected one by one.
        nodes = HoldingGraph(graph, facts, source: nil, isEngine: false)
        tags = Rows(
            count: graph.repositoryKeys.count, keys: facts.tags.map(\.repository),
            values: facts.tags.indices.map { Index($0) })
    }

    func select(_ rule: CleanupRule, _ pattern: TagPattern, in selection: inout CleanupSelection) {
        let number = Index(selection.rules.count)
        selection.rules.append(rule.name)
        let isInScope = repositories(of: rule)
        if rule.selectsTags {
            for repository in isInScope.indices where isInScope[repository] {
                selectTags(of: Index(repository), rule, pattern, number, &selection)
            }
        }
        guard !rule.kinds.isEmpty else { return }
        let isOfKind = holdings(of: rule.kinds)
        for holding in isOfKind.indices where isOfKind[holding] {
            let node = nodes.nodeOfHolding[holding]
            guard isInScope[Int(graph.holdingRepositories[holding])], meetsTimes(of: rule, holding: holding) else {
                continue
            }
            if nodes.isNamed(node) {
                // Only what is broken is selected for all its names.
                for tag in nodes.tags[node] where facts.tags[Int(tag)].kind == .tag {
                    switch pattern.match(facts.tags[Int(tag)].name) {
                    case .none: break
                    case .excluded: selection.keep(tag, by: number)
                    case .fits: selection.select(tag, by: number)
                    }
                }
            } else if selection.ruleOfHolding[holding] == LayerGraph.none {
                selection.ruleOfHolding[holding] = number
            }
        }
    }

    private func repositories(of rule: CleanupRule) -> [Bool] {
        let patterns = rule.repositories.map { GlobPattern($0) }
        return graph.repositoryNames.indices.map { repository in
            (rule.owners.isEmpty || rule.owners.contains(facts.repositoryOwners[repository]))
                && (patterns.isEmpty || patterns.contains { $0.matches(graph.repositoryNames[repository]) })
        }
    }

    private func selectTags(
        of repository: Index, _ rule: CleanupRule, _ pattern: TagPattern, _ number: Index,
        _ selection: inout CleanupSelection
    ) {
        var groups: [[String]: [Index]] = [:]
        for tag in tags[repository] where facts.tags[Int(tag)].kind == .tag {
            switch pattern.match(facts.tags[Int(tag)].name) {
            case .none: break
            case .excluded: if meetsTimes(of: rule, tag: tag) { selection.keep(tag, by: number) }
            case .fits(let group): groups[group, default: []].append(tag)
            }
        }
        for group in groups.values {
            var kept = Set<Index>()
            if let keepLast = rule.keepLast { kept = youngest(keepLast, of: group) }
            for tag in group where meetsTimes(of: rule, tag: tag) {
                if kept.contains(tag) {
                    selection.keep(tag, by: number)
                } else {
                    selection.select(tag, by: number)
                }
            }
        }
    }

    /// The tags that `keepLast` leaves alone: the youngest, the others of the same manifests, and those of unknown age.
    private func youngest(_ places: Int, of group: [Index]) -> Set<Index> {
        var kept = Set<Index>()
        var dated: [(tag: Index, date: Date)] = []
        for tag in group {
            if let date = age(ofTag: tag) {
                dated.append((tag, date))
            } else {
                kept.insert(tag)
            }
        }
        dated.sort { left, right in
            if left.date != right.date { return left.date > right.date }
            return facts.tags[Int(left.tag)].name > facts.tags[Int(right.tag)].name
        }
        var items = Set<Index>()
        var left = places
        for (tag, _) in dated {
            let item = facts.tags[Int(tag)].item
            if !items.contains(item) {
                guard left > 0 else { continue }
                left -= 1
                items.insert(item)
            }
            kept.insert(tag)
        }
        return kept
    }
}

extension RuleSelection {
    private func age(ofTag tag: Index) -> Date? {
        if let pushed = facts.tags[Int(tag)].pushedAt { return pushed }
        let node = nodes.nodeOfTag[Int(tag)]
        let holding = node == LayerGraph.none ? nil : nodes.holdings[node].first
        return holding.flatMap { facts.holdingPushedAt[Int($0)] } ?? facts.itemCreatedAt[Int(facts.tags[Int(tag)].item)]
    }

    private func meetsTimes(of rule: CleanupRule, tag: Index) -> Bool {
        let node = nodes.nodeOfTag[Int(tag)]
        // Nothing can be said, and nothing done, about a tag whose manifest is not there.
        guard node != LayerGraph.none, let holding = nodes.holdings[node].first else { return false }
        let pull = facts.tags[Int(tag)].lastPull.later(than: facts.holdingLastPull[Int(holding)])
        return meetsTimes(of: rule, date: age(ofTag: tag), pull: pull)
    }

    private func meetsTimes(of rule: CleanupRule, holding: Int) -> Bool {
        let date = facts.holdingPushedAt[holding] ?? facts.itemCreatedAt[Int(graph.holdingItems[holding])]
        return meetsTimes(of: rule, date: date, pull: facts.holdingLastPull[holding])
    }

    private func meetsTimes(of rule: CleanupRule, date: Date?, pull: CleanupFacts.LastPull) -> Bool {
        func isPast(_ date: Date?, _ seconds: TimeInterval) -> Bool {
            date.map { now.timeIntervalSince($0) > seconds } ?? false
        }
        if let olderThan = rule.olderThan, !isPast(date, olderThan) { return false }
        guard let notPulledFor = rule.notPulledFor else { return true }
        switch pull {
        case .unknown: return false
        case .never: return isPast(date, notPulledFor)
        case .at(let pulled): return isPast(pulled, notPulledFor)
        }
    }

    /// By holding: whether it is of one of the kinds.
    private func holdings(of kinds: Set<CleanupRule.Kind>) -> [Bool] {
        var isOfKind = [Bool](repeating: false, count: graph.holdingCount)
        let waste =
            kinds.isDisjoint(with: [.untagged, .dangling, .superseded, .orphans])
            ? [] : WasteSearch(graph).kindOfItem()
        let isReached = waste.isEmpty ? [] : reachedByNames()
        for holding in isOfKind.indices {
            let item = Int(graph.holdingItems[holding])
            if kinds.contains(.broken), isBroken(item) { isOfKind[holding] = true }
            guard !waste.isEmpty, !isReached[Int(nodes.nodeOfHolding[holding])] else { continue }
            let isNameless = graph.repositoryNames[Int(graph.holdingRepositories[holding])] == LayerGraph.noRepository
            let isUntagged = !isNameless && waste[item] != .orphaned
            if kinds.contains(.orphans) && waste[item] == .orphaned
                || kinds.contains(.dangling) && isNameless && waste[item] == .dangling
                || kinds.contains(.untagged) && isUntagged
                || kinds.contains(.superseded) && isUntagged && facts.holdingWasTagged[holding]
            {
                isOfKind[holding] = true
            }
        }
        return isOfKind
    }

    /// By holding: whether a name of the same repository keeps it: its own, that of an index above it, or of what it is
    /// about. (``WasteSearch`` says so of items in a whole source.)
    private func reachedByNames() -> [Bool] {
        var isReached = (0..<Index(nodes.count)).map { nodes.isNamed($0) }
        var stack = (0..<Index(nodes.count)).filter { isReached[Int($0)] }
        while let node = stack.popLast() {
            nodes.forEachBelow(node) { below in
                guard !isReached[Int(below)] else { return }
                isReached[Int(below)] = true
                stack.append(below)
            }
        }
        return isReached
    }

    private func isBroken(_ item: Int) -> Bool {
        graph.missingChildren[item] > 0
            || !facts.damagedObjects.isEmpty && graph.objects(of: item).contains { facts.damagedObjects.contains($0) }
    }
}

extension CleanupSelection {
    fileprivate mutating func select(_ tag: LayerGraph.Index, by rule: LayerGraph.Index) {
        if ruleOfTag[Int(tag)] == LayerGraph.none { ruleOfTag[Int(tag)] = rule }
    }

    fileprivate mutating func keep(_ tag: LayerGraph.Index, by rule: LayerGraph.Index) {
        if keepingRuleOfTag[Int(tag)] == LayerGraph.none { keepingRuleOfTag[Int(tag)] = rule }
    }
}

extension CleanupFacts.LastPull {
    /// The later of two pulls; what one does not know, the other tells.
    fileprivate func later(than other: CleanupFacts.LastPull) -> CleanupFacts.LastPull {
        switch (self, other) {
        case (.at(let one), .at(let two)): .at(max(one, two))
        case (.at, _), (.never, .unknown), (.never, .never): self
        default: other
        }
    }
}

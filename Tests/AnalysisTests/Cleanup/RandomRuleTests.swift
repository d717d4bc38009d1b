import Analysis
import Figures
import Foundation
import TestSupport
import Testing

/// Which tags and holdings rules select, once more: each thing looked at by itself.
private struct NaiveRule {
    let store: RandomStore
    let rule: CleanupRule

    private var graph: LayerGraph { store.graph }
    private var facts: CleanupFacts { store.facts }

    func isInScope(_ repository: LayerGraph.Index) -> Bool {
        let name = graph.repositoryNames[Int(repository)]
        return (rule.owners.isEmpty || rule.owners.contains(facts.repositoryOwners[Int(repository)]))
            && (rule.repositories.isEmpty || rule.repositories.contains { GlobPattern($0).matches(name) })
    }

    private func holding(_ tag: CleanupFacts.Tag) -> Int? {
        graph.holdingItems.indices.first {
            graph.holdingItems[$0] == tag.item && graph.holdingRepositories[$0] == tag.repository
        }
    }

    private func age(_ tag: CleanupFacts.Tag) -> Date? {
        tag.pushedAt ?? holding(tag).flatMap { facts.holdingPushedAt[$0] } ?? facts.itemCreatedAt[Int(tag.item)]
    }

    private func isOld(_ date: Date?, _ seconds: TimeInterval) -> Bool {
        date.map { RandomStore.now.timeIntervalSince($0) > seconds } ?? false
    }

    private func meetsTimes(_ date: Date?, _ pulls: [CleanupFacts.LastPull]) -> Bool {
        if let olderThan = rule.olderThan, !isOld(date, olderThan) { return false }
        guard let span = rule.notPulledFor else { return true }
        let known = pulls.filter { $0 != .unknown }
        if known.isEmpty { return false }
        return known.allSatisfy { pull in
            guard case .at(let pulled) = pull else { return true }
            return isOld(pulled, span)
        } && (known.contains { $0 != .never } || isOld(date, span))
    }

    private func major(_ tag: CleanupFacts.Tag) -> Substring { tag.name.split(separator: ".")[0] }

    func selects(_ tag: CleanupFacts.Tag) -> Bool {
        guard rule.selectsTags, isInScope(tag.repository), fits(tag), let holding = holding(tag) else { return false }
        guard meetsTimes(age(tag), [tag.lastPull, facts.holdingLastPull[holding]]) else { return false }
        guard let keepLast = rule.keepLast else { return true }
        guard let own = age(tag) else { return false }
        let rivals = facts.tags.filter { other in
            other.repository == tag.repository && fits(other)
                && (rule.tag != #"(\d)\..*"# || major(other) == major(tag))
        }
        // Manifests that are younger, by their youngest tag.
        func youngest(_ item: LayerGraph.Index) -> (Date, String)? {
            rivals.filter { $0.item == item }.compactMap { rival in age(rival).map { ($0, rival.name) } }.max(by: <)
        }
        let best = youngest(tag.item) ?? (own, tag.name)
        let younger = Set(rivals.map(\.item)).filter { $0 != tag.item && youngest($0).map { $0 > best } == true }
        return younger.count >= keepLast
    }

    private func fits(_ tag: CleanupFacts.Tag) -> Bool {
        guard tag.kind == .tag else { return false }
        if rule.excludedTag == "1.*", tag.name.hasPrefix("1") { return false }
        return rule.tag != "2.*" || tag.name.hasPrefix("2")
    }

    func selects(holding: Int, _ naive: NaiveCleanup) -> Bool {
        let (repository, item) = (graph.holdingRepositories[holding], graph.holdingItems[holding])
        let thing = naive.thing(repository, item)
        guard isInScope(repository), !naive.isNamed(thing) else { return false }
        guard
            meetsTimes(
                facts.holdingPushedAt[holding] ?? facts.itemCreatedAt[Int(item)], [facts.holdingLastPull[holding]])
        else { return false }
        let named = naive.everything.filter { naive.isNamed($0) }
        let isReached = naive.closure(named, among: naive.everything).contains(thing)
        let waste = computeFigures(graph).waste
        let isOrphan = waste[.orphaned]?.contains(item) == true
        let isDamaged =
            graph.missingChildren[Int(item)] > 0
            || graph.objects(of: Int(item)).contains { facts.damagedObjects.contains($0) }
        return rule.kinds.contains { kind in
            switch kind {
            case .untagged: !isReached && !isOrphan
            case .superseded: !isReached && !isOrphan && facts.holdingWasTagged[holding]
            case .orphans: !isReached && isOrphan
            case .broken: isDamaged
            case .dangling: false
            }
        }
    }
}

@Suite struct `Clean-up rules on random stores` {
    @Test func `select what each tag and holding by itself is selected for`() throws {
        for seed in UInt64(0)..<400 {
            let store = RandomStore(seed: seed)
            var random = SeededGenerator(seed: seed)
            var rule = CleanupRule(name: "rule")
            rule.tag = [nil, "2.*", #"(\d)\..*"#].randomElement(using: &random) ?? nil
            rule.excludedTag = [nil, "1.*"].randomElement(using: &random) ?? nil
            rule.keepLast = [nil, 0, 1, 2].randomElement(using: &random) ?? nil
            rule.olderThan = [nil, 3 * 86_400].randomElement(using: &random) ?? nil
            rule.notPulledFor = [nil, 2 * 86_400].randomElement(using: &random) ?? nil
            rule.owners = [[], ["ann"]].randomElement(using: &random) ?? []
            rule.repositories = [[], ["*/0", "team/1"]].randomElement(using: &random) ?? []
            if Bool.random(using: &random) {
                rule.kinds = Set(
                    CleanupRule.Kind.allCases.filter { $0 != .broken && Bool.random(using: &random) })
            } else if rule.tag == nil, rule.keepLast == nil, rule.notPulledFor == nil {
                rule.kinds = [.broken]
            }
            let found = try select(store.graph, store.facts, rules: [rule], now: RandomStore.now)
            let naive = NaiveRule(store: store, rule: rule)
            for (number, tag) in store.facts.tags.enumerated() where !rule.kinds.contains(.broken) {
                #expect(
                    (found.ruleOfTag[number] != LayerGraph.none) == naive.selects(tag), "seed \(seed), tag \(number)")
            }
            for holding in store.graph.holdingItems.indices {
                let source = store.graph.repositorySources[Int(store.graph.holdingRepositories[holding])]
                let cleanup = NaiveCleanup(store, .reach, source: source)
                #expect(
                    (found.ruleOfHolding[holding] != LayerGraph.none)
                        == naive.selects(holding: holding, cleanup), "seed \(seed), holding \(holding)")
            }
        }
    }
}

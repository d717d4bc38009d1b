import Analysis
import Figures
import TestSupport
import Testing

@Suite struct `Clean-up plans of random stores` {
    static let blocks = (0..<20).map { UInt64($0) * 15..<UInt64($0 + 1) * 15 }

    private func forEachPlan(
        _ seeds: Range<UInt64>, _ body: (RandomStore, NaiveCleanup, CleanupPlan, Comment) -> Void
    ) {
        for seed in seeds {
            for collector in GarbageCollector.allCases {
                let isEngine = collector == .docker || collector == .podman
                let store = RandomStore(seed: seed, isEngine: isEngine)
                for source in 0..<LayerGraph.Index(store.graph.sourceKeys.count) {
                    let found = plan(
                        store.graph, store.facts, store.selection, protections: store.protections,
                        collector: collector, source: source)
                    let naive = NaiveCleanup(store, collector, source: source)
                    body(store, naive, found, "seed \(seed), \(collector), source \(source)")
                }
            }
        }
    }

    private func deleted(_ found: CleanupPlan, _ naive: NaiveCleanup) -> Set<String> {
        Set(found.deletions.filter { $0.action == .delete }.map { naive.thing($0.repository, $0.item) })
    }

    @Test(arguments: blocks)
    func `delete what brute force deletes, and name what keeps the rest`(seeds: Range<UInt64>) {
        forEachPlan(seeds) { store, naive, found, comment in
            let deleted = deleted(found, naive)
            #expect(deleted == naive.deleted(store.selection), comment)
            #expect(found.deletions.count { $0.action == .delete } == deleted.count, comment)
            // Whatever is selected goes, or is refused by somebody who is there; tags whose manifest stays go alone.
            for thing in naive.selected(store.selection) {
                let refusal = found.refusals.first { naive.thing($0.repository, $0.item) == thing }
                #expect((refusal == nil) == deleted.contains(thing), comment)
                #expect(refusal?.blockedBy != "", comment)
            }
            for tag in store.facts.tags.indices where store.selection.ruleOfTag[tag] != LayerGraph.none {
                let fact = store.facts.tags[tag]
                guard store.graph.repositorySources[Int(fact.repository)] == found.source else { continue }
                let thing = naive.thing(fact.repository, fact.item)
                let goes = found.deletions.contains { $0.repository == fact.repository && $0.tags.contains(fact.name) }
                #expect(
                    goes == (deleted.contains(thing) || naive.hasStayingTag(thing, store.selection)), comment)
            }
            // No tag goes that is not selected.
            for deletion in found.deletions {
                for fact in store.facts.tags.indices
                where store.facts.tags[fact].repository == deletion.repository
                    && deletion.tags.contains(store.facts.tags[fact].name) && store.facts.tags[fact].kind == .tag
                {
                    #expect(store.selection.ruleOfTag[fact] != LayerGraph.none, comment)
                }
            }
        }
    }

    @Test(arguments: blocks)
    func `free what brute force frees, together and alone`(seeds: Range<UInt64>) {
        forEachPlan(seeds) { store, naive, found, comment in
            let all = naive.everything
            let gone = naive.deleted(store.selection)
            let left = all.subtracting(gone)
            let marked = naive.marks(left)
            #expect(found.freedBytes == naive.freed(leaving: left), comment)
            #expect(found.garbageBytes == naive.freed(leaving: all), comment)
            #expect(Set(found.freedObjects) == naive.reach(all).subtracting(marked), comment)
            #expect(
                found.unknownObjects == found.freedObjects.count { store.graph.objectBytes[Int($0)] < 0 }, comment)
            #expect(found.retainedBytes == naive.bytes(naive.reach(gone).intersection(marked)), comment)
            let orphans = store.facts.orphans.filter { $0.source == found.source }.reduce(0) { $0 + $1.bytes }
            #expect(found.heldBytes == naive.bytes(naive.reach(all)) + orphans, comment)
            for deletion in found.deletions {
                let thing = naive.thing(deletion.repository, deletion.item)
                guard deletion.action == .delete, deletion.isSelected else {
                    #expect(deletion.exclusiveBytes == 0, comment)
                    continue
                }
                let alone = naive.freed(naive.only(thing, of: store.selection)) - found.garbageBytes
                #expect(deletion.exclusiveBytes == alone, comment)
            }
        }
    }

    @Test(arguments: blocks)
    func `name those who hold what stays`(seeds: Range<UInt64>) {
        forEachPlan(seeds) { store, naive, found, comment in
            let gone = naive.deleted(store.selection)
            let left = naive.everything.subtracting(gone)
            let retained = naive.reach(gone).intersection(naive.marks(left))
            var expected: [String: [Int64]] = [:]
            for root in naive.roots(store.selection) {
                let held = naive.bytes(naive.reach([root]).intersection(retained))
                guard held > 0 else { continue }
                let without = left.subtracting(naive.going(with: root, of: left))
                expected[root] = [held, naive.freed(leaving: without) - found.freedBytes]
            }
            let holders = found.holders.map { (naive.thing($0.repository, $0.item), [$0.heldBytes, $0.freesBytes]) }
            #expect(expected.count <= 20)
            #expect(Dictionary(holders) { one, _ in one } == expected, comment)
            #expect(holders.count == expected.count, comment)
        }
    }

    @Test(arguments: blocks)
    func `say what the collector destroys, and break nothing else`(seeds: Range<UInt64>) {
        forEachPlan(seeds) { store, naive, found, comment in
            let left = naive.everything.subtracting(naive.deleted(store.selection))
            let named = naive.roots(store.selection).filter {
                naive.hasStayingTag($0, store.selection) || naive.isNamed($0) && !naive.isTagged($0)
            }
            let marked = naive.marks(left)
            var expected: [String: Int64] = [:]
            for thing in naive.closure(named, among: naive.everything) {
                let item = naive.item(thing)
                let lost = Set(store.graph.objects(of: Int(item))).subtracting(marked)
                let hasLink =
                    switch found.collector {
                    case .distributionDeleteUntagged: naive.isPointedTo(thing)
                    case .distribution3DeleteUntagged:
                        naive.isPointedTo(thing) || naive.document(item).map { marked.contains($0) } == true
                    default: true
                    }
                if !lost.isEmpty || !hasLink { expected[thing] = naive.bytes(lost) }
            }
            let destroyed = found.destructions.map { (naive.thing($0.repository, $0.item), $0.bytes) }
            #expect(Dictionary(destroyed) { one, _ in one } == expected, comment)
            #expect(destroyed.count == expected.count, comment)
            for destruction in found.destructions {
                let thing = naive.thing(destruction.repository, destruction.item)
                let names = named.filter { naive.closure([$0], among: naive.everything).contains(thing) }
                    .flatMap { naive.tags($0) }.filter { store.facts.tags[$0].kind == .tag }
                    .filter { store.selection.ruleOfTag[$0] == LayerGraph.none }.map { store.facts.tags[$0].name }
                #expect(destruction.tags == names.sorted(), comment)
            }
            // Without `--delete-untagged` nothing that a name keeps loses anything.
            switch found.collector {
            case .distributionDeleteUntagged, .distribution3DeleteUntagged: break
            default: #expect(found.destructions.isEmpty, comment)
            }
        }
    }

    @Test(arguments: blocks)
    func `delete what names a digest before the digest`(seeds: Range<UInt64>) {
        forEachPlan(seeds) { store, naive, found, comment in
            var gone = Set<String>()
            for deletion in found.deletions where deletion.action == .delete {
                gone.insert(naive.thing(deletion.repository, deletion.item))
                let named =
                    Array(store.graph.children(of: Int(deletion.item)))
                    + [store.graph.itemSubjects[Int(deletion.item)]].filter { $0 < LayerGraph.missing }
                for item in named where item != deletion.item {
                    #expect(!gone.contains(naive.thing(deletion.repository, item)), comment)
                }
            }
        }
    }

    @Test(arguments: blocks)
    func `find nothing more once carried out`(seeds: Range<UInt64>) {
        forEachPlan(seeds) { store, naive, found, comment in
            let gone = deleted(found, naive)
            let after = store.without(found, isGone: { gone.contains(naive.thing($0, $1)) })
            let again = plan(
                after.graph, after.facts, after.selection, protections: store.protections,
                collector: found.collector, source: found.source)
            #expect(again.deletions.isEmpty, comment)
            #expect(again.freedBytes == again.garbageBytes, comment)
        }
    }

    @Test(arguments: blocks)
    func `free together at least what they free one by one`(seeds: Range<UInt64>) {
        for seed in seeds {
            for collector in GarbageCollector.allCases {
                let isEngine = collector == .docker || collector == .podman
                var store = RandomStore(seed: seed, isEngine: isEngine)
                let both = store.selection
                var (one, other) = (both, both)
                let mask = store.someSelection()
                for tag in both.ruleOfTag.indices {
                    if mask.ruleOfTag[tag] == LayerGraph.none {
                        one.ruleOfTag[tag] = LayerGraph.none
                    } else {
                        other.ruleOfTag[tag] = LayerGraph.none
                    }
                }
                for holding in both.ruleOfHolding.indices {
                    if mask.ruleOfHolding[holding] == LayerGraph.none {
                        one.ruleOfHolding[holding] = LayerGraph.none
                    } else {
                        other.ruleOfHolding[holding] = LayerGraph.none
                    }
                }
                let plans = [one, other, both].map {
                    plan(
                        store.graph, store.facts, $0, protections: store.protections, collector: collector, source: 0)
                }
                let freed = plans.map { $0.freedBytes - $0.garbageBytes }
                #expect(freed[0] + freed[1] <= freed[2], "seed \(seed), \(collector)")
                let alone = plans[2].deletions.reduce(0) { $0 + $1.exclusiveBytes }
                #expect(alone <= freed[2], "seed \(seed), \(collector)")
            }
        }
    }

    @Test func `come to an end where digests form rings, which they cannot`() {
        for seed in UInt64(0)..<500 {
            let graph = RandomGraph(seed: seed).graph
            var facts = plainFacts(graph)
            for holding in 0..<graph.holdingCount where graph.holdingIsReferenced[holding] {
                facts.tags.append(
                    CleanupFacts.Tag(
                        repository: graph.holdingRepositories[holding], name: "\(holding)",
                        item: graph.holdingItems[holding]))
            }
            var selection = CleanupSelection(graph, facts)
            selection.rules = ["all"]
            for tag in facts.tags.indices where tag % 2 == 0 { selection.ruleOfTag[tag] = 0 }
            for holding in 0..<graph.holdingCount where !graph.holdingIsReferenced[holding] && holding % 2 == 0 {
                selection.ruleOfHolding[holding] = 0
            }
            for collector in GarbageCollector.allCases {
                for source in 0..<LayerGraph.Index(graph.sourceKeys.count) {
                    let found = plan(graph, facts, selection, collector: collector, source: source)
                    #expect(found.freedBytes <= found.heldBytes)
                    #expect(found.freedBytes >= found.garbageBytes)
                }
            }
        }
    }
}

extension RandomStore {
    /// What is left after a plan: fewer holdings and tags, numbered anew.
    fileprivate func without(
        _ plan: CleanupPlan, isGone: (Index, Index) -> Bool
    ) -> (graph: LayerGraph, facts: CleanupFacts, selection: CleanupSelection) {
        var (graph, facts) = (graph, facts)
        let holdings = self.graph.holdingItems.indices.filter {
            !isGone(self.graph.holdingRepositories[$0], self.graph.holdingItems[$0])
        }
        graph.holdingItems = holdings.map { self.graph.holdingItems[$0] }
        graph.holdingRepositories = holdings.map { self.graph.holdingRepositories[$0] }
        graph.holdingIsReferenced = holdings.map { self.graph.holdingIsReferenced[$0] }
        facts.holdingPushedAt = holdings.map { self.facts.holdingPushedAt[$0] }
        facts.holdingLastPull = holdings.map { self.facts.holdingLastPull[$0] }
        facts.holdingWasTagged = holdings.map { self.facts.holdingWasTagged[$0] }
        let tags = self.facts.tags.indices.filter { number in
            let tag = self.facts.tags[number]
            return !isGone(tag.repository, tag.item)
                && !plan.deletions.contains { $0.repository == tag.repository && $0.tags.contains(tag.name) }
        }
        facts.tags = tags.map { self.facts.tags[$0] }
        var selection = CleanupSelection(graph, facts)
        selection.rules = self.selection.rules
        selection.ruleOfTag = tags.map { self.selection.ruleOfTag[$0] }
        selection.ruleOfHolding = holdings.map { self.selection.ruleOfHolding[$0] }
        return (graph, facts, selection)
    }
}

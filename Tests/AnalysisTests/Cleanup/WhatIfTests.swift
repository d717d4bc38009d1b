import Analysis
import Figures
import TestSupport
import Testing

@Suite struct `What if it went` {
    private func ask(_ store: RandomStore, _ naive: NaiveCleanup, _ subject: WhatIf.Subject, _ things: Set<String>) {
        let naive = NaiveCleanup(
            store.graph, store.facts, CleanupProtections(), naive.collector, source: naive.source)
        let found = WhatIf(store.graph, store.facts, collector: naive.collector, source: naive.source).answer(subject)
        let all = naive.everything
        let others = all.subtracting(things).filter {
            naive.isNamed($0) || naive.isProtected($0) || naive.isIncomplete($0)
                || naive.leaders($0, among: all).isEmpty
        }
        let gone = things.union(
            naive.closure(things, among: all).subtracting(naive.closure(others, among: all.subtracting(things))))
        let left = all.subtracting(gone)
        let comment: Comment = "seed \(store.seed), \(naive.collector), \(subject)"
        #expect(found.items == gone.count, comment)
        #expect(found.freedBytes == naive.freed(leaving: left) - naive.freed(leaving: all), comment)
        let retained = naive.reach(gone).intersection(naive.marks(left))
        #expect(found.retainedBytes == naive.bytes(retained), comment)
        #expect(
            found.unknownObjects
                == naive.marks(all).subtracting(naive.marks(left)).count { store.graph.objectBytes[Int($0)] < 0 },
            comment)
        var expected: [String: [Int64]] = [:]
        for root in left
        where naive.isNamed(root) || naive.isProtected(root) || naive.isIncomplete(root)
            || naive.leaders(root, among: all).isEmpty
        {
            let held = naive.bytes(naive.reach([root]).intersection(retained))
            guard held > 0 else { continue }
            let without = left.subtracting(naive.going(with: root, of: left))
            expected[root] = [held, naive.freed(leaving: without) - naive.freed(leaving: left)]
        }
        let holders = found.holders.map { (naive.thing($0.repository, $0.item), [$0.heldBytes, $0.freesBytes]) }
        #expect(Dictionary(holders) { one, _ in one } == expected, comment)
        #expect(found.comparesAllHolders)
    }

    @Test(arguments: (0..<10).map { UInt64($0) * 15..<UInt64($0 + 1) * 15 })
    func `is answered as brute force answers it`(seeds: Range<UInt64>) {
        for seed in seeds {
            for collector in GarbageCollector.allCases {
                let isEngine = collector == .docker || collector == .podman
                let store = RandomStore(seed: seed, isEngine: isEngine)
                let naive = NaiveCleanup(store, collector, source: 0)
                let (graph, facts) = (store.graph, store.facts)
                let items = naive.everything.map { naive.item($0) }.filter { $0 % 3 == seed % 3 }
                ask(store, naive, .items(items), naive.everything.filter { items.contains(naive.item($0)) })
                let holdings = naive.everything.flatMap { naive.holdings($0) }.filter { $0 % 2 == 0 }
                ask(
                    store, naive, .holdings(holdings.map { LayerGraph.Index($0) }),
                    naive.everything.filter { naive.holdings($0).allSatisfy { holdings.contains($0) } })
                ask(
                    store, naive, .repositories([0]),
                    naive.everything.filter { naive.holdings($0).allSatisfy { graph.holdingRepositories[$0] == 0 } })
                ask(
                    store, naive, .owners(["ann"]),
                    naive.everything.filter {
                        naive.holdings($0).allSatisfy {
                            facts.repositoryOwners[Int(graph.holdingRepositories[$0])] == "ann"
                        }
                    })
                let tags = facts.tags.indices.filter { facts.tags[$0].kind == .tag && $0 % 3 != 0 }
                ask(
                    store, naive, .tags(tags.map { LayerGraph.Index($0) }),
                    naive.everything.filter { thing in
                        let own = naive.tags(thing).filter { facts.tags[$0].kind == .tag }
                        return !own.isEmpty && own.allSatisfy { tags.contains($0) }
                    })
            }
        }
    }
}

import Figures

/// Every figure once more, straight from its definition: sets are taken away and everything is added up again.
struct BruteForce {
    let graph: LayerGraph

    /// A set of holdings, by number.
    typealias Holdings = Set<Int>

    func holdings(of source: Int) -> Holdings {
        Set(graph.holdingItems.indices.filter { Int(graph.itemSources[Int(graph.holdingItems[$0])]) == source })
    }

    func items(_ holdings: Holdings) -> Set<Int> { Set(holdings.map { Int(graph.holdingItems[$0]) }) }

    func reachedItems(_ holdings: Holdings) -> Set<Int> {
        var reached = items(holdings)
        while true {
            let wider = reached.union(reached.flatMap { graph.children(of: $0).map(Int.init) })
            if wider == reached { return reached }
            reached = wider
        }
    }

    func reach(_ holdings: Holdings) -> Set<Int> {
        Set(reachedItems(holdings).flatMap { graph.objects(of: $0).map(Int.init) })
    }

    func bytes(_ objects: Set<Int>) -> Int64 { objects.reduce(0) { $0 + max(0, graph.objectBytes[$1]) } }

    func stored(_ holdings: Holdings) -> Int64 { bytes(reach(holdings)) }

    /// Figures of a set, its fair share left out.
    func figures(_ set: Holdings) -> ByteFigures {
        var sum = ByteFigures()
        for item in items(set) {
            sum.items += 1
            if graph.itemKinds[item] == .image { sum.images += 1 }
            sum.apparentBytes += bytes(Set(graph.objects(of: item).map(Int.init)))
        }
        for source in graph.sourceKeys.indices {
            let all = holdings(of: source)
            let own = set.intersection(all)
            sum.storedBytes += stored(own)
            sum.exclusiveBytes += stored(all) - stored(all.subtracting(own))
            sum.unknownObjects += Int64(reach(own).count { graph.objectBytes[$0] < 0 })
        }
        sum.sharedBytes = sum.storedBytes - sum.exclusiveBytes
        return sum
    }

    /// lcm(1…40): no more groups than this hold one object here.
    private static let denominator: UInt128 = 5_342_931_457_063_200

    /// Shares of the groups of a partition in all sources, each rounded within its source.
    func fairShares(_ groups: [Holdings], keys: [String], onlySource: Int? = nil) -> [Int64] {
        var shares = [Int64](repeating: 0, count: groups.count)
        for source in graph.sourceKeys.indices where onlySource == nil || onlySource == source {
            let all = holdings(of: source)
            let reaches = groups.map { reach($0.intersection(all)) }
            var exact = [UInt128](repeating: 0, count: groups.count)
            for object in reach(all) {
                let holders = reaches.indices.filter { reaches[$0].contains(object) }
                for group in holders {
                    exact[group] +=
                        UInt128(max(0, graph.objectBytes[object])) * Self.denominator / UInt128(holders.count)
                }
            }
            var whole = exact.map { Int64($0 / Self.denominator) }
            let order = exact.indices.sorted { left, right in
                let (one, other) = (exact[left] % Self.denominator, exact[right] % Self.denominator)
                return one != other ? one > other : keys[left] < keys[right]
            }
            for group in order.prefix(Int(stored(all) - whole.reduce(0, +))) { whole[group] += 1 }
            for group in groups.indices { shares[group] += whole[group] }
        }
        return shares
    }

    func groups(_ grouping: Grouping) -> [ByteFigures] {
        let sets = grouping.keys.indices.map { group in
            Set(grouping.groupOfHolding.indices.filter { Int(grouping.groupOfHolding[$0]) == group })
        }
        let shares = fairShares(sets, keys: grouping.keys)
        return sets.indices.map { group in
            var own = figures(sets[group])
            own.fairShareBytes = shares[group]
            return own
        }
    }

    func figureSet() -> FigureSet {
        var set = FigureSet()
        let everything = Set(graph.holdingItems.indices)
        set.sources = graph.sourceKeys.indices.map { source in
            var own = figures(holdings(of: source))
            own.fairShareBytes = own.storedBytes
            return own
        }
        let alone = graph.holdingItems.indices.map { Set([$0]) }
        // Numbers as text of one width, so that their order is that of the holdings.
        set.holdingFairShare = fairShares(alone, keys: alone.indices.map { String(1_000_000 + $0) })
        set.items = graph.itemKeys.indices.map { item in
            let own = everything.filter { Int(graph.holdingItems[$0]) == item }
            var figures = figures(own)
            figures.fairShareBytes = own.reduce(0) { $0 + set.holdingFairShare[$1] }
            return figures
        }
        let live = reachedItems(everything)
        set.objectImages = graph.objectKeys.indices.map { object in
            UInt32(
                live.count { graph.itemKinds[$0] == .image && graph.objects(of: $0).contains(UInt32(object)) })
        }
        set.objectRepositories = graph.objectKeys.indices.map { object in
            UInt32(
                graph.repositoryKeys.indices.count { repository in
                    reach(everything.filter { Int(graph.holdingRepositories[$0]) == repository }).contains(object)
                })
        }
        addWaste(to: &set)
        return set
    }

    private func addWaste(to set: inout FigureSet) {
        let kinds = wasteKinds()
        for kind in WasteKind.allCases {
            set.waste[kind] = kinds.indices.filter { kinds[$0] == kind }.map { UInt32($0) }
        }
        let none = [ByteFigures](repeating: ByteFigures(), count: graph.sourceKeys.count)
        for kind in WasteKind.allCases { set.wasteBySource[kind] = none }
        set.allWaste = none
        for source in graph.sourceKeys.indices {
            let own = holdings(of: source)
            let byKind = (WasteKind.allCases.map(Optional.some) + [nil]).map { kind in
                own.filter { kinds[Int(graph.holdingItems[$0])] == kind }
            }
            let shares = fairShares(byKind, keys: ["0", "1", "2", "3"], onlySource: source)
            for (position, kind) in WasteKind.allCases.enumerated() where !(set.waste[kind] ?? []).isEmpty {
                var figures = figures(byKind[position])
                figures.fairShareBytes = shares[position]
                set.wasteBySource[kind]?[source] = figures
            }
            let wasted = own.filter { kinds[Int(graph.holdingItems[$0])] != nil }
            set.allWaste[source] = figures(wasted)
            set.allWaste[source].fairShareBytes =
                fairShares([wasted, own.subtracting(wasted)], keys: ["0", "1"], onlySource: source)[0]
        }
    }

    /// What hangs on items: their children and referrers, and what hangs on these.
    func hanging(on roots: Set<Int>) -> Set<Int> {
        var reached = roots
        while true {
            var wider = reached
            for item in graph.itemKeys.indices {
                let subject = graph.itemSubjects[item]
                if subject < LayerGraph.missing, reached.contains(Int(subject)) { wider.insert(item) }
                if reached.contains(item) { wider.formUnion(graph.children(of: item).map(Int.init)) }
            }
            if wider == reached { return reached }
            reached = wider
        }
    }

    private func wasteKinds() -> [WasteKind?] {
        let held = items(Set(graph.holdingItems.indices))
        let named = items(Set(graph.holdingItems.indices.filter { graph.holdingIsReferenced[$0] }))
        let orphans = Set(graph.itemKeys.indices.filter { graph.itemSubjects[$0] == LayerGraph.missing })
        let alive = hanging(on: named.subtracting(orphans))
        let orphaned = hanging(on: held.intersection(orphans).subtracting(alive)).subtracting(alive)
        return graph.itemKeys.indices.map { item in
            if !held.contains(item) || alive.contains(item) { return nil }
            if orphaned.contains(item) { return .orphaned }
            if graph.itemIsIntermediate[item] { return nil }
            let repositories = graph.holdingItems.indices.filter { Int(graph.holdingItems[$0]) == item }
                .map { graph.repositoryNames[Int(graph.holdingRepositories[$0])] }
            return repositories.allSatisfy { $0 == "<none>" } ? .dangling : .untagged
        }
    }
}

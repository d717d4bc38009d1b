import Dispatch
package import Figures
import Synchronization

/// All figures of a graph that are kept in tables (``FigureSet``). The graph must be well formed.
package func computeFigures(_ graph: LayerGraph) -> FigureSet { Footprint(graph).figures(by: []).0 }

/// All figures of a graph, and those of the groups of several groupings, from one preparation.
package func computeFigures(_ graph: LayerGraph, groupings: [Grouping]) -> (FigureSet, [[ByteFigures]]) {
    Footprint(graph).figures(by: groupings)
}

/// The figures of the groups of a grouping, by group number. A group without holdings has zeros. Figures over several
/// sources are sums over sources, shares rounded within each.
package func groupFigures(_ graph: LayerGraph, _ grouping: Grouping) -> [ByteFigures] {
    Footprint(graph).figures(by: grouping)
}

extension Footprint {
    /// The parts that are computed side by side.
    private enum Part: Sendable {
        case items([ByteFigures], [Int64])
        case group([ByteFigures])
        case repositories([ByteFigures], [UInt32], [UInt32])
        case waste([WasteKind: [LayerGraph.Index]], [WasteKind: [ByteFigures]], [ByteFigures])
    }

    /// All figures, and those of the groups of each grouping.
    package func figures(by groupings: [Grouping]) -> (FigureSet, [[ByteFigures]]) {
        // Repositories have to be measured for the objects' figures; a grouping by them needs no further look.
        let byRepository = groupings.firstIndex { isByRepository($0) }
        let others = groupings.indices.filter { $0 != byRepository }
        let done = Mutex<[Int: Part]>([:])
        DispatchQueue.concurrentPerform(iterations: 3 + others.count) { task in
            let part =
                switch task {
                case 0: itemPart()
                case 1: repositoryPart(byRepository.map { groupings[$0] })
                case 2: wastePart()
                default: Part.group(figures(by: groupings[others[task - 3]]))
                }
            done.withLock { $0[task] = part }
        }
        var set = FigureSet()
        var groups = [[ByteFigures]](repeating: [], count: groupings.count)
        for (task, part) in done.withLock({ $0 }) {
            switch part {
            case .items(let figures, let shares):
                set.items = figures
                set.holdingFairShare = shares
            case .repositories(let figures, let images, let repositories):
                if let byRepository { groups[byRepository] = figures }
                set.objectImages = images
                set.objectRepositories = repositories
            case .waste(let items, let bySource, let all):
                set.waste = items
                set.wasteBySource = bySource
                set.allWaste = all
            case .group(let figures): groups[others[task - 3]] = figures
            }
        }
        set.sources = sourceFigures(set.items)
        return (set, groups)
    }

    /// The figures of the groups of a grouping.
    package func figures(by grouping: Grouping) -> [ByteFigures] {
        let partition = Partition(graph, groups: grouping.groupOfHolding, count: grouping.keys.count)
        return groupFigures(partition, measure(partition), keys: grouping.keys)
    }

    /// Whether a grouping divides each source just as its repositories do.
    private func isByRepository(_ grouping: Grouping) -> Bool {
        var groupOfRepository = [UInt32](repeating: LayerGraph.none, count: graph.repositoryKeys.count)
        for holding in 0..<graph.holdingCount {
            let repository = Int(graph.holdingRepositories[holding])
            let group = grouping.groupOfHolding[holding]
            guard groupOfRepository[repository] == group || groupOfRepository[repository] == LayerGraph.none else {
                return false
            }
            groupOfRepository[repository] = group
        }
        var seen = Set<UInt64>()
        for repository in groupOfRepository.indices where groupOfRepository[repository] != LayerGraph.none {
            let part = UInt64(graph.repositorySources[repository]) << 32 | UInt64(groupOfRepository[repository])
            guard seen.insert(part).inserted else { return false }
        }
        return true
    }

    private func repositoryPart(_ grouping: Grouping?) -> Part {
        let groups = grouping?.groupOfHolding ?? graph.holdingRepositories
        let partition = Partition(graph, groups: groups, count: grouping?.keys.count ?? graph.repositoryKeys.count)
        let measured = measure(partition)
        let figures = grouping.map { groupFigures(partition, measured, keys: $0.keys) } ?? []
        return .repositories(figures, objectImages(), objectCounts(ofElements: measured.holders))
    }

    private func itemPart() -> Part {
        let partition = Partition(itemsOf: graph, holdings: holdingsOfItem)
        var measured = measure(partition)
        let shares = shareHoldings(partition, &measured)
        if partition.count < graph.itemCount || graph.sourceKeys.count > 1 {
            var all = [ByteFigures](repeating: ByteFigures(), count: graph.itemCount)
            for set in partition.groups.indices { all[Int(partition.groups[set])] = measured.figures[set] }
            measured.figures = all
        }
        return .items(measured.figures, shares)
    }

    private func wastePart() -> Part {
        let kinds = WasteSearch(graph).kindOfItem()
        var items = Dictionary(uniqueKeysWithValues: WasteKind.allCases.map { ($0, [LayerGraph.Index]()) })
        for (item, kind) in kinds.enumerated() {
            if let kind { items[kind, default: []].append(LayerGraph.Index(item)) }
        }
        let none = [ByteFigures](repeating: ByteFigures(), count: graph.sourceKeys.count)
        var bySource = Dictionary(uniqueKeysWithValues: WasteKind.allCases.map { ($0, none) })
        let found = WasteKind.allCases.filter { !(items[$0] ?? []).isEmpty }
        guard !found.isEmpty else { return .waste(items, bySource, none) }

        let sources = graph.sourceKeys.count
        let rest = found.count
        // Groups: for every source the kinds that were found, then what is no waste.
        var group = [UInt32](repeating: 0, count: graph.holdingCount)
        for holding in group.indices {
            let item = Int(graph.holdingItems[holding])
            let kind = kinds[item].flatMap { found.firstIndex(of: $0) } ?? rest
            group[holding] = graph.itemSources[item] * UInt32(rest + 1) + UInt32(kind)
        }
        // Of one width, so that equal remainders go by kind.
        let names = (0..<sources * (rest + 1)).map { String(1_000_000_000 + $0) }
        let figures = self.figures(by: Grouping(name: "waste", keys: names, groupOfHolding: group))
        for (position, kind) in found.enumerated() {
            bySource[kind] = (0..<sources).map { figures[$0 * (rest + 1) + position] }
        }
        if let only = found.first, found.count == 1 { return .waste(items, bySource, bySource[only] ?? none) }
        for holding in group.indices {
            let isWaste = group[holding] % UInt32(rest + 1) != UInt32(rest)
            group[holding] = graph.itemSources[Int(graph.holdingItems[holding])] * 2 + (isWaste ? 0 : 1)
        }
        let together = self.figures(
            by: Grouping(name: "waste", keys: Array(names.prefix(sources * 2)), groupOfHolding: group))
        return .waste(items, bySource, (0..<sources).map { together[$0 * 2] })
    }
}

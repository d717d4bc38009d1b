import Figures

/// Disjoint sets of holdings that together are all holdings of the sources, each within one source.
struct Partition {
    /// The items of set s, one for each holding: `members[offsets[s]..<offsets[s + 1]]`. Sets of one source stand
    /// together.
    var members: [UInt32] = []
    var offsets: [UInt32] = [0]
    /// The source of each set.
    var sources: [UInt32] = []
    /// The group that each set is part of.
    var groups: [UInt32] = []
    /// For how many equal sets each stands (an item's holdings reach the same); empty for one each.
    var weights: [UInt32] = []

    var count: Int { offsets.count - 1 }

    /// The positions of the sets of each source, for those that have any.
    var rangesOfSources: [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start = 0
        for set in sources.indices where set + 1 == sources.count || sources[set + 1] != sources[set] {
            ranges.append(start..<set + 1)
            start = set + 1
        }
        return ranges
    }

    /// Groups of holdings; a group over several sources becomes a set in each.
    init(_ graph: LayerGraph, groups groupOfHolding: [UInt32], count: Int) {
        let sourceOfHolding: [UInt32]? =
            graph.sourceKeys.count > 1
            ? graph.holdingRepositories.map { graph.repositorySources[Int($0)] } : nil
        var order = Partition.order(by: groupOfHolding, buckets: count, from: nil)
        if let sourceOfHolding {
            order = Partition.order(by: sourceOfHolding, buckets: graph.sourceKeys.count, from: order)
        }
        members.reserveCapacity(order.count)
        var previous: (source: UInt32, group: UInt32)?
        for holding in order {
            let source = sourceOfHolding.map { $0[Int(holding)] } ?? 0
            let group = groupOfHolding[Int(holding)]
            if let previous, previous == (source, group) {
            } else {
                if previous != nil { offsets.append(UInt32(members.count)) }
                sources.append(source)
                groups.append(group)
                previous = (source, group)
            }
            members.append(graph.holdingItems[Int(holding)])
        }
        if previous != nil { offsets.append(UInt32(members.count)) }
    }

    /// Every held item by itself, with all its holdings.
    init(itemsOf graph: LayerGraph, holdings: [UInt32]) {
        var held: [UInt32] = holdings.indices.filter { holdings[$0] > 0 }.map { UInt32($0) }
        if graph.sourceKeys.count > 1 {
            held = Partition.order(by: graph.itemSources, buckets: graph.sourceKeys.count, from: held)
        }
        members = held
        offsets = (0...held.count).map { UInt32($0) }
        sources = held.map { graph.itemSources[Int($0)] }
        groups = held
        weights = held.map { holdings[Int($0)] }
    }

    /// Numbers in the order of their keys, stable (counting sort). Without a list, all numbers of the keys.
    private static func order(by keys: [UInt32], buckets: Int, from list: [UInt32]?) -> [UInt32] {
        let numbers = list ?? (0..<UInt32(keys.count)).map { $0 }
        var starts = [Int](repeating: 0, count: buckets + 1)
        for number in numbers { starts[Int(keys[Int(number)]) + 1] += 1 }
        for bucket in 0..<buckets { starts[bucket + 1] += starts[bucket] }
        var ordered = [UInt32](repeating: 0, count: numbers.count)
        for number in numbers {
            let bucket = Int(keys[Int(number)])
            ordered[starts[bucket]] = number
            starts[bucket] += 1
        }
        return ordered
    }
}

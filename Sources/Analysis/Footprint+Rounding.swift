import Figures

extension Footprint {
    /// The figures of groups from those of a partition's sets: shares rounded within each source, then summed.
    func groupFigures(_ partition: Partition, _ measured: Measure, keys: [String]) -> [ByteFigures] {
        let stored = storedBySource()
        var groups = [ByteFigures](repeating: ByteFigures(), count: keys.count)
        for set in measured.figures.indices { groups[Int(partition.groups[set])].add(measured.figures[set]) }
        for range in partition.rangesOfSources {
            let whole = measured.figures[range].reduce(0) { $0 + $1.fairShareBytes }
            let missing = Int(stored[Int(partition.sources[range.lowerBound])] - whole)
            let first = range.lowerBound
            let chosen = LargestRemainder.positions(
                ofLargest: missing, in: Array(measured.fractions[range]),
                precedes: { left, right in
                    let one = keys[Int(partition.groups[first + left])].utf8
                    let other = keys[Int(partition.groups[first + right])].utf8
                    return one.lexicographicallyPrecedes(other)
                        || (left < right && !other.lexicographicallyPrecedes(one))
                })
            for position in chosen { groups[Int(partition.groups[first + position])].fairShareBytes += 1 }
        }
        return groups
    }

    /// The fair share of every holding, rounded within its source; of equal fractions the lower holding comes first.
    func holdingShares(_ partition: Partition, _ measured: Measure) -> [Int64] {
        var setOfItem = [UInt32](repeating: 0, count: graph.itemCount)
        for set in partition.groups.indices { setOfItem[Int(partition.groups[set])] = UInt32(set) }
        var shares = graph.holdingItems.map { measured.figures[Int(setOfItem[Int($0)])].fairShareBytes }
        let stored = storedBySource()
        for source in graph.sourceKeys.indices {
            let isOnly = graph.sourceKeys.count == 1
            let holdings =
                isOnly
                ? Array(shares.indices)
                : shares.indices.filter { Int(graph.itemSources[Int(graph.holdingItems[$0])]) == source }
            let whole = holdings.reduce(0) { $0 + shares[$1] }
            let fractions = holdings.map { measured.fractions[Int(setOfItem[Int(graph.holdingItems[$0])])] }
            for position in LargestRemainder.positions(ofLargest: Int(stored[source] - whole), in: fractions) {
                shares[holdings[position]] += 1
            }
        }
        return shares
    }

    /// Bytes of everything that is reached, by source.
    func storedBySource() -> [Int64] {
        var stored = [Int64](repeating: 0, count: graph.sourceKeys.count)
        for item in items.indices { stored[Int(graph.itemSources[item])] += items[item].bundleBytes }
        for (object, place) in placeOfObject.enumerated() where place != Footprint.nowhere {
            guard place & Footprint.sharedBit != 0 else { continue }
            stored[Int(graph.objectSources[object])] += graph.bytes(LayerGraph.Index(object))
        }
        return stored
    }

    /// The figures of whole sources.
    func sourceFigures(_ itemFigures: [ByteFigures]) -> [ByteFigures] {
        var sources = [ByteFigures](repeating: ByteFigures(), count: graph.sourceKeys.count)
        for item in items.indices where holdingsOfItem[item] > 0 {
            let source = Int(graph.itemSources[item])
            sources[source].items += 1
            sources[source].images += itemFigures[item].images
            sources[source].apparentBytes += items[item].apparentBytes
        }
        for (source, bytes) in storedBySource().enumerated() {
            sources[source].storedBytes = bytes
            sources[source].exclusiveBytes = bytes
            sources[source].fairShareBytes = bytes
        }
        for object in placeOfObject.indices where graph.objectBytes[object] < 0 {
            guard placeOfObject[object] != Footprint.nowhere else { continue }
            sources[Int(graph.objectSources[object])].unknownObjects += 1
        }
        return sources
    }

    /// By object: the distinct images that own it.
    func objectImages() -> [UInt32] {
        placeOfObject.map { place in
            if place == Footprint.nowhere { return 0 }
            if place & Footprint.sharedBit != 0 { return elementImages[Int(place & ~Footprint.sharedBit)] }
            return graph.itemKinds[Int(place)] == .image ? 1 : 0
        }
    }

    /// By object: a count that was made for elements.
    func objectCounts(ofElements counts: [UInt32]) -> [UInt32] {
        placeOfObject.map { place in
            if place == Footprint.nowhere { return 0 }
            if place & Footprint.sharedBit != 0 { return counts[Int(place & ~Footprint.sharedBit)] }
            let bundle = items[Int(place)].bundle
            return bundle == Footprint.alone ? 1 : counts[Int(bundle)]
        }
    }
}

extension ByteFigures {
    /// Adds the figures of a set in another source.
    fileprivate mutating func add(_ other: ByteFigures) {
        images += other.images
        items += other.items
        apparentBytes += other.apparentBytes
        storedBytes += other.storedBytes
        exclusiveBytes += other.exclusiveBytes
        sharedBytes += other.sharedBytes
        fairShareBytes += other.fairShareBytes
        unknownObjects += other.unknownObjects
    }
}

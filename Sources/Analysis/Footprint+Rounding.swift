import Figures

extension Footprint {
    /// The figures of groups from those of a partition's sets: shares rounded within each source, then summed.
    func groupFigures(_ partition: Partition, _ measured: Measure, keys: [String]) -> [ByteFigures] {
        var groups = [ByteFigures](repeating: ByteFigures(), count: keys.count)
        for set in measured.figures.indices { groups[Int(partition.groups[set])].add(measured.figures[set]) }
        for range in partition.rangesOfSources {
            let whole = measured.figures[range].reduce(0) { $0 + $1.fairShareBytes }
            let missing = Int(storedBytes[Int(partition.sources[range.lowerBound])] - whole)
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
    /// Also sets the items' shares, which are sums over their holdings.
    func shareHoldings(_ partition: Partition, _ measured: inout Measure) -> [Int64] {
        var setOfItem = [UInt32](repeating: 0, count: graph.itemCount)
        for set in partition.groups.indices { setOfItem[Int(partition.groups[set])] = UInt32(set) }
        let setOfHolding = graph.holdingItems.map { setOfItem[Int($0)] }
        var shares = setOfHolding.map { measured.figures[Int($0)].fairShareBytes }
        for set in measured.figures.indices where partition.weights[set] > 1 {
            measured.figures[set].fairShareBytes *= Int64(partition.weights[set])
        }
        for source in graph.sourceKeys.indices {
            var holdings: [Int]?
            if graph.sourceKeys.count > 1 {
                holdings = shares.indices.filter { Int(partition.sources[Int(setOfHolding[$0])]) == source }
            }
            let whole = holdings?.reduce(0) { $0 + shares[$1] } ?? shares.reduce(0, +)
            let fractions =
                holdings?.map { measured.fractions[Int(setOfHolding[$0])] }
                ?? setOfHolding.map { measured.fractions[Int($0)] }
            let missing = Int(storedBytes[source] - whole)
            for position in LargestRemainder.positions(ofLargest: missing, in: fractions) {
                let holding = holdings?[position] ?? position
                shares[holding] += 1
                measured.figures[Int(setOfHolding[holding])].fairShareBytes += 1
            }
        }
        return shares
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
        for source in sources.indices {
            sources[source].storedBytes = storedBytes[source]
            sources[source].exclusiveBytes = storedBytes[source]
            sources[source].fairShareBytes = storedBytes[source]
            sources[source].unknownObjects = unknownObjects[source]
        }
        return sources
    }

    /// By object: the distinct images that own it.
    func objectImages() -> [UInt32] {
        placeOfObject.map { place in
            if place == Footprint.nowhere { return 0 }
            if place & Footprint.sharedBit != 0 { return elementImages[Int(place & ~Footprint.sharedBit)] }
            return items[Int(place)].isImage ? 1 : 0
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

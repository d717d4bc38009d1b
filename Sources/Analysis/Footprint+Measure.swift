import Figures

/// The figures of the sets of a partition.
struct Measure {
    /// By set; the fair share is rounded down to whole bytes.
    var figures: [ByteFigures]
    /// By set: the rest of the fair share, in units of 1/``ShareScale/unit``.
    var fractions: [UInt128]
    /// By element: how many sets reach it, each with its weight.
    var holders: [UInt32]
}

extension Footprint {
    private struct Element {
        var bytes: Int64
        /// The set that reached the element last, counted from 1.
        var stamp: UInt32 = 0
        var holders: UInt32 = 0
    }

    private struct Share {
        var fraction: UInt128
        var whole: Int64
        var stamp: UInt32 = 0
    }

    /// Measures all sets of a partition: once over all holdings to count who reaches what, once to divide.
    func measure(_ partition: Partition) -> Measure {
        var figures = [ByteFigures](repeating: ByteFigures(), count: partition.count)
        let elements = count(partition, &figures)
        for element in elements where element.holders > 0 {
            let set = Int(element.stamp) - 1
            let weight = partition.weights.isEmpty ? 1 : partition.weights[set]
            // Only the last set reached it, with all that the counter has.
            if element.holders == weight { figures[set].exclusiveBytes += element.bytes }
        }
        for set in figures.indices {
            figures[set].sharedBytes = figures[set].storedBytes - figures[set].exclusiveBytes
        }
        let fractions = divide(partition, elements, &figures)
        return Measure(figures: figures, fractions: fractions, holders: elements.map(\.holders))
    }

    private func count(_ partition: Partition, _ figures: inout [ByteFigures]) -> [Element] {
        var elementRows = elementBytes.map { Element(bytes: $0) }
        var countedRows = [UInt32](repeating: 0, count: graph.itemCount)
        var visitedRows = [UInt32](repeating: 0, count: hasChildren ? graph.itemCount : 0)
        var stack: [UInt32] = []
        var elements = elementRows.mutableSpan
        var counted = countedRows.mutableSpan
        var visited = visitedRows.mutableSpan
        let members = partition.members.span
        let offsets = partition.offsets.span
        let parts = items.span
        let shared = sharedElements.span
        let childOffsets = graph.childOffsets.span
        let children = graph.children.span
        let weights = partition.weights.span
        for set in 0..<partition.count {
            let stamp = UInt32(truncatingIfNeeded: set + 1)
            let weight = weights.isEmpty ? 1 : weights[set]
            var sum = ByteFigures()
            for position in Int(offsets[set])..<Int(offsets[set + 1]) {
                var item = Int(members[position])
                let isNew = counted[item] != stamp
                if isNew {
                    counted[item] = stamp
                    sum.items += 1
                    if parts[item].isImage { sum.images += 1 }
                    sum.apparentBytes += parts[item].apparentBytes
                }
                if hasChildren {
                    if visited[item] == stamp { continue }
                    visited[item] = stamp
                } else if !isNew {
                    continue
                }
                while true {
                    let part = parts[item]
                    for place in Int(part.sharedStart)..<Int(part.sharedEnd) {
                        let element = Int(shared[place])
                        guard elements[element].stamp != stamp else { continue }
                        elements[element].stamp = stamp
                        elements[element].holders += weight
                        sum.storedBytes += elements[element].bytes
                        if hasUnknown { sum.unknownObjects += Int64(elementUnknown[element]) }
                    }
                    sum.storedBytes += part.bundleBytes
                    sum.unknownObjects += Int64(part.bundleUnknown)
                    if part.bundle == Footprint.alone {
                        sum.exclusiveBytes += part.bundleBytes
                    } else {
                        // An item is visited once in a set, and so is its bundle.
                        elements[Int(part.bundle)].stamp = stamp
                        elements[Int(part.bundle)].holders += weight
                    }
                    guard hasChildren else { break }
                    for place in Int(childOffsets[item])..<Int(childOffsets[item + 1]) {
                        let child = children[place]
                        guard visited[Int(child)] != stamp else { continue }
                        visited[Int(child)] = stamp
                        stack.append(child)
                    }
                    guard let next = stack.popLast() else { break }
                    item = Int(next)
                }
            }
            figures[set] = sum
        }
        return elementRows
    }

    private func divide(
        _ partition: Partition, _ elements: [Element], _ figures: inout [ByteFigures]
    ) -> [UInt128] {
        let unit = ShareScale.unit
        let inverses = ShareScale.inverses
        var shareRows = elements.map { element in
            guard element.holders > 0 else { return Share(fraction: 0, whole: 0) }
            let (whole, fraction) = ShareScale.part(of: element.bytes, among: element.holders, inverses)
            return Share(fraction: fraction, whole: whole)
        }
        var fractions = [UInt128](repeating: 0, count: partition.count)
        var visitedRows = [UInt32](repeating: 0, count: graph.itemCount)
        var stack: [UInt32] = []
        var shares = shareRows.mutableSpan
        var visited = visitedRows.mutableSpan
        let members = partition.members.span
        let offsets = partition.offsets.span
        let parts = items.span
        let shared = sharedElements.span
        let childOffsets = graph.childOffsets.span
        let children = graph.children.span
        for set in 0..<partition.count {
            let stamp = UInt32(truncatingIfNeeded: set + 1)
            var whole: Int64 = 0
            var fraction: UInt128 = 0
            for position in Int(offsets[set])..<Int(offsets[set + 1]) {
                var item = Int(members[position])
                if visited[item] == stamp { continue }
                visited[item] = stamp
                while true {
                    let part = parts[item]
                    for place in Int(part.sharedStart)..<Int(part.sharedEnd) {
                        let element = Int(shared[place])
                        guard shares[element].stamp != stamp else { continue }
                        shares[element].stamp = stamp
                        whole += shares[element].whole
                        fraction += shares[element].fraction
                    }
                    if part.bundle == Footprint.alone {
                        whole += part.bundleBytes
                    } else {
                        whole += shares[Int(part.bundle)].whole
                        fraction += shares[Int(part.bundle)].fraction
                    }
                    guard hasChildren else { break }
                    for place in Int(childOffsets[item])..<Int(childOffsets[item + 1]) {
                        let child = children[place]
                        guard visited[Int(child)] != stamp else { continue }
                        visited[Int(child)] = stamp
                        stack.append(child)
                    }
                    guard let next = stack.popLast() else { break }
                    item = Int(next)
                }
            }
            ShareScale.carry(&whole, &fraction, unit)
            figures[set].fairShareBytes = whole
            fractions[set] = fraction
        }
        return fractions
    }
}

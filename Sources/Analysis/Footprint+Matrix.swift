package import Figures

/// How many bytes each pair of the groups with most stored bytes has in common.
///
/// - Parameter limit: how many groups; at most 64, because an object's groups are kept as the bits of one word.
package func sharingMatrix(
    _ graph: LayerGraph, _ grouping: Grouping, _ figures: [ByteFigures], limit: Int = 24
) -> SharingMatrix {
    Footprint(graph).sharingMatrix(grouping, figures, limit: limit)
}

extension Footprint {
    /// See ``Analysis/sharingMatrix(_:_:_:limit:)``.
    package func sharingMatrix(_ grouping: Grouping, _ figures: [ByteFigures], limit: Int = 24) -> SharingMatrix {
        let groups = figures.indices
            .filter { figures[$0].storedBytes > 0 }
            .sorted {
                figures[$0].storedBytes != figures[$1].storedBytes
                    ? figures[$0].storedBytes > figures[$1].storedBytes : grouping.keys[$0] < grouping.keys[$1]
            }
            .prefix(min(limit, UInt64.bitWidth))
        var matrix = SharingMatrix(
            groups: groups.map { LayerGraph.Index($0) }, keys: groups.map { grouping.keys[$0] },
            sharedBytes: groups.map { own in groups.map { $0 == own ? figures[own].storedBytes : 0 } })
        for (mask, bytes) in bytesByMask(grouping, Array(groups)) {
            var rest = mask
            while rest != 0 {
                let row = rest.trailingZeroBitCount
                rest &= rest - 1
                var others = rest
                while others != 0 {
                    let column = others.trailingZeroBitCount
                    others &= others - 1
                    matrix.sharedBytes[row][column] += bytes
                    matrix.sharedBytes[column][row] += bytes
                }
            }
        }
        return matrix
    }

    /// Bytes of the elements that several of the groups reach, by which groups these are.
    private func bytesByMask(_ grouping: Grouping, _ groups: [Int]) -> [UInt64: Int64] {
        var bitOfGroup = [Int](repeating: -1, count: grouping.keys.count)
        for (bit, group) in groups.enumerated() { bitOfGroup[group] = bit }
        var roots = [[UInt32]](repeating: [], count: groups.count)
        for holding in 0..<graph.holdingCount {
            let bit = bitOfGroup[Int(grouping.groupOfHolding[holding])]
            if bit >= 0 { roots[bit].append(graph.holdingItems[holding]) }
        }
        var masks = [UInt64](repeating: 0, count: elementBytes.count)
        var visitedBy = [Int](repeating: -1, count: graph.itemCount)
        for bit in roots.indices {
            while let item = roots[bit].popLast() {
                guard visitedBy[Int(item)] != bit else { continue }
                visitedBy[Int(item)] = bit
                let part = items[Int(item)]
                for place in part.sharedStart..<part.sharedEnd { masks[Int(sharedElements[Int(place)])] |= 1 << bit }
                if part.bundle != Footprint.alone { masks[Int(part.bundle)] |= 1 << bit }
                if hasChildren { roots[bit].append(contentsOf: graph.children(of: Int(item))) }
            }
        }
        var sums: [UInt64: Int64] = [:]
        for element in masks.indices where masks[element].nonzeroBitCount > 1 {
            sums[masks[element], default: 0] += elementBytes[element]
        }
        return sums
    }
}

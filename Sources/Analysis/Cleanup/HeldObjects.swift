import Figures

/// Some objects of a graph, to see which items hold how many bytes of them.
struct HeldObjects {
    typealias Index = LayerGraph.Index

    private let graph: LayerGraph
    /// By object: 0 if it is none of them, else 1 + the number of the last question that met it.
    private var stamps: [UInt32]
    private var itemStamps: [UInt32]
    private var question: UInt32 = 1
    /// Bytes of all of them.
    let bytes: Int64
    let isEmpty: Bool

    init(_ graph: LayerGraph, _ objects: [Index]) {
        self.graph = graph
        stamps = [UInt32](repeating: 0, count: graph.objectCount)
        itemStamps = [UInt32](repeating: 0, count: graph.itemCount)
        for object in objects { stamps[Int(object)] = 1 }
        bytes = objects.reduce(0) { $0 + graph.bytes($1) }
        isEmpty = objects.isEmpty
    }

    /// Bytes of those that an item reaches.
    mutating func bytes(heldBy item: Index) -> Int64 {
        question += 1
        var sum: Int64 = 0
        var stack = [item]
        while let item = stack.popLast() {
            guard itemStamps[Int(item)] != question else { continue }
            itemStamps[Int(item)] = question
            for object in graph.objects(of: Int(item)) {
                let stamp = stamps[Int(object)]
                guard stamp != 0, stamp != question else { continue }
                stamps[Int(object)] = question
                sum += graph.bytes(object)
            }
            stack.append(contentsOf: graph.children(of: Int(item)))
        }
        return sum
    }
}

extension CleanupPlan.Holder {
    /// Those of a list that hold most, and those whose going would free most: so many each, most held bytes first.
    static func top(_ limit: Int, of holders: [CleanupPlan.Holder]) -> [CleanupPlan.Holder] {
        func first(_ bytes: KeyPath<CleanupPlan.Holder, Int64>, then other: KeyPath<CleanupPlan.Holder, Int64>) -> [Int]
        {
            holders.indices.sorted { left, right in
                let (one, two) = (holders[left], holders[right])
                if one[keyPath: bytes] != two[keyPath: bytes] { return one[keyPath: bytes] > two[keyPath: bytes] }
                if one[keyPath: other] != two[keyPath: other] { return one[keyPath: other] > two[keyPath: other] }
                return left < right
            }
        }
        let byHeld = first(\.heldBytes, then: \.freesBytes)
        let chosen = Set(byHeld.prefix(limit)).union(first(\.freesBytes, then: \.heldBytes).prefix(limit))
        return byHeld.filter { chosen.contains($0) }.map { holders[$0] }
    }
}

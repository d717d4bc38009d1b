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

package import Figures

/// By item, the image that it is built on; ``LayerGraph/none`` where none is known.
///
/// The base of an image is the lowest image with a name whose layers are the image's first layers (`debian` below
/// `app-base` below `app`), within the same source. A base that others are built on is its own base, so that a group
/// by base has it, too. Indexes have the base of their first child that has one, referrers that of their subject.
package func baseImages(_ graph: LayerGraph) -> [LayerGraph.Index] {
    var stacks = LayerStacks(graph)
    let isNamed = graph.namedItems
    for item in 0..<graph.itemCount where graph.itemKinds[item] == .image { stacks.add(item, isNamed: isNamed[item]) }
    var bases = [LayerGraph.Index](repeating: LayerGraph.none, count: graph.itemCount)
    for item in 0..<graph.itemCount where graph.itemKinds[item] == .image { bases[item] = stacks.base(of: item) }
    for item in 0..<graph.itemCount where graph.itemKinds[item] == .index {
        bases[item] =
            graph.children(of: item).lazy.map { bases[Int($0)] }.first { $0 != LayerGraph.none } ?? LayerGraph.none
    }
    for item in 0..<graph.itemCount where bases[item] == LayerGraph.none && graph.itemKinds[item] != .image {
        let subject = graph.itemSubjects[item]
        if subject < graph.itemCount { bases[item] = bases[Int(subject)] }
    }
    return bases
}

/// Stacks of layers, each on the stack below it.
private struct LayerStacks {
    private struct Step: Hashable {
        var below: Int32
        var layer: LayerGraph.Index
    }

    private let graph: LayerGraph
    private var numbers: [Step: Int32] = [:]
    /// By stack: the lowest-numbered named image that ends with it.
    private var ending: [LayerGraph.Index] = []
    /// By stack: whether an image stands on it and goes on.
    private var goesOn: [Bool] = []
    private static let ground: Int32 = -1

    init(_ graph: LayerGraph) { self.graph = graph }

    private func layers(_ item: Int) -> some Sequence<LayerGraph.Index> {
        graph.objects(of: item).lazy.filter { graph.objectKinds[Int($0)] == .layer }
    }

    mutating func add(_ item: Int, isNamed: Bool) {
        var stack = Self.ground
        for layer in layers(item) {
            if stack != Self.ground { goesOn[Int(stack)] = true }
            let step = Step(below: stack, layer: layer)
            if let known = numbers[step] {
                stack = known
            } else {
                stack = Int32(ending.count)
                numbers[step] = stack
                ending.append(LayerGraph.none)
                goesOn.append(false)
            }
        }
        guard isNamed, stack != Self.ground else { return }
        ending[Int(stack)] = min(ending[Int(stack)], LayerGraph.Index(item))
    }

    func base(of item: Int) -> LayerGraph.Index {
        var stack = Self.ground
        for layer in layers(item) {
            guard let next = numbers[Step(below: stack, layer: layer)] else { return LayerGraph.none }
            stack = next
            // A named image that nothing stands on is no base.
            if ending[Int(stack)] != LayerGraph.none && goesOn[Int(stack)] { return ending[Int(stack)] }
        }
        return LayerGraph.none
    }
}

extension LayerGraph {
    /// By item: whether it has a name, or an index that has one lists it.
    fileprivate var namedItems: [Bool] {
        var isNamed = [Bool](repeating: false, count: itemCount)
        var stack: [Index] = []
        for holding in 0..<holdingCount where holdingIsReferenced[holding] { stack.append(holdingItems[holding]) }
        while let item = stack.popLast() {
            guard !isNamed[Int(item)] else { continue }
            isNamed[Int(item)] = true
            stack.append(contentsOf: children(of: Int(item)))
        }
        return isNamed
    }
}

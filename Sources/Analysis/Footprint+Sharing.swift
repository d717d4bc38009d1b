package import Figures

/// What two sets of items reach, in common and apart.
///
/// - Parameter contents: by object, a number that equal content has wherever it is kept, to compare sets of different
///   sources; nil compares objects themselves. What both have is then counted with the bytes of the first set.
package func sharing(
    _ graph: LayerGraph, _ first: [LayerGraph.Index], _ second: [LayerGraph.Index], contents: [LayerGraph.Index]? = nil
) -> Sharing {
    let graph = graph.believable
    let one = representatives(graph.objects(reachedFrom: first), contents)
    let other = representatives(graph.objects(reachedFrom: second), contents)
    var sharing = Sharing()
    for (content, object) in one {
        sharing.add(graph, object, other[content] == nil ? .onlyFirst : .both)
    }
    for (content, object) in other where one[content] == nil { sharing.add(graph, object, .onlySecond) }
    sharing.entries.sort { left, right in
        if (left.side == .both) != (right.side == .both) { return left.side == .both }
        return left.bytes != right.bytes ? left.bytes > right.bytes : left.object < right.object
    }
    return sharing
}

/// By content, the lowest-numbered object that has it.
private func representatives(
    _ objects: [LayerGraph.Index], _ contents: [LayerGraph.Index]?
) -> [LayerGraph.Index: LayerGraph.Index] {
    Dictionary(objects.map { (contents?[Int($0)] ?? $0, $0) }, uniquingKeysWith: min)
}

extension Sharing {
    fileprivate mutating func add(_ graph: LayerGraph, _ object: LayerGraph.Index, _ side: Side) {
        let bytes = graph.bytes(object)
        let part = Part(objects: 1, bytes: bytes, unknownObjects: graph.objectBytes[Int(object)] < 0 ? 1 : 0)
        switch side {
        case .both: both.add(part)
        case .onlyFirst: onlyFirst.add(part)
        case .onlySecond: onlySecond.add(part)
        }
        entries.append(Entry(object: object, bytes: bytes, side: side))
    }
}

extension Sharing.Part {
    fileprivate mutating func add(_ other: Sharing.Part) {
        objects += other.objects
        bytes += other.bytes
        unknownObjects += other.unknownObjects
    }
}

extension LayerGraph {
    /// The items and all that is below them, each once.
    package func items(reachedFrom roots: [Index]) -> [Index] {
        var seen = Set<Index>()
        var stack = roots
        while let item = stack.popLast() {
            guard seen.insert(item).inserted else { continue }
            stack.append(contentsOf: children(of: Int(item)))
        }
        return seen.sorted()
    }

    /// The objects of items and of all that is below them, each once.
    package func objects(reachedFrom roots: [Index]) -> [Index] {
        var seen = Set<Index>()
        for item in items(reachedFrom: roots) { seen.formUnion(objects(of: Int(item))) }
        return seen.sorted()
    }
}

package import Figures

/// Small random layer graphs with everything that real ones may have: several sources, indexes in indexes, cycles,
/// children that several indexes share, the same layer twice in an item, unknown and enormous sizes, items that nobody
/// holds, repositories without content, referrers with and without a subject. The same seed gives the same graph.
package struct RandomGraph {
    /// The number of a thing in the graph.
    package typealias Index = LayerGraph.Index

    /// Print this when a test fails.
    package let seed: UInt64
    package private(set) var graph: LayerGraph
    private var random: SeededGenerator

    package init(seed: UInt64) {
        self.seed = seed
        random = SeededGenerator(seed: seed)
        graph = LayerGraph()
        var builder = GraphBuilder()
        for _ in 0..<Int.random(in: 0...3, using: &random) { addSource(to: &builder) }
        graph = builder.graph
    }

    /// A grouping of the graph's holdings that no other structure of it decides, with groups left empty.
    package mutating func grouping(_ name: String = "random") -> Grouping {
        let count = Int.random(in: 1...6, using: &random)
        // Keys in another order than their numbers, so that ties are seen to go by key.
        let keys = (0..<count).map { "group \(($0 * 5 + 3) % 7)" }
        return Grouping(
            name: name, keys: keys,
            groupOfHolding: (0..<graph.holdingCount).map { _ in Index.random(in: 0..<Index(count), using: &random) })
    }

    /// Some items of the graph.
    package mutating func someItems() -> [Index] {
        (0..<Index(graph.itemCount)).filter { _ in Bool.random(using: &random) }
    }

    private mutating func addSource(to builder: inout GraphBuilder) {
        let source = builder.source("source \(Int.random(in: 0...999, using: &random))")
        let repositories = (0..<Int.random(in: 0...4, using: &random)).map { number in
            builder.repository(number == 3 ? LayerGraph.noRepository : "team/\(number)", in: source)
        }
        let sizes = Int.random(in: 0...3, using: &random)
        let objects = (0..<Int.random(in: 1...12, using: &random)).map { _ in
            builder.object(
                bytes(sizes), LayerGraph.ObjectKind.allCases.randomElement(using: &random) ?? .layer, in: source)
        }
        var items: [Index] = []
        for _ in 0..<Int.random(in: 0...9, using: &random) {
            let kind: LayerGraph.ItemKind =
                Bool.random(using: &random)
                ? .image : LayerGraph.ItemKind.allCases.randomElement(using: &random) ?? .index
            let own = (0..<Int.random(in: 0...6, using: &random)).compactMap { _ in
                objects.randomElement(using: &random)
            }
            items.append(
                builder.item(kind, own, isIntermediate: Int.random(in: 0..<6, using: &random) == 0, in: source))
        }
        let hasChildren = Bool.random(using: &random)
        for item in items {
            for _ in 0..<Int.random(in: 0...2, using: &random) where hasChildren {
                if let child = items.randomElement(using: &random) { builder.add(child: child, to: item) }
            }
            switch Int.random(in: 0..<6, using: &random) {
            case 0: builder.set(subject: LayerGraph.missing, of: item)
            case 1: if let subject = items.randomElement(using: &random) { builder.set(subject: subject, of: item) }
            default: break
            }
        }
        for repository in repositories {
            for item in items where Int.random(in: 0..<3, using: &random) == 0 {
                builder.hold(item, in: repository, named: Bool.random(using: &random))
            }
        }
    }

    private mutating func bytes(_ sizes: Int) -> Int64? {
        switch (sizes, Int.random(in: 0..<8, using: &random)) {
        case (_, 0): 0
        case (1, 1): nil
        case (2, _): Int64.random(in: 1 << 53...1 << 54, using: &random)
        case (3, _): 1
        default: Int64.random(in: 1...50, using: &random)
        }
    }
}

package import Figures

/// The layers of the images that are held, as a tree (``LayerTree``).
///
/// - Parameter source: only this source; nil for all.
/// - Parameter maximumNodes: how many nodes are kept, the widest; the others are folded into one node per parent.
package func layerTree(
    _ graph: LayerGraph, source: LayerGraph.Index? = nil, maximumNodes: Int = 400
) -> LayerTree {
    Footprint(graph).layerTree(source: source, maximumNodes: maximumNodes)
}

extension Footprint {
    /// See ``Analysis/layerTree(_:source:maximumNodes:)``.
    package func layerTree(source: LayerGraph.Index? = nil, maximumNodes: Int = 400) -> LayerTree {
        var builder = LayerTreeBuilder(graph)
        for item in isLive.indices where isLive[item] && graph.itemKinds[item] == .image {
            guard source == nil || graph.itemSources[item] == source else { continue }
            builder.add(image: item, placeOfObject)
        }
        return builder.finish(maximumNodes: max(1, maximumNodes))
    }
}

/// Grows a prefix tree of layers.
struct LayerTreeBuilder {
    private static let root = UInt32.max

    private struct Row {
        var parent: UInt32
        var object: UInt32
        var example: UInt32
        var images: UInt32 = 0
        var ending: UInt32 = 0
        var depth: UInt32
        /// This node and all above it.
        var nodes: UInt32 = 1
        var isRepeat: Bool
        var total: Int64
    }

    private let graph: LayerGraph
    private var rows: [Row] = []
    /// Nodes by the node below and the layer; those of layers that only one image has are never looked up.
    private var rowOfStack = StackTable()
    private var isSeen: [Bool]
    private var images: Int64 = 0

    init(_ graph: LayerGraph) {
        self.graph = graph
        isSeen = [Bool](repeating: false, count: graph.objectCount)
    }

    /// - Parameter places: whether other items own a layer, too (``Footprint/placeOfObject``).
    mutating func add(image: Int, _ places: [UInt32]) {
        images += 1
        var parent = LayerTreeBuilder.root
        var depth: UInt32 = 0
        for object in graph.objects(of: image) where graph.objectKinds[Int(object)] == .layer {
            var row = UInt32(rows.count)
            if places[Int(object)] & Footprint.sharedBit != 0 {
                row = rowOfStack.number(of: UInt64(parent) << 32 | UInt64(object), orInsert: row)
            }
            if Int(row) == rows.count {
                rows.append(
                    Row(
                        parent: parent, object: object, example: UInt32(image), depth: depth,
                        isRepeat: isSeen[Int(object)], total: graph.bytes(object)))
                isSeen[Int(object)] = true
            }
            rows[Int(row)].images += 1
            parent = row
            depth += 1
        }
        if parent != LayerTreeBuilder.root { rows[Int(parent)].ending += 1 }
    }

    /// Sums widths, folds what is small, and orders the nodes.
    mutating func finish(maximumNodes: Int) -> LayerTree {
        var tree = LayerTree(images: images, allNodes: Int64(rows.count))
        for row in rows {
            tree.widthBytes += row.total
            if row.isRepeat { tree.repeatedBytes += row.total }
        }
        tree.layerBytes = tree.widthBytes - tree.repeatedBytes
        // A node stands behind the one below it, so backwards everything is summed before it is passed on.
        for row in rows.indices.reversed() where rows[row].parent != LayerTreeBuilder.root {
            rows[Int(rows[row].parent)].total += rows[row].total
            rows[Int(rows[row].parent)].nodes += rows[row].nodes
        }
        let isKept = widest(maximumNodes)
        var childrenOf: [UInt32: [Int]] = [:]
        var foldedOf: [UInt32: LayerTree.Node] = [:]
        for row in rows.indices {
            let parent = rows[row].parent
            guard parent == LayerTreeBuilder.root || isKept[Int(parent)] else { continue }
            if isKept[row] { childrenOf[parent, default: []].append(row) } else { fold(row, into: &foldedOf[parent]) }
        }
        var queue: [(row: UInt32, place: Int?)] = [(LayerTreeBuilder.root, nil)]
        var next = 0
        while next < queue.count {
            let (parent, place) = queue[next]
            next += 1
            let children = (childrenOf[parent] ?? []).sorted {
                rows[$0].total != rows[$1].total ? rows[$0].total > rows[$1].total : $0 < $1
            }
            for child in children {
                queue.append((UInt32(child), tree.nodes.count))
                tree.nodes.append(node(child, parent: place))
            }
            if var folded = foldedOf[parent] {
                folded.parent = place
                tree.nodes.append(folded)
            }
        }
        return tree
    }

    private func node(_ row: Int, parent: Int?) -> LayerTree.Node {
        let own = rows[row]
        return LayerTree.Node(
            parent: parent, object: own.object, bytes: graph.bytes(own.object), totalBytes: own.total,
            images: Int64(own.images), endingImages: Int64(own.ending), exampleItem: own.example,
            depth: Int(own.depth), isRepeat: own.isRepeat)
    }

    private func fold(_ row: Int, into folded: inout LayerTree.Node?) {
        var sum =
            folded
            ?? LayerTree.Node(
                parent: nil, object: nil, bytes: 0, totalBytes: 0, images: 0, endingImages: 0, exampleItem: nil,
                depth: Int(rows[row].depth), isRepeat: false)
        sum.bytes += rows[row].total
        sum.totalBytes += rows[row].total
        sum.images += Int64(rows[row].images)
        // Every image through a folded node ends in it.
        sum.endingImages += Int64(rows[row].images)
        sum.foldedNodes += Int64(rows[row].nodes)
        folded = sum
    }

    /// Marks the widest nodes. A node is as wide as any above it and stands before them, so what is marked hangs
    /// together.
    private func widest(_ count: Int) -> [Bool] {
        guard rows.count > count else { return [Bool](repeating: true, count: rows.count) }
        var low: Int64 = 0
        var high: Int64 = Int64.max
        // The largest width that at least `count` nodes have.
        while low < high {
            let middle = low + (high - low) / 2 + (high - low) % 2
            var wider = 0
            for row in rows where row.total >= middle { wider += 1 }
            if wider >= count { low = middle } else { high = middle - 1 }
        }
        var isKept = rows.map { $0.total > low }
        var left = count - isKept.reduce(0) { $0 + ($1 ? 1 : 0) }
        for row in rows.indices where left > 0 && rows[row].total == low {
            isKept[row] = true
            left -= 1
        }
        return isKept
    }
}

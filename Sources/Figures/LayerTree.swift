/// The layers of images as a tree, base layers at the root: what an icicle draws.
///
/// A node is a stack of layers (a layer on the stack below it), so every image is a path from the root. The same layer
/// on two different stacks is two nodes: the second is marked ``Node/isRepeat`` and takes no further bytes in the
/// source. ``widthBytes`` is the sum of all nodes' ``Node/bytes``; ``widthBytes`` − ``repeatedBytes`` is
/// ``layerBytes``, the stored bytes of the images' layers.
package struct LayerTree: Sendable, Equatable {
    /// A stack of layers, or several small ones folded together.
    package struct Node: Sendable, Equatable {
        /// The node below (towards the root), by its place in ``LayerTree/nodes``; nil for a base layer.
        package var parent: Int?
        /// The top layer of the stack; nil for folded nodes.
        package var object: LayerGraph.Index?
        /// Bytes of the layer itself (of all folded layers, for a folded node); unknown ones count as 0.
        package var bytes: Int64
        /// ``bytes`` and those of all nodes above it: the width.
        package var totalBytes: Int64
        /// Images that stand on this stack, or end with it.
        package var images: Int64
        /// Images that end with this stack.
        package var endingImages: Int64
        /// The lowest-numbered image on this stack, to name the node by; nil for folded nodes.
        package var exampleItem: LayerGraph.Index?
        /// Layers below this one.
        package var depth: Int
        /// The layer stands in another place of the tree, too, and was counted there.
        package var isRepeat: Bool
        /// How many nodes (with all above them) were folded into this one; 0 for a node of its own.
        package var foldedNodes: Int64

        package init(
            parent: Int?, object: LayerGraph.Index?, bytes: Int64, totalBytes: Int64, images: Int64,
            endingImages: Int64, exampleItem: LayerGraph.Index?, depth: Int, isRepeat: Bool, foldedNodes: Int64 = 0
        ) {
            self.parent = parent
            self.object = object
            self.bytes = bytes
            self.totalBytes = totalBytes
            self.images = images
            self.endingImages = endingImages
            self.exampleItem = exampleItem
            self.depth = depth
            self.isRepeat = isRepeat
            self.foldedNodes = foldedNodes
        }
    }

    /// Parents before children; siblings by width, widest first, a folded node last.
    package var nodes: [Node]
    /// Σ ``Node/bytes`` of all nodes: the width of the whole drawing.
    package var widthBytes: Int64
    /// Bytes of nodes that repeat a layer counted elsewhere in the tree.
    package var repeatedBytes: Int64
    /// Stored bytes of the images' layers, each once.
    package var layerBytes: Int64
    /// Images in the tree; those without a layer have no node.
    package var images: Int64
    /// Nodes before small ones were folded.
    package var allNodes: Int64

    package init(
        nodes: [Node] = [], widthBytes: Int64 = 0, repeatedBytes: Int64 = 0, layerBytes: Int64 = 0, images: Int64 = 0,
        allNodes: Int64 = 0
    ) {
        self.nodes = nodes
        self.widthBytes = widthBytes
        self.repeatedBytes = repeatedBytes
        self.layerBytes = layerBytes
        self.images = images
        self.allNodes = allNodes
    }
}

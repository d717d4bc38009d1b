package import Figures

/// A layer graph prepared for figures: what many items own apart from what one item owns alone.
///
/// Most objects belong to one item (its manifest, its configuration, its last layer). They are bundled into one
/// *element* per item; every object that several items own is an element of its own. All figures of sets are the same
/// over elements as over objects, because the objects of a bundle are always reached together; but elements are few
/// enough to stay in the processor's cache. A bundle that only one holding can reach needs no element at all.
package struct Footprint: Sendable {
    /// The graph, with sizes that cannot be true marked as unknown.
    package let graph: LayerGraph

    /// In ``placeOfObject``: the object is no live item's.
    static let nowhere = UInt32.max
    /// In ``placeOfObject``: marks the number of a shared element; else it is the number of the only owner.
    static let sharedBit: UInt32 = 1 << 31
    /// In ``ItemPart/bundle``: no element, the bundle is reached by exactly one holding.
    static let alone = UInt32.max

    /// What an item owns.
    struct ItemPart {
        /// Bytes of the item's own distinct objects.
        var apparentBytes: Int64 = 0
        /// Bytes of the objects that no other item owns.
        var bundleBytes: Int64 = 0
        /// Objects of unknown size among them.
        var bundleUnknown: UInt32 = 0
        /// The bundle's element, or ``alone``.
        var bundle: UInt32 = Footprint.alone
        /// Own shared elements: `sharedElements[sharedStart..<sharedEnd]`, each once.
        var sharedStart: UInt32 = 0
        var sharedEnd: UInt32 = 0
        var isImage = false
    }

    /// By item; those that no holding reaches stay empty.
    var items: [ItemPart] = []
    var sharedElements: [UInt32] = []
    /// By element: bytes (unknown ones as 0), and objects of unknown size.
    var elementBytes: [Int64] = []
    var elementUnknown: [UInt32] = []
    /// By element: images that own it (for bundles: 0).
    var elementImages: [UInt32] = []
    /// By object: ``nowhere``, its only owner, or ``sharedBit`` and its element.
    var placeOfObject: [UInt32] = []
    /// By item: how many holdings have it.
    var holdingsOfItem: [UInt32] = []
    /// By item: whether a holding reaches it.
    var isLive: [Bool] = []
    /// By source: bytes of everything that is reached, and reached objects of unknown size.
    var storedBytes: [Int64] = []
    var unknownObjects: [Int64] = []
    var hasChildren = false
    var hasUnknown = false

    /// Prepares a graph, which must be well formed (``LayerGraph/isWellFormed``).
    package init(_ graph: LayerGraph) {
        precondition(graph.isWellFormed, "the layer graph's arrays do not fit together")
        self.graph = graph.believable
        hasChildren = !graph.children.isEmpty
        countHoldings()
        findLiveItems()
        placeObjects()
        divideObjects()
        numberBundles()
        hasUnknown = unknownObjects.contains { $0 > 0 }
    }

    private mutating func countHoldings() {
        holdingsOfItem = [UInt32](repeating: 0, count: graph.itemCount)
        for item in graph.holdingItems { holdingsOfItem[Int(item)] += 1 }
    }

    private mutating func findLiveItems() {
        isLive = holdingsOfItem.map { $0 > 0 }
        guard hasChildren else { return }
        var queue: [Int] = isLive.indices.filter { isLive[$0] && !graph.children(of: $0).isEmpty }
        while let item = queue.popLast() {
            for child in graph.children(of: item) where !isLive[Int(child)] {
                isLive[Int(child)] = true
                queue.append(Int(child))
            }
        }
    }

    /// Bundles that several holdings may reach become elements, after the shared ones.
    private mutating func numberBundles() {
        var hasParent = [Bool](repeating: false, count: graph.itemCount)
        if hasChildren {
            for item in isLive.indices where isLive[item] {
                for child in graph.children(of: item) { hasParent[Int(child)] = true }
            }
        }
        for item in isLive.indices where isLive[item] && (hasParent[item] || holdingsOfItem[item] != 1) {
            items[item].bundle = UInt32(elementBytes.count)
            elementBytes.append(items[item].bundleBytes)
            elementUnknown.append(items[item].bundleUnknown)
            elementImages.append(0)
        }
    }
}

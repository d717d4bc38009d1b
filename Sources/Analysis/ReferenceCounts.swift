package import Figures

/// Objects and bytes by how many images hold them, for one source or all. The buckets' bytes sum to stored_bytes:
/// what no image holds (an index's document, an attestation) is in the bucket 0.
package func referenceCounts(
    _ graph: LayerGraph, _ figures: FigureSet, source: LayerGraph.Index? = nil
) -> [ReferenceBucket] {
    let graph = graph.believable
    let starts: [Int64] = [0, 1, 2, 3, 5, 10, 20, 50, 100, 1000]
    var buckets = starts.indices.map { place in
        ReferenceBucket(from: starts[place], through: place + 1 < starts.count ? starts[place + 1] - 1 : nil)
    }
    for object in figures.objectImages.indices where graph.isHeld(object, figures, source) {
        let images = Int64(figures.objectImages[object])
        var bucket = buckets.count - 1
        while buckets[bucket].from > images { bucket -= 1 }
        buckets[bucket].objects += 1
        buckets[bucket].bytes += graph.bytes(LayerGraph.Index(object))
    }
    return buckets
}

/// The layers that would take most more bytes were they not shared, by `bytes × (images − 1)`.
package func mostSharedLayers(
    _ graph: LayerGraph, _ figures: FigureSet, source: LayerGraph.Index? = nil, limit: Int = 20
) -> [SharedLayer] {
    let graph = graph.believable
    var largest: [SharedLayer] = []
    func precedes(_ left: SharedLayer, _ right: SharedLayer) -> Bool {
        left.savedBytes != right.savedBytes ? left.savedBytes > right.savedBytes : left.object < right.object
    }
    for object in figures.objectImages.indices where graph.objectKinds[object] == .layer {
        let images = Int64(figures.objectImages[object])
        guard images > 1, graph.isHeld(object, figures, source) else { continue }
        let bytes = graph.bytes(LayerGraph.Index(object))
        // Never above the sum of what the images would take alone, which fits.
        let (saved, overflow) = bytes.multipliedReportingOverflow(by: images - 1)
        largest.append(
            SharedLayer(
                object: LayerGraph.Index(object), bytes: bytes, images: images,
                savedBytes: overflow ? Int64.max : saved))
        if largest.count >= 2 * limit + 1024 {
            largest.sort(by: precedes)
            largest.removeLast(largest.count - limit)
        }
    }
    largest.sort(by: precedes)
    return Array(largest.prefix(limit))
}

extension LayerGraph {
    /// Whether a holding reaches the object, in the source asked for.
    fileprivate func isHeld(_ object: Int, _ figures: FigureSet, _ source: Index?) -> Bool {
        figures.objectRepositories[object] > 0 && (source == nil || objectSources[object] == source)
    }
}

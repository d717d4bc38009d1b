package import Figures

/// Content that a source keeps under several blob digests, by most duplicate bytes.
///
/// - Parameter blobs: which content each blob has; blobs that no holding reaches are passed over. Equal numbers must
///   mean the same content in the same source (and store).
package func duplicates(_ graph: LayerGraph, _ figures: FigureSet, _ blobs: [BlobContent]) -> [Duplicate] {
    let graph = graph.believable
    let held = blobs.filter { figures.objectRepositories[Int($0.object)] > 0 }
    let ordered = held.sorted { ($0.content, $0.object) < ($1.content, $1.object) }
    var found: [Duplicate] = []
    var start = 0
    while start < ordered.count {
        var end = start + 1
        while end < ordered.count, ordered[end].content == ordered[start].content { end += 1 }
        var objects: [LayerGraph.Index] = []
        for blob in ordered[start..<end] where objects.last != blob.object { objects.append(blob.object) }
        if objects.count > 1 { found.append(duplicate(graph, ordered[start].content, objects)) }
        start = end
    }
    return found.sorted {
        $0.duplicateBytes != $1.duplicateBytes ? $0.duplicateBytes > $1.duplicateBytes : $0.content < $1.content
    }
}

private func duplicate(
    _ graph: LayerGraph, _ content: LayerGraph.Index, _ objects: [LayerGraph.Index]
) -> Duplicate {
    let known = objects.filter { graph.objectBytes[Int($0)] >= 0 }
        .sorted { (graph.bytes($0), $0) < (graph.bytes($1), $1) }
    let unknown = objects.filter { graph.objectBytes[Int($0)] < 0 }
    return Duplicate(
        content: content, objects: known + unknown,
        duplicateBytes: known.dropFirst().reduce(0) { $0 + graph.bytes($1) }, unknownObjects: Int64(unknown.count))
}

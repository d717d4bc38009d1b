/// Which uncompressed content each blob holds: the input of ``Duplicate``.
package struct BlobContent: Sendable, Equatable {
    /// A blob of the graph.
    package var object: LayerGraph.Index
    /// Blobs with the same number have the same diffID in the same store.
    package var content: LayerGraph.Index

    package init(object: LayerGraph.Index, content: LayerGraph.Index) {
        self.object = object
        self.content = content
    }
}

/// Content that a source keeps several times: one diffID under several blob digests (compressed twice).
package struct Duplicate: Sendable, Equatable {
    /// The number that ``BlobContent`` gave the content.
    package var content: LayerGraph.Index
    /// The blobs, smallest first; those of unknown size last.
    package var objects: [LayerGraph.Index]
    /// Bytes of all copies but the smallest. Copies of unknown size are not in it.
    package var duplicateBytes: Int64
    package var unknownObjects: Int64

    package init(
        content: LayerGraph.Index, objects: [LayerGraph.Index], duplicateBytes: Int64, unknownObjects: Int64
    ) {
        self.content = content
        self.objects = objects
        self.duplicateBytes = duplicateBytes
        self.unknownObjects = unknownObjects
    }
}

/// The identity of a stack of layers (OCI image-spec, config.md, "Layer ChainID").
///
/// `ChainID(L0) = DiffID(L0)`; `ChainID(L0|…|Ln) = sha256(ChainID(L0|…|Ln−1) + " " + DiffID(Ln))`.
package enum ChainID {
    /// The chainID of a layer on the chain below it (nil for a base layer).
    package static func next(on parent: Digest?, diffID: Digest) -> Digest {
        guard let parent else { return diffID }
        return Digest.of(Array("\(parent) \(diffID)".utf8))
    }

    /// The chainIDs of a stack of layers, base first: as many as there are diffIDs.
    package static func chain(of diffIDs: [Digest]) -> [Digest] {
        var parent: Digest?
        return diffIDs.map { diffID in
            let next = next(on: parent, diffID: diffID)
            parent = next
            return next
        }
    }
}

import Archive
import ImageModel
import Observations

extension ArchivePicture {
    /// The bytes of a blob of a layout, compared with its digest and its size: whether it is here and sound. `what`
    /// names it in messages.
    mutating func isSound(_ descriptor: Descriptor, _ part: Part, _ what: String) -> Bool {
        guard let file = content.file(ArchiveContent.blobPath(descriptor.digest)) else {
            report(part, "\(what) is not in the archive")
            return false
        }
        guard file.measure.digest(descriptor.digest.algorithm) == descriptor.digest else {
            report(part, "\(what) has other content than its digest says")
            return false
        }
        guard file.measure.bytes == descriptor.size else {
            report(part, "\(what) has \(file.measure.bytes) bytes, but \(descriptor.size) are listed")
            return false
        }
        return true
    }

    /// A layer or blob of a layout, as an object. `diffID` is what the configuration says of a layer.
    mutating func object(
        _ descriptor: Descriptor, kind: ObjectKind, diffID: Digest? = nil, instruction: String? = nil
    ) -> ObjectObservation {
        let digest = descriptor.digest
        if facts[digest] == nil { facts[digest] = verify(descriptor, kind: kind) }
        let fact = facts[digest] ?? Fact()
        let isLayer = kind == .layer
        if isLayer, let diffID, let computed = fact.diffID(diffID.algorithm, in: content, digest), computed != diffID {
            disagree(digest, "layer \(digest)", computed: computed, stated: diffID)
        }
        if !fact.isForeign && kind != .configuration { listedLayers.insert(digest) }
        return ObjectObservation(
            kind: isLayer && fact.isForeign ? .foreignLayer : kind, key: digest, bytes: fact.bytes,
            mediaType: descriptor.mediaType.rawValue, diffID: isLayer ? fact.diffID ?? diffID : nil,
            uncompressedBytes: isLayer ? fact.uncompressedBytes : nil, instruction: instruction)
    }

    /// Notes that a layer's content is not what its image's configuration says.
    mutating func disagree(_ key: Digest, _ what: String, computed: Digest, stated: Digest) {
        facts[key]?.isSound = false
        report(.layers, "\(what) unpacks to \(computed), but the image's configuration says \(stated)")
    }

    private mutating func verify(_ descriptor: Descriptor, kind: ObjectKind) -> Fact {
        let file = content.file(ArchiveContent.blobPath(descriptor.digest))
        if file == nil, descriptor.mediaType.isForeignLayer {
            return Fact(bytes: descriptor.size, isForeign: true)
        }
        let (part, noun): (Part, String) =
            switch kind {
            case .configuration: (.images, "configuration")
            case .layer, .foreignLayer: (.layers, "layer")
            case .manifest, .index, .blob: (.layers, "blob")
            }
        let what = "\(noun) \(descriptor.digest)"
        var fact = Fact(bytes: file?.measure.bytes)
        fact.isSound = isSound(descriptor, part, what)
        // What is encrypted unpacks to nothing: its bytes are no tar, whatever they look like.
        guard fact.isSound, let measure = file?.measure, descriptor.mediaType.compression != nil else { return fact }
        if kind == .layer, let problem = measure.problem {
            report(.layers, "\(what): \(problem)")
            fact.isSound = false
        }
        fact.diffID = measure.unpackedDigest(.sha256)
        fact.uncompressedBytes = measure.unpackedBytes
        return fact
    }
}

extension ArchivePicture.Fact {
    /// The computed diffID in the algorithm that the configuration uses.
    fileprivate func diffID(_ algorithm: Digest.Algorithm, in content: ArchiveContent, _ key: Digest) -> Digest? {
        guard diffID != nil else { return nil }
        return content.file(ArchiveContent.blobPath(key))?.measure.unpackedDigest(algorithm)
    }
}

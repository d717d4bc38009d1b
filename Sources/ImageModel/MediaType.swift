/// A media type as descriptors and `Content-Type` headers carry it, and what it means for the image model.
package struct MediaType: Hashable, Sendable, CustomStringConvertible {
    /// Lower-cased, without parameters.
    package let rawValue: String

    package init(_ text: String) {
        let bare = text.prefix { $0 != ";" }.trimmingSpaces()
        rawValue = bare.lowercased()
    }

    package var description: String { rawValue }

    package static let ociManifest = MediaType("application/vnd.oci.image.manifest.v1+json")
    package static let ociIndex = MediaType("application/vnd.oci.image.index.v1+json")
    package static let ociConfiguration = MediaType("application/vnd.oci.image.config.v1+json")
    package static let ociLayer = MediaType("application/vnd.oci.image.layer.v1.tar")
    package static let ociLayerGzip = MediaType("application/vnd.oci.image.layer.v1.tar+gzip")
    package static let ociLayerZstd = MediaType("application/vnd.oci.image.layer.v1.tar+zstd")
    package static let ociEmpty = MediaType("application/vnd.oci.empty.v1+json")
    package static let ociArtifactManifest = MediaType("application/vnd.oci.artifact.manifest.v1+json")
    package static let dockerManifest = MediaType("application/vnd.docker.distribution.manifest.v2+json")
    package static let dockerManifestList = MediaType("application/vnd.docker.distribution.manifest.list.v2+json")
    package static let dockerConfiguration = MediaType("application/vnd.docker.container.image.v1+json")
    package static let dockerLayerGzip = MediaType("application/vnd.docker.image.rootfs.diff.tar.gzip")
    package static let dockerSchema1 = MediaType("application/vnd.docker.distribution.manifest.v1+json")
    package static let dockerSchema1Signed = MediaType("application/vnd.docker.distribution.manifest.v1+prettyjws")
    package static let octetStream = MediaType("application/octet-stream")
    package static let inToto = MediaType("application/vnd.in-toto+json")
    /// The configuration of a BuildKit cache manifest.
    package static let buildKitCache = MediaType("application/vnd.buildkit.cacheconfig.v0")

    /// What a manifest request has to accept, so that a registry neither converts nor denies.
    package static let manifests: [MediaType] = [
        ociManifest, ociIndex, dockerManifest, dockerManifestList, dockerSchema1Signed, dockerSchema1,
        ociArtifactManifest,
    ]

    package var isIndex: Bool { self == .ociIndex || self == .dockerManifestList }
    package var isManifest: Bool { self == .ociManifest || self == .dockerManifest }
    package var isSchema1: Bool { self == .dockerSchema1 || self == .dockerSchema1Signed }
    package var isImageConfiguration: Bool { self == .ociConfiguration || self == .dockerConfiguration }

    /// A filesystem layer, compressed or not, foreign or not.
    package var isLayer: Bool {
        rawValue.hasPrefix("application/vnd.oci.image.layer.")
            || rawValue.hasPrefix("application/vnd.docker.image.rootfs.")
    }

    /// A layer that registries need not hold: its bytes are elsewhere, at its `urls`.
    package var isForeignLayer: Bool {
        isLayer && (rawValue.contains(".nondistributable.") || rawValue.contains(".foreign."))
    }

    /// How the layer's tar is compressed, as its media type claims (contents may differ; sniff when reading).
    package var compression: Compression? {
        // An encrypted layer cannot be looked into, whatever lies beneath.
        guard isLayer, !rawValue.hasSuffix("+encrypted") else { return nil }
        if rawValue.hasSuffix("gzip") { return .gzip }
        if rawValue.hasSuffix("zstd") { return .zstd }
        return Compression.none
    }

    /// The compression of a layer.
    package enum Compression: String, Sendable {
        case none
        case gzip
        case zstd
    }
}

extension Substring {
    fileprivate func trimmingSpaces() -> Substring {
        var text = self
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}

extension MediaType: Codable {
    package init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

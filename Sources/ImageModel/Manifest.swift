package import Foundation

/// A manifest of one image or artifact: its configuration and layers (OCI image-spec, manifest.md; Docker schema 2).
package struct Manifest: Hashable, Sendable, Codable {
    package var schemaVersion: Int
    package var mediaType: MediaType?
    package var artifactType: String?
    package var config: Descriptor
    package var layers: [Descriptor]
    package var subject: Descriptor?
    package var annotations: [String: String]?

    package init(
        mediaType: MediaType? = .ociManifest, artifactType: String? = nil, config: Descriptor, layers: [Descriptor],
        subject: Descriptor? = nil, annotations: [String: String]? = nil
    ) {
        schemaVersion = 2
        self.mediaType = mediaType
        self.artifactType = artifactType
        self.config = config
        self.layers = layers
        self.subject = subject
        self.annotations = annotations
    }

    /// Decodes a manifest; layers that Go's encoders wrote as null are none.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        schemaVersion = try values.decode(Int.self, forKey: .schemaVersion)
        mediaType = try values.decodeIfPresent(MediaType.self, forKey: .mediaType)
        artifactType = try values.decodeIfPresent(String.self, forKey: .artifactType)
        config = try values.decode(Descriptor.self, forKey: .config)
        layers = try values.decodeIfPresent([Descriptor].self, forKey: .layers) ?? []
        subject = try values.decodeIfPresent(Descriptor.self, forKey: .subject)
        annotations = try values.decodeIfPresent([String: String].self, forKey: .annotations)
    }

    /// What a manifest describes.
    package enum Kind: String, Sendable {
        case image
        /// In-toto statements about an image, as BuildKit attaches them.
        case attestation
        /// A BuildKit cache, exported as an image manifest.
        case cache
        /// Anything else: charts, signatures, SBOMs.
        case artifact
    }

    /// What the manifest describes, told by its own content.
    package var kind: Kind {
        if config.mediaType == .buildKitCache { return .cache }
        if !layers.isEmpty && layers.allSatisfy({ $0.mediaType == .inToto }) { return .attestation }
        if artifactType == "application/vnd.docker.attestation.manifest.v1+json" { return .attestation }
        // Docker 1.10 to 1.12 pushed configurations as octet streams.
        let isEarlyDocker = mediaType == .dockerManifest && config.mediaType == .octetStream && !layers.isEmpty
        if config.mediaType.isImageConfiguration || isEarlyDocker, layers.allSatisfy(\.mediaType.isLayer) {
            return .image
        }
        return .artifact
    }
}

/// A list of manifests, one for each platform, and of what goes with them (OCI image-spec, image-index.md; Docker
/// manifest lists). In a BuildKit cache index the entries are layers, besides one cache configuration.
package struct Index: Hashable, Sendable, Codable {
    package var schemaVersion: Int
    package var mediaType: MediaType?
    package var artifactType: String?
    package var manifests: [Descriptor]
    package var subject: Descriptor?
    package var annotations: [String: String]?

    package init(
        mediaType: MediaType? = .ociIndex, artifactType: String? = nil, manifests: [Descriptor],
        subject: Descriptor? = nil, annotations: [String: String]? = nil
    ) {
        schemaVersion = 2
        self.mediaType = mediaType
        self.artifactType = artifactType
        self.manifests = manifests
        self.subject = subject
        self.annotations = annotations
    }

    /// Decodes an index; entries that Go's encoders wrote as null are none.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        schemaVersion = try values.decode(Int.self, forKey: .schemaVersion)
        mediaType = try values.decodeIfPresent(MediaType.self, forKey: .mediaType)
        artifactType = try values.decodeIfPresent(String.self, forKey: .artifactType)
        manifests = try values.decodeIfPresent([Descriptor].self, forKey: .manifests) ?? []
        subject = try values.decodeIfPresent(Descriptor.self, forKey: .subject)
        annotations = try values.decodeIfPresent([String: String].self, forKey: .annotations)
    }

    /// Whether the entries are the layers of a BuildKit cache, not manifests.
    package var isBuildKitCache: Bool { manifests.contains { $0.mediaType == .buildKitCache } }
}

/// A Docker schema 1 manifest: layers without sizes, newest first (distribution, manifest-v2-1.md).
package struct Schema1Manifest: Hashable, Sendable {
    package var name: String
    package var tag: String
    package var architecture: String
    /// Blob digests, base first; those of throw-away (empty) layers left out.
    package var layers: [Digest]
    /// For each layer the command that made it.
    package var instructions: [String?]
    package var created: String?
}

/// A manifest document of any kind, parsed.
package enum ManifestDocument: Hashable, Sendable {
    case manifest(Manifest)
    case index(Index)
    case schema1(Schema1Manifest)

    /// The largest document that is read: the size that registries have to accept (distribution-spec, "Pushing
    /// Manifests").
    package static let byteLimit = 4 << 20

    /// Parses a document. `contentType` is what the transport said of it; the document's own `mediaType` must not
    /// contradict it. Throws ``ImageModelError`` with the place and the reason.
    package static func parse(_ content: Data, contentType: MediaType? = nil) throws(ImageModelError) -> Self {
        try DocumentParser.parse(content, contentType: contentType)
    }

    package var subject: Descriptor? {
        switch self {
        case .manifest(let manifest): manifest.subject
        case .index(let index): index.subject
        case .schema1: nil
        }
    }
}

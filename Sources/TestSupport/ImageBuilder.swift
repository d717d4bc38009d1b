package import Foundation
package import ImageModel

/// Builds small real images in memory: layers are tars, compressed or not, and every document names its content by
/// digest. What it built is written as an OCI layout or a `docker save` archive, or served blob by blob.
package struct ImageBuilder {
    /// A layer that was built.
    package struct Layer: Sendable, Equatable {
        package var descriptor: Descriptor
        package var diffID: Digest
        /// The bytes of the uncompressed tar.
        package var tarBytes: Int64
        package var instruction: String?
    }

    /// An image that was built.
    package struct Image: Sendable, Equatable {
        package var descriptor: Descriptor
        package var manifest: Manifest
        package var configuration: Descriptor
        package var layers: [Layer]
        package var digest: Digest { descriptor.digest }
        package var imageID: Digest { configuration.digest }
    }

    /// All blobs by digest: documents and layers as they are transported.
    package private(set) var blobs: [Digest: Data] = [:]
    /// The uncompressed tar of each layer by its diffID.
    package private(set) var tars: [Digest: Data] = [:]
    /// The algorithm of the digests that name what is built from here on.
    package var algorithm = Digest.Algorithm.sha256
    /// Whether documents get Docker's media types instead of OCI's.
    package var usesDockerTypes = false

    package init() {}

    /// Adds any content; returns its digest.
    @discardableResult
    package mutating func add(_ content: Data) -> Digest {
        let digest = Digest.of(content, algorithm: algorithm)
        blobs[digest] = content
        return digest
    }

    /// Takes a blob away, as shallow layouts and broken registries do.
    package mutating func remove(_ digest: Digest) { blobs[digest] = nil }

    /// Puts other bytes in a blob's place, under its old digest.
    package mutating func corrupt(_ digest: Digest, with content: Data) { blobs[digest] = content }

    /// Adds a layer with files, in the order of their names.
    package mutating func layer(
        _ files: [String: String], compression: MediaType.Compression = .gzip, instruction: String? = nil
    ) throws -> Layer {
        var tar = TarBuilder()
        for (name, text) in files.sorted(by: { $0.key < $1.key }) { tar.add(file: name, Data(text.utf8)) }
        return try layer(tar: tar.finished(), compression: compression, instruction: instruction)
    }

    /// Adds a layer with one file of repeatable noise: it stays about as large when compressed.
    package mutating func layer(
        named name: String, bytes: Int, compression: MediaType.Compression = .gzip, instruction: String? = nil
    ) throws -> Layer {
        var random = SeededGenerator(seed: UInt64(truncatingIfNeeded: name.utf8.reduce(5381) { $0 &* 33 &+ Int($1) }))
        var noise = Data(count: bytes)
        for index in noise.indices { noise[index] = UInt8(truncatingIfNeeded: random.next()) }
        var tar = TarBuilder()
        tar.add(file: name, noise)
        return try layer(tar: tar.finished(), compression: compression, instruction: instruction)
    }

    /// Adds a layer from a tar at hand.
    package mutating func layer(
        tar: Data, compression: MediaType.Compression = .gzip, instruction: String? = nil
    ) throws -> Layer {
        let blob: Data
        let type: MediaType
        switch compression {
        case .none: (blob, type) = (tar, .ociLayer)
        case .gzip: (blob, type) = (try Compressing.gzip(tar), usesDockerTypes ? .dockerLayerGzip : .ociLayerGzip)
        case .zstd: (blob, type) = (try Compressing.zstd(tar), .ociLayerZstd)
        }
        let diffID = Digest.of(tar)
        tars[diffID] = tar
        return Layer(
            descriptor: Descriptor(mediaType: type, digest: add(blob), size: Int64(blob.count)), diffID: diffID,
            tarBytes: Int64(tar.count), instruction: instruction)
    }

    /// Adds an image: its configuration and manifest.
    package mutating func image(
        _ layers: [Layer], platform: Platform = Platform(os: "linux", architecture: "amd64"),
        labels: [String: String] = [:], created: String = "2026-01-02T03:04:05.678901234Z",
        annotations: [String: String]? = nil, subject: Descriptor? = nil
    ) throws -> Image {
        var configuration = ImageConfiguration(
            created: created, architecture: platform.architecture, os: platform.os, variant: platform.variant,
            config: .init(labels: labels.isEmpty ? nil : labels), rootfs: .init(diffIDs: layers.map(\.diffID)),
            history: layers.map { History(created: created, createdBy: $0.instruction ?? "COPY . /") })
        configuration.history?.append(History(created: created, createdBy: "CMD [\"sh\"]", emptyLayer: true))
        let document = try encode(configuration)
        let pointer = Descriptor(
            mediaType: usesDockerTypes ? .dockerConfiguration : .ociConfiguration, digest: add(document),
            size: Int64(document.count))
        let manifest = Manifest(
            mediaType: usesDockerTypes ? .dockerManifest : .ociManifest, config: pointer,
            layers: layers.map(\.descriptor), subject: subject, annotations: annotations)
        var descriptor = try add(manifest)
        descriptor.platform = platform
        return Image(descriptor: descriptor, manifest: manifest, configuration: pointer, layers: layers)
    }

    /// Adds a manifest.
    package mutating func add(_ manifest: Manifest) throws -> Descriptor {
        let document = try encode(manifest)
        return Descriptor(
            mediaType: manifest.mediaType ?? .ociManifest, digest: add(document), size: Int64(document.count),
            artifactType: manifest.artifactType)
    }

    /// Adds an index.
    package mutating func index(
        _ entries: [Descriptor], annotations: [String: String]? = nil, subject: Descriptor? = nil
    ) throws -> Descriptor {
        let index = Index(
            mediaType: usesDockerTypes ? .dockerManifestList : .ociIndex, manifests: entries, subject: subject,
            annotations: annotations)
        let document = try encode(index)
        return Descriptor(
            mediaType: usesDockerTypes ? .dockerManifestList : .ociIndex, digest: add(document),
            size: Int64(document.count))
    }

    /// JSON with keys in one order, so that equal content has one digest.
    package func encode(_ document: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(document)
    }
}

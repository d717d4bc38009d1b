package import Foundation

/// Reads the JSON documents of images: bounded, and with an error that names the place.
package enum DocumentParser {
    /// The largest configuration that is read, in bytes. Real ones stay below 100 kB; BuildKit's inline cache makes
    /// some larger.
    package static let configurationByteLimit = 16 << 20
    /// The most layers or children that a document may list.
    package static let entryLimit = 10_000

    private struct Head: Decodable {
        var schemaVersion: Int?
        var mediaType: MediaType?
        var manifests: Presence?
        var layers: Presence?
        var config: Presence?
        var fsLayers: Presence?
    }

    private struct Presence: Decodable {
        init(from decoder: any Decoder) throws {}
    }

    /// Parses a manifest document of any kind. Throws ``ImageModelError``.
    package static func parse(
        _ content: Data, contentType: MediaType? = nil
    ) throws(ImageModelError) -> ManifestDocument {
        let head = try decode(Head.self, from: content, as: .document, limit: ManifestDocument.byteLimit)
        let declared = head.mediaType ?? contentType
        if head.schemaVersion == 1 || (declared?.isSchema1 ?? false) {
            return .schema1(try Schema1Parser.parse(content))
        }
        // CVE-2021-41190: a document that is both a manifest and an index means two things to two readers.
        if head.manifests != nil && (head.layers != nil || head.config != nil) {
            throw ImageModelError(.document, "has both manifests and layers, so it is neither an index nor a manifest")
        }
        if let own = head.mediaType, let contentType, own != contentType,
            own.isIndex || own.isManifest, contentType.isIndex || contentType.isManifest
        {
            throw ImageModelError(
                .document, at: "mediaType",
                "\(quoted(own.rawValue)) contradicts the content type \(quoted(contentType.rawValue))")
        }
        guard head.schemaVersion == 2 else {
            throw ImageModelError(
                .document, at: "schemaVersion", head.schemaVersion.map { "is \($0), not 2" } ?? "is missing")
        }
        if declared?.isIndex == true || (head.manifests != nil && declared?.isManifest != true) {
            let index = try decode(Index.self, from: content, as: .index, limit: ManifestDocument.byteLimit)
            try check(index)
            return .index(index)
        }
        let manifest = try decode(Manifest.self, from: content, as: .manifest, limit: ManifestDocument.byteLimit)
        try check(manifest)
        return .manifest(manifest)
    }

    /// Parses an image configuration. Throws ``ImageModelError``.
    package static func configuration(_ content: Data) throws(ImageModelError) -> ImageConfiguration {
        let configuration = try decode(
            ImageConfiguration.self, from: content, as: .configuration, limit: configurationByteLimit)
        guard configuration.rootfs.type == "layers" else {
            throw ImageModelError(
                .configuration, at: "rootfs.type", "is \(quoted(configuration.rootfs.type)), not \"layers\"")
        }
        guard configuration.rootfs.diffIDs.count <= entryLimit else {
            throw ImageModelError(.configuration, at: "rootfs.diff_ids", "has more than \(entryLimit) entries")
        }
        return configuration
    }

    private static func check(_ manifest: Manifest) throws(ImageModelError) {
        guard manifest.layers.count <= entryLimit else {
            throw ImageModelError(.manifest, at: "layers", "has more than \(entryLimit) entries")
        }
        try check(manifest.config, at: "config", in: .manifest)
        for (position, layer) in manifest.layers.enumerated() {
            try check(layer, at: "layers[\(position)]", in: .manifest)
        }
        if let subject = manifest.subject { try check(subject, at: "subject", in: .manifest) }
    }

    private static func check(_ index: Index) throws(ImageModelError) {
        guard index.manifests.count <= entryLimit else {
            throw ImageModelError(.index, at: "manifests", "has more than \(entryLimit) entries")
        }
        for (position, child) in index.manifests.enumerated() {
            try check(child, at: "manifests[\(position)]", in: .index)
        }
        if let subject = index.subject { try check(subject, at: "subject", in: .index) }
    }

    private static func check(
        _ descriptor: Descriptor, at path: String, in subject: ImageModelError.Subject
    ) throws(ImageModelError) {
        guard descriptor.size >= 0 else {
            throw ImageModelError(subject, at: path + ".size", "is negative (\(descriptor.size))")
        }
        guard descriptor.mediaType.rawValue.contains("/") else {
            throw ImageModelError(
                subject, at: path + ".mediaType", "\(quoted(descriptor.mediaType.rawValue)) is no media type")
        }
    }

    /// Decodes JSON within a limit; what fails becomes an ``ImageModelError`` with the path.
    package static func decode<T: Decodable>(
        _ type: T.Type, from content: Data, as subject: ImageModelError.Subject, limit: Int
    ) throws(ImageModelError) -> T {
        guard content.count <= limit else {
            throw ImageModelError(subject, "has \(content.count) bytes, more than the limit of \(limit)")
        }
        do {
            return try JSONDecoder().decode(type, from: content)
        } catch let error as ImageModelError {
            throw error
        } catch let error as DecodingError {
            throw ImageModelError(decoding: error, as: subject)
        } catch {
            throw ImageModelError(subject, "is not valid JSON")
        }
    }
}

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
        /// Null counts as there: Go writes an empty list so.
        var mentionsManifests: Bool
        var hasManifests: Bool
        var hasLayersOrConfiguration: Bool

        enum CodingKeys: String, CodingKey { case schemaVersion, mediaType, manifests, layers, config }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            schemaVersion = try values.decodeIfPresent(Int.self, forKey: .schemaVersion)
            mediaType = try values.decodeIfPresent(MediaType.self, forKey: .mediaType)
            func has(_ key: CodingKeys) throws -> Bool { try values.contains(key) && !values.decodeNil(forKey: key) }
            mentionsManifests = values.contains(.manifests)
            hasManifests = try has(.manifests)
            hasLayersOrConfiguration = try has(.layers) || has(.config)
        }
    }

    private struct Layout: Decodable {
        var imageLayoutVersion: String
    }

    /// Parses a manifest document of any kind. Throws ``ImageModelError``.
    package static func parse(
        _ content: Data, contentType: MediaType? = nil
    ) throws(ImageModelError) -> ManifestDocument {
        try check(content, as: .document, limit: ManifestDocument.byteLimit)
        let head = try decodeChecked(Head.self, from: content, as: .document)
        // An empty media type is what Go's encoders write for one that is not there.
        let own = head.mediaType.flatMap { $0.rawValue.isEmpty ? nil : $0 }
        let declared = own ?? contentType
        if head.schemaVersion == 1 || (declared?.isSchema1 ?? false) {
            return .schema1(try Schema1Parser.parse(content))
        }
        // CVE-2021-41190: a document that is both a manifest and an index means two things to two readers.
        if head.hasManifests && head.hasLayersOrConfiguration {
            throw ImageModelError(.document, "has both manifests and layers, so it is neither an index nor a manifest")
        }
        if let own, let contentType, own != contentType,
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
        let looksLikeIndex = head.mentionsManifests && !head.hasLayersOrConfiguration
        if declared?.isIndex == true || (looksLikeIndex && declared?.isManifest != true) {
            let index = try decodeChecked(Index.self, from: content, as: .index)
            try index.validate()
            return .index(index)
        }
        let manifest = try decodeChecked(Manifest.self, from: content, as: .manifest)
        try manifest.validate()
        return .manifest(manifest)
    }

    /// Parses an image configuration. Throws ``ImageModelError``.
    package static func configuration(_ content: Data) throws(ImageModelError) -> ImageConfiguration {
        let configuration = try decode(
            ImageConfiguration.self, from: content, as: .configuration, limit: configurationByteLimit)
        try configuration.validate()
        return configuration
    }

    /// Parses a descriptor on its own. Throws ``ImageModelError``.
    package static func descriptor(_ content: Data) throws(ImageModelError) -> Descriptor {
        let descriptor = try decode(
            Descriptor.self, from: content, as: .descriptor, limit: ManifestDocument.byteLimit)
        try descriptor.validate(at: "", in: .descriptor)
        return descriptor
    }

    /// Checks the `oci-layout` file of an image layout, whose version has to be 1.x (OCI image-spec, image-layout.md).
    /// Throws ``ImageModelError``.
    package static func checkLayout(_ content: Data) throws(ImageModelError) {
        let layout = try decode(Layout.self, from: content, as: .layout, limit: 4096)
        guard layout.imageLayoutVersion.hasPrefix("1.") else {
            throw ImageModelError(
                .layout, at: "imageLayoutVersion", "is \(quoted(layout.imageLayoutVersion)), not 1.0.0")
        }
    }

    /// Decodes JSON within a limit; what fails becomes an ``ImageModelError`` with the path.
    package static func decode<T: Decodable>(
        _ type: T.Type, from content: Data, as subject: ImageModelError.Subject, limit: Int
    ) throws(ImageModelError) -> T {
        try check(content, as: subject, limit: limit)
        return try decodeChecked(type, from: content, as: subject)
    }

    private static func check(
        _ content: Data, as subject: ImageModelError.Subject, limit: Int
    ) throws(ImageModelError) {
        guard content.count <= limit else {
            throw ImageModelError(subject, "has \(content.count) bytes, more than the limit of \(limit)")
        }
        try JSONCheck.check(content, as: subject)
    }

    private static func decodeChecked<T: Decodable>(
        _ type: T.Type, from content: Data, as subject: ImageModelError.Subject
    ) throws(ImageModelError) -> T {
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

package import Foundation

/// A pointer to content: what it is, its digest and its size (OCI image-spec, descriptor.md).
package struct Descriptor: Hashable, Sendable, Codable {
    package var mediaType: MediaType
    package var digest: Digest
    /// The bytes of the content as it is transported: compressed, for a compressed layer.
    package var size: Int64
    package var urls: [String]?
    package var annotations: [String: String]?
    /// The content itself, embedded.
    package var data: Data?
    package var platform: Platform?
    package var artifactType: String?

    package init(
        mediaType: MediaType, digest: Digest, size: Int64, urls: [String]? = nil,
        annotations: [String: String]? = nil, data: Data? = nil, platform: Platform? = nil, artifactType: String? = nil
    ) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.urls = urls
        self.annotations = annotations
        self.data = data
        self.platform = platform
        self.artifactType = artifactType
    }

    /// Decodes a descriptor.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        mediaType = try values.decode(MediaType.self, forKey: .mediaType)
        digest = try values.decode(Digest.self, forKey: .digest)
        do {
            size = try values.decode(Int64.self, forKey: .size)
        } catch let error as DecodingError {
            throw error
        } catch {
            // A number that is no 64-bit integer; Foundation does not say where it stood.
            throw DecodingError.dataCorrupted(
                .init(codingPath: values.codingPath + [CodingKeys.size], debugDescription: "no 64-bit integer"))
        }
        urls = try values.decodeIfPresent([String].self, forKey: .urls)
        annotations = try values.decodeIfPresent([String: String].self, forKey: .annotations)
        data = try values.decodeIfPresent(Data.self, forKey: .data)
        platform = try values.decodeIfPresent(Platform.self, forKey: .platform)
        artifactType = try values.decodeIfPresent(String.self, forKey: .artifactType)
    }

    /// The blob of an empty JSON object, which artifacts name as their configuration.
    package static let emptyJSON = "{}"

    /// The index entry of a BuildKit attestation: the digest of the image manifest that it attests, else nil
    /// (buildkit, docs/attestations/attestation-storage.md).
    package var attestedManifest: String? {
        guard annotations?["vnd.docker.reference.type"] == "attestation-manifest" else { return nil }
        return annotations?["vnd.docker.reference.digest"]
    }
}

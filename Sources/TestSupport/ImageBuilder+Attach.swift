import Foundation
package import ImageModel

extension ImageBuilder {
    /// Adds an attestation manifest about an image as BuildKit makes it; the descriptor is an entry for the image's
    /// index (buildkit, docs/attestations/attestation-storage.md).
    package mutating func attestation(for image: Image) throws -> Descriptor {
        let statement = Data(
            #"{"_type":"https://in-toto.io/Statement/v0.1","predicateType":"https://slsa.dev/provenance/v0.2","subject":[{"name":"_","digest":{"sha256":"\#(image.digest.hex)"}}]}"#
                .utf8)
        let layer = Descriptor(
            mediaType: .inToto, digest: add(statement), size: Int64(statement.count),
            annotations: ["in-toto.io/predicate-type": "https://slsa.dev/provenance/v0.2"])
        let configuration = try encode(
            ImageConfiguration(
                architecture: "unknown", os: "unknown", rootfs: .init(diffIDs: [layer.digest])))
        let pointer = Descriptor(
            mediaType: .ociConfiguration, digest: add(configuration), size: Int64(configuration.count))
        var descriptor = try add(Manifest(config: pointer, layers: [layer]))
        descriptor.annotations = [
            "vnd.docker.reference.digest": image.digest.description,
            "vnd.docker.reference.type": "attestation-manifest",
        ]
        descriptor.platform = Platform(os: "unknown", architecture: "unknown")
        return descriptor
    }

    /// Adds an artifact that refers to another manifest: a referrer (distribution-spec, "Listing Referrers").
    package mutating func referrer(
        _ content: String, artifactType: String = "application/vnd.example.sbom.v1", subject: Descriptor
    ) throws -> Descriptor {
        let blob = Data(content.utf8)
        let empty = Data(Descriptor.emptyJSON.utf8)
        return try add(
            Manifest(
                artifactType: artifactType,
                config: Descriptor(mediaType: .ociEmpty, digest: add(empty), size: Int64(empty.count)),
                layers: [
                    Descriptor(mediaType: MediaType("text/plain"), digest: add(blob), size: Int64(blob.count))
                ],
                subject: Descriptor(mediaType: subject.mediaType, digest: subject.digest, size: subject.size)))
    }
}

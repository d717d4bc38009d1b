import ImageModel
import Observations

extension DockerReader {
    /// An image of the containerd store: its ID is a manifest's digest or an index's, and under an index lies one
    /// image for each platform. Nil when it is gone.
    func readContainerd(_ listing: EngineListing) async throws -> EngineEntry? {
        // Platforms can be asked for one by one from API 1.49 on; before, the engine answers for one of its own choice.
        guard let manifests = listing.manifests, session.version >= EngineVersion(1, 49) else {
            guard var image = try await image(listing, platform: nil) else { return nil }
            // Size is the compressed content as well here (moby, daemon/containerd/image_list.go).
            image.layerBytes = nil
            image.isUnpacked = image.diffIDs.isEmpty || image.history.contains { ($0.bytes ?? 0) > 0 }
            return EngineEntry(images: [image])
        }
        let path = "\(session.prefix)/images/json"
        var entry = EngineEntry(images: [])
        var children: [ChildObservation] = []
        for manifest in manifests {
            let digest = try session.client.digest(manifest.id, in: path)
            let told = manifest.imageData?.platform
            // An index may name a manifest twice.
            guard !children.contains(where: { $0.digest == digest }) else { continue }
            let child = ChildObservation(
                digest: digest,
                platform: told.map { platform in
                    Platform(
                        os: platform.os ?? "unknown", architecture: platform.architecture ?? "unknown",
                        variant: platform.variant, osVersion: platform.osVersion)
                }, isPresent: manifest.isAvailable == true)
            if child.isPresent {
                switch manifest.kind {
                case "image":
                    guard var image = try await image(listing, platform: told) else { return nil }
                    image.digest = digest
                    image.layerBytes = manifest.imageData?.size?.unpacked
                    image.isUnpacked = image.layerBytes != 0 || image.diffIDs.isEmpty
                    entry.images.append(image)
                case "attestation":
                    let subject = try session.client.optionalDigest(manifest.attestationData?.subject, in: path)
                    entry.others.append(ItemObservation(kind: .attestation, digest: digest, subject: subject))
                default:
                    entry.others.append(ItemObservation(kind: .artifact, digest: digest))
                }
            }
            children.append(child)
        }
        guard !manifests.contains(where: { $0.id == listing.id.description }) else {
            if entry.images.isEmpty, entry.others.isEmpty {
                // A name whose content is not here: it takes no bytes, and it is there.
                entry.others.append(ItemObservation(kind: .image, digest: listing.id, mediaType: listing.mediaType))
            }
            return entry
        }
        entry.index = ItemObservation(
            kind: .index, digest: listing.id, mediaType: listing.mediaType, children: children)
        return entry
    }
}

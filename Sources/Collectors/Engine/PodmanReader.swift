import Foundation
import ImageModel
import Observations

/// Reads images through Podman's own API, which marks steps without a layer, and counts each image once.
struct PodmanReader: Sendable {
    let session: EngineSession

    private var client: EngineClient { session.client }

    /// All images, intermediates and manifest lists too. Throws ``EngineError`` or `CancellationError`.
    func list() async throws -> [EngineListing] {
        let path = session.prefix + "/images/json"
        let summaries = try await client.get(
            [PodmanImageSummary].self, path, [("all", "true")], limit: client.limits.listBytes)
        return try summaries.map { summary in
            EngineListing(
                id: try client.digest(summary.id, in: path),
                parent: try client.optionalDigest(summary.parentID, in: path),
                tags: EngineListing.names(summary.tags), digests: EngineListing.names(summary.digests),
                manifestDigest: try client.optionalDigest(summary.digest, in: path))
        }
    }

    /// The details of an image or manifest list; nil when it is gone.
    func read(_ listing: EngineListing) async throws -> EngineEntry? {
        do {
            let path = "\(session.prefix)/images/\(listing.id.hex)/json"
            let answer = try await client.get(path)
            let detail = try client.decode(DockerImageDetail.self, answer.body, path: path)
            // Asked for a manifest list, Podman tells of one of the images in it.
            guard try client.digest(detail.id, in: path) == listing.id else { return try await readList(listing) }
            var sizes = try await client.get(
                [DockerHistoryEntry].self, "\(session.prefix)/images/\(listing.id.hex)/history")
            sizes.reverse()
            var image = try client.image(
                detail, execution: answer.body, history: sizes, listing: listing, path: path)
            image.imageID = listing.id
            image.mediaType = detail.manifestType.flatMap { $0.isEmpty ? nil : $0 }
            image.isCountedFromTop = true
            // Size has the bytes of manifest and configuration too.
            image.layerBytes = nil
            if let history = detail.history, history.count == sizes.count {
                for (position, entry) in history.enumerated() {
                    image.history[position].isEmpty = entry.emptyLayer == true
                }
            }
            // An ID in Podman's history names an image with the same top layer, not the image after the step.
            for position in image.history.indices { image.history[position].image = nil }
            return EngineEntry(images: [image])
        } catch let error as EngineError where error.isNotFound {
            return nil
        }
    }

    private func readList(_ listing: EngineListing) async throws -> EngineEntry {
        let path = "\(session.prefix)/manifests/\(listing.id.hex)/json"
        let answer = try await client.get(path)
        let document = try client.decode(Index.self, answer.body, path: path)
        var children: [ChildObservation] = []
        for manifest in document.manifests where !children.contains(where: { $0.digest == manifest.digest }) {
            children.append(
                ChildObservation(digest: manifest.digest, platform: manifest.platform, isPresent: false))
        }
        return EngineEntry(
            images: [],
            index: ItemObservation(
                kind: .index, digest: listing.id, mediaType: document.mediaType?.rawValue, children: children))
    }

    func diskUsage() async throws -> PodmanDiskUsage {
        try await client.get(
            PodmanDiskUsage.self, session.prefix + "/system/df", limit: client.limits.listBytes,
            within: client.limits.diskUsage)
    }

    /// All containers: stopped ones, and those of other tools on the same storage (`buildah from`).
    func containers() async throws -> [PodmanContainer] {
        try await client.get(
            [PodmanContainer].self, session.prefix + "/containers/json", [("all", "true"), ("external", "true")],
            limit: client.limits.listBytes)
    }
}

extension EngineCatalog {
    /// Points manifest lists at the images that are here: a list names manifests, Podman knows images by ID.
    mutating func linkManifestLists() {
        var images: [Digest: Digest] = [:]
        for listing in listings.sorted(by: { $0.id < $1.id }) where entries[listing.id]?.index == nil {
            if let manifest = listing.manifestDigest, entries[listing.id] != nil, images[manifest] == nil {
                images[manifest] = listing.id
            }
        }
        for listing in listings {
            guard var index = entries[listing.id]?.index else { continue }
            var children: [ChildObservation] = []
            for var child in index.children {
                if let image = images[child.digest] {
                    child.digest = image
                    child.isPresent = true
                }
                if !children.contains(where: { $0.digest == child.digest }) { children.append(child) }
            }
            index.children = children
            entries[listing.id]?.index = index
        }
    }
}

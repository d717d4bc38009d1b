import Foundation
import ImageModel
import Observations

/// Reads images through the Engine API.
struct DockerReader: Sendable {
    let session: EngineSession

    private var client: EngineClient { session.client }

    var isContainerd: Bool {
        if case .containerd = session.identity.store { true } else { false }
    }

    /// All images, intermediates too. Throws ``EngineError`` or `CancellationError`.
    func list() async throws -> [EngineListing] {
        var query = [("all", "1")]
        if isContainerd, session.version >= EngineVersion(1, 47) { query.append(("manifests", "1")) }
        let path = session.prefix + "/images/json"
        let summaries = try await client.get([DockerImageSummary].self, path, query, limit: client.limits.listBytes)
        return try summaries.map { summary in
            EngineListing(
                id: try client.digest(summary.id, in: path),
                parent: try client.optionalDigest(summary.parentID, in: path),
                tags: EngineListing.names(summary.tags), digests: EngineListing.names(summary.digests),
                mediaType: summary.descriptor?.mediaType, manifests: summary.manifests)
        }
    }

    /// The details of an image; nil when it is gone.
    func read(_ listing: EngineListing) async throws -> EngineEntry? {
        if isContainerd { return try await readContainerd(listing) }
        guard var image = try await image(listing, platform: nil) else { return nil }
        image.imageID = listing.id
        return EngineEntry(images: [image])
    }

    /// One image; nil when it is gone.
    func image(_ listing: EngineListing, platform: DockerPlatform?) async throws -> EngineImage? {
        do {
            let path = "\(session.prefix)/images/\(listing.id)/json"
            let answer = try await client.get(path, try query(platform, since: EngineVersion(1, 49)))
            let detail = try client.decode(DockerImageDetail.self, answer.body, path: path)
            let historyPath = "\(session.prefix)/images/\(listing.id)/history"
            let history = try await client.get(
                [DockerHistoryEntry].self, historyPath, try query(platform, since: EngineVersion(1, 48)))
            return try client.image(
                detail, execution: answer.body, history: history.reversed(), listing: listing, path: path)
        } catch let error as EngineError where error.isNotFound {
            return nil
        }
    }

    private func query(_ platform: DockerPlatform?, since version: EngineVersion) throws -> [(String, String)] {
        guard let platform, session.version >= version else { return [] }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return [("platform", String(decoding: try encoder.encode(platform), as: UTF8.self))]
    }

    /// What the engine says of its disk; nil when the API has no such thing (before 1.25).
    func diskUsage() async throws -> DockerDiskUsage? {
        var query: [(String, String)] = []
        // Volumes are left out: the engine would walk them file by file.
        if session.version >= EngineVersion(1, 42) {
            query = [("type", "image"), ("type", "container"), ("type", "build-cache")]
        }
        if session.version >= EngineVersion(1, 52) { query.append(("verbose", "1")) }
        do {
            return try await client.get(
                DockerDiskUsage.self, session.prefix + "/system/df", query, limit: client.limits.listBytes,
                within: client.limits.diskUsage)
        } catch let error as EngineError where error.isNotFound {
            return nil
        }
    }

    /// All containers, stopped ones too.
    func containers() async throws -> [DockerContainer] {
        try await client.get(
            [DockerContainer].self, session.prefix + "/containers/json", [("all", "1")],
            limit: client.limits.listBytes)
    }
}

extension EngineClient {
    /// A digest in an answer; one without an algorithm is sha256, as Podman writes it.
    func digest(_ text: String, in path: String) throws(EngineError) -> Digest {
        do {
            return try Digest(text.contains(":") ? text : "sha256:" + text)
        } catch {
            throw EngineError(.malformed, endpoint.location, "GET \(path) answered with \(error.description)")
        }
    }

    /// A digest that may be missing or empty.
    func optionalDigest(_ text: String?, in path: String) throws(EngineError) -> Digest? {
        guard let text, !text.isEmpty else { return nil }
        return try digest(text, in: path)
    }

    /// Puts an image together from what the engine tells. `history` is base first.
    func image(
        _ detail: DockerImageDetail, execution: Data, history: [DockerHistoryEntry], listing: EngineListing,
        path: String
    ) throws(EngineError) -> EngineImage {
        let layers = detail.rootFS?.layers ?? []
        guard layers.count <= DocumentParser.entryLimit, history.count <= DocumentParser.entryLimit else {
            throw EngineError(.malformed, endpoint.location, "GET \(path) answered with too many layers")
        }
        var diffIDs: [Digest] = []
        for layer in layers { diffIDs.append(try digest(layer, in: path)) }
        let steps = history.map { entry in
            EngineImage.Step(
                image: entry.id.flatMap { try? Digest($0) }, created: entry.created ?? 0,
                instruction: entry.createdBy ?? "", comment: entry.comment ?? "",
                bytes: entry.size.flatMap { $0 < 0 ? nil : $0 })
        }
        func text(_ value: String?) -> String? { value.flatMap { $0.isEmpty ? nil : $0 } }
        return EngineImage(
            digest: listing.id, parent: listing.parent,
            platform: Platform(
                os: text(detail.os) ?? "unknown", architecture: text(detail.architecture) ?? "unknown",
                variant: text(detail.variant), osVersion: text(detail.osVersion)),
            createdAt: Timestamp.parse(detail.created), labels: detail.config?.labels ?? [:],
            execution: EngineImage.execution(in: execution), author: text(detail.author), diffIDs: diffIDs,
            history: steps, layerBytes: detail.size.flatMap { $0 < 0 ? nil : $0 })
    }
}

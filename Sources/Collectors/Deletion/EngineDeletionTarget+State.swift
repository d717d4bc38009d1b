import Foundation
import ImageModel
import Observations

extension EngineDeletionTarget {
    /// A name as an engine writes it.
    struct Name: CustomStringConvertible {
        /// `repository:tag` or `repository@digest`.
        let text: String
        var description: String { text }

        /// The names of a request. Throws ``ImageModelError`` for one that is none.
        static func names(of request: DeletionRequest) throws -> [Name] {
            try request.tags.map { tag in
                let text = "\(request.repository)\(tag.contains(":") ? "@" : ":")\(tag)"
                // What is no reference could lead to another path of the API.
                _ = try ImageReference(text)
                return Name(text: text)
            }
        }

        static func repository(of text: String) -> String {
            let name = text.prefix { $0 != "@" }
            guard let colon = name.lastIndex(of: ":"), !name[colon...].contains("/") else { return String(name) }
            return String(name[..<colon])
        }
    }

    /// What an engine has under an ID, just now.
    struct Image {
        var tags: [String]
        var digests: [String] = []
        /// Podman: a manifest list.
        var isList = false

        /// Whether another name keeps it when some in a repository go. With the last tag of a repository Docker also
        /// removes its names by digest (moby, daemon/images/image_delete.go).
        func isKept(without names: Set<String>, in repository: String) -> Bool {
            let rest = tags.filter { !names.contains($0) }
            guard rest.isEmpty else { return true }
            let losesTags = tags.contains { Name.repository(of: $0) == repository }
            return digests.contains {
                !names.contains($0) && !(losesTags && Name.repository(of: $0) == repository)
            }
        }
    }

    private struct Detail: Decodable {
        var id: String
        var tags: [String]?
        var digests: [String]?

        enum CodingKeys: String, CodingKey {
            case id = "Id"
            case tags = "RepoTags"
            case digests = "RepoDigests"
        }
    }

    /// The image or manifest list with an ID; nil when there is none.
    func image(_ digest: Digest) async throws -> Image? {
        guard let detail = try await detail(client.path(of: digest, session)) else { return nil }
        let id = try client.digest(detail.id, in: "images")
        if id == digest {
            return Image(tags: Self.names(detail.tags), digests: session.isPodman ? [] : Self.names(detail.digests))
        }
        guard session.isPodman else { return nil }
        // Asked for a manifest list, Podman tells of one of the images in it.
        return try await listings().first { $0.0 == digest }.map { Image(tags: $0.1, isList: true) }
    }

    /// The ID that a name leads to; nil when there is no such name.
    func target(of name: Name) async throws -> Digest? {
        guard let detail = try await detail(name.text) else { return nil }
        let id = try client.digest(detail.id, in: "images")
        // A manifest list's name leads to the list, whatever Podman tells.
        if session.isPodman, !Self.names(detail.tags).contains(name.text), !name.text.contains("@") {
            return try await listings().first { $0.1.contains(name.text) }?.0
        }
        return id
    }

    func exists(_ name: String) async throws -> Bool { try await detail(name) != nil }

    /// A container that was made from an image; nil when there is none.
    func user(of digest: Digest) async throws -> String? {
        let users: [(String?, String)] =
            if session.isPodman {
                try await PodmanReader(session: session).containers().map {
                    ($0.imageID, $0.names?.first ?? String($0.id.prefix(12)))
                }
            } else {
                try await DockerReader(session: session).containers().map {
                    ($0.imageID, $0.names?.first.map { String($0.drop { $0 == "/" }) } ?? String($0.id.prefix(12)))
                }
            }
        return try users.first { try client.optionalDigest($0.0, in: "containers/json") == digest }?.1
    }

    private func detail(_ name: String) async throws -> Detail? {
        let path = "\(session.prefix)/images/\(name)/json"
        do {
            return try await client.get(Detail.self, path)
        } catch let error as EngineError where error.isNotFound {
            return nil
        }
    }

    private func listings() async throws -> [(Digest, [String])] {
        let path = session.prefix + "/images/json"
        return try await client.get(
            [PodmanImageSummary].self, path, [("all", "true")], limit: client.limits.listBytes
        ).map { (try client.digest($0.id, in: path), Self.names($0.tags)) }
    }

    /// Names without those that stand for none.
    private static func names(_ names: [String]?) -> [String] { (names ?? []).filter { !$0.hasPrefix("<none>") } }
}

extension EngineClient {
    /// An ID as it stands in a path: Podman's has no algorithm.
    func path(of digest: Digest, _ session: EngineSession) -> String {
        session.isPodman ? digest.hex : digest.description
    }
}

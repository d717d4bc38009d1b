import Foundation
import ImageModel
import Observations

/// A document that was read from a storage.
struct StoredNode: Sendable {
    /// What is wrong with an image's configuration.
    enum ConfigurationProblem: Sendable {
        case gone
        case unreadable(StorageProblem)
        /// It is there, and is not what its digest says.
        case corrupt
        case invalid(ImageModelError)
    }

    var node: ManifestNode
    /// Whether its content is what its digest says.
    var isVerified = true
    /// Why it cannot be read as a manifest.
    var problem: String?
    var configurationProblem: ConfigurationProblem?
    /// Digests that stand in the text of what cannot be read as a manifest.
    var mentions: [Digest] = []
    /// Whether it is known which blobs it lists, or at least mentions.
    var isListKnown = true
}

/// Reads manifests and configurations from the files that they are, verified.
struct StorageDocuments: Sendable {
    /// The open folder that paths start at; whoever made this keeps it open.
    let root: Int32
    let layout: BlobLayout

    /// Reads a manifest, and an image's configuration with it. Throws what keeps the manifest from being read.
    func load(_ candidate: Candidate, folder: String) throws(StorageProblem) -> StoredNode {
        let content: Data
        do {
            content = Data(
                try StorageFolder.read(
                    layout.path(of: candidate.digest, folder: folder), in: root, limit: ManifestDocument.byteLimit
                ).content)
        } catch {
            guard case .tooLarge(let bytes) = error else { throw error }
            return StoredNode(
                node: ManifestNode(candidate: candidate, content: .unreadable, byteCount: Int(bytes)),
                problem: "\(error.text) for a manifest", isListKnown: false)
        }
        var stored = StoredNode(
            node: ManifestNode(candidate: candidate, content: .unreadable, byteCount: content.count))
        guard Digest.of(content, algorithm: candidate.digest.algorithm) == candidate.digest else {
            stored.isVerified = false
            stored.isListKnown = false
            stored.problem = "has other content than its digest says"
            return stored
        }
        let document: ManifestDocument
        do throws(ImageModelError) {
            document = try ManifestDocument.parse(content)
        } catch {
            stored.problem = "\(error)"
            stored.mentions = Self.digests(in: content)
            return stored
        }
        stored.node.content = .parsed(document)
        // A document that does not say its type gets the one that a registry serves it with.
        stored.node.mediaType =
            switch document {
            case .index: MediaType.ociIndex.rawValue
            case .manifest: MediaType.ociManifest.rawValue
            case .schema1: MediaType.dockerSchema1Signed.rawValue
            }
        if let wanted = stored.node.wantedConfiguration { addConfiguration(wanted, folder: folder, to: &stored) }
        return stored
    }

    private func addConfiguration(_ descriptor: Descriptor, folder: String, to stored: inout StoredNode) {
        let content: Data
        do throws(StorageProblem) {
            content = Data(
                try StorageFolder.read(
                    layout.path(of: descriptor.digest, folder: folder), in: root,
                    limit: DocumentParser.configurationByteLimit
                ).content)
        } catch {
            stored.node.isIncomplete = true
            stored.configurationProblem = error == .moved ? .gone : .unreadable(error)
            return
        }
        guard Digest.of(content, algorithm: descriptor.digest.algorithm) == descriptor.digest else {
            stored.node.isIncomplete = true
            stored.configurationProblem = .corrupt
            return
        }
        stored.node.configuration = StoredDocument(digest: descriptor.digest, mediaType: nil, content: content)
        do throws(ImageModelError) {
            stored.node.parsedConfiguration = try DocumentParser.configuration(content)
        } catch {
            stored.node.isIncomplete = true
            stored.configurationProblem = .invalid(error)
        }
    }

    /// Every digest that stands in a text.
    private static func digests(in content: Data) -> [Digest] {
        var found: Set<Digest> = []
        let text = Array(content)
        for algorithm in Digest.Algorithm.allCases {
            let head = Array("\(algorithm.rawValue):".utf8)
            let length = head.count + algorithm.byteCount * 2
            guard text.count >= length else { continue }
            for start in 0...(text.count - length) where text[start] == head[0] && text[start...].starts(with: head) {
                if let digest = try? Digest(String(decoding: text[start..<start + length], as: UTF8.self)) {
                    found.insert(digest)
                }
            }
        }
        return found.sorted()
    }
}

/// Where blobs lie in a storage.
enum BlobLayout: Sendable {
    /// distribution's: `blobs/sha256/ab/ab…/data` (distribution, registry/storage/paths.go).
    case distribution
    /// An OCI layout in each repository's folder: `blobs/sha256/ab…` (OCI image-spec, image-layout.md).
    case layouts

    /// A blob's file, below the storage's root. `folder` is the repository's, where that matters.
    func path(of digest: Digest, folder: String) -> String {
        let (algorithm, hex) = (digest.algorithm.rawValue, digest.hex)
        return switch self {
        case .distribution: "blobs/\(algorithm)/\(hex.prefix(2))/\(hex)/data"
        case .layouts: "\(folder.isEmpty ? "" : folder + "/")blobs/\(algorithm)/\(hex)"
        }
    }
}

import Foundation
import ImageModel
import Observations

/// A manifest that was met in a repository, and by which way.
struct Candidate: Sendable {
    var digest: Digest
    /// Whether a tag was just seen to lead to it: then it is there.
    var isProven = false
    /// What an index says of it.
    var platform: Platform?
    /// The image that an attestation is about, as its index says.
    var attests: Digest?
}

/// Whether a repository has a manifest.
enum Presence: Sendable {
    case present
    /// The registry says no, or what it delivers is not it.
    case missing
    /// Could not be looked at.
    case unknown
}

/// A manifest that a repository has, with what is needed to observe it.
struct ManifestNode: Sendable {
    /// What the document is.
    enum Content: Sendable {
        case parsed(ManifestDocument)
        /// Observed before, in this reading: only where it leads is of interest.
        case known(children: [Digest])
        /// Kept, but not understood.
        case unreadable
    }

    var candidate: Candidate
    var content: Content
    var mediaType: String?
    var byteCount = 0
    /// The image's configuration; nil when there is none, or it could not be read.
    var configuration: StoredDocument?
    var parsedConfiguration: ImageConfiguration?
    /// Sizes of blobs that the document does not tell (schema 1).
    var sizes: [Digest: Int64] = [:]
    /// Whether something that belongs to it was not to be had.
    var isIncomplete = false

    var digest: Digest { candidate.digest }

    /// The entries that are manifests themselves. Those of a BuildKit cache are layers.
    var children: [Candidate] {
        switch content {
        case .parsed(.index(let index)) where !index.isBuildKitCache:
            index.manifests.map {
                Candidate(
                    digest: $0.digest, platform: $0.platform,
                    attests: $0.attestedManifest.flatMap { try? Digest($0) })
            }
        case .known(let children): children.map { Candidate(digest: $0) }
        default: []
        }
    }

    /// The configuration to read: that of an image. Other manifests' are blobs like any other.
    var wantedConfiguration: Descriptor? {
        guard case .parsed(.manifest(let manifest)) = content, manifest.kind == .image else { return nil }
        return manifest.config
    }

    /// Layers whose sizes have to be asked for.
    var layersWithoutSize: [Digest] {
        guard case .parsed(.schema1(let manifest)) = content else { return [] }
        return Array(Set(manifest.layers)).sorted()
    }
}

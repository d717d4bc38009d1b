import Foundation
import ImageModel

/// An image as an engine tells of it, for one platform; engine and API differ no more.
struct EngineImage: Sendable {
    /// What identifies the image in its engine: the image ID, or the manifest's digest (containerd store).
    var digest: Digest
    /// The configuration's digest; nil when the engine does not tell it.
    var imageID: Digest?
    var mediaType: String?
    /// The image that it was built from, if the engine keeps the link.
    var parent: Digest?
    var platform: Platform
    var createdAt: Date?
    var labels: [String: String]
    /// The execution parameters as the engine tells them, as JSON.
    var execution: Data?
    var author: String?
    var diffIDs: [Digest]
    /// Base first.
    var history: [Step]
    /// Bytes of all layers together; nil when the engine tells no such sum.
    var layerBytes: Int64?
    /// Whether the engine counts layers from the top when history and layers do not match (Podman).
    var isCountedFromTop = false
    /// Whether its layers are unpacked (containerd store: perhaps not).
    var isUnpacked = true

    /// An entry of the history.
    struct Step: Hashable, Sendable {
        /// The image that the step ended in, if the engine has it.
        var image: Digest?
        var created: Int64
        var instruction: String
        var comment: String
        /// Bytes of the layer that the step made; 0 too when it made none. Nil when not known.
        var bytes: Int64?
        /// Whether the step made no layer; nil when the engine does not say.
        var isEmpty: Bool?
    }

    var chain: [Digest] { ChainID.chain(of: diffIDs) }
}

import ImageModel
import Observations

/// Turns the manifests that were read together into items: those with all they need, and those without.
///
/// An index of which an entry could not be looked at is not told at all: "missing" would be a guess. What the
/// database knows of it stays.
struct ChunkObservations {
    var complete: [ItemObservation] = []
    var incomplete: [ItemObservation] = []
    /// Whether the repository has each of the manifests, as far as can be told.
    private(set) var presence: [Digest: Presence]
    private var nodes: [Digest: ManifestNode] = [:]
    private var settled: Set<Digest> = []

    init(nodes list: [ManifestNode], store: String, presence: [Digest: Presence]) {
        self.presence = presence
        for node in list { nodes[node.digest] = node }
        for node in list { settle(node.digest, depth: 0) }
        for node in list where self.presence[node.digest] == .present {
            guard let item = node.item(store: store, presence: { self.presence[$0] ?? .unknown }) else { continue }
            if node.isIncomplete || item.children.contains(where: { !$0.isPresent }) {
                incomplete.append(item)
            } else {
                complete.append(item)
            }
        }
    }

    /// An entry that is unknown makes what holds it unknown, however deep.
    private mutating func settle(_ digest: Digest, depth: Int) {
        guard let node = nodes[digest], presence[digest] == .present, settled.insert(digest).inserted,
            depth <= RegistryOptions.depthLimit
        else { return }
        for child in node.children {
            settle(child.digest, depth: depth + 1)
            if presence[child.digest] ?? .unknown == .unknown { presence[digest] = .unknown }
        }
    }
}

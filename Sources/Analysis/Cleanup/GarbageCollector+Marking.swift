package import Figures

extension GarbageCollector {
    /// Whether it is an engine's: an image is kept once and has names, instead of manifests by repository.
    var isEngine: Bool { self == .docker || self == .podman }

    /// Whether blobs that nothing lists go.
    var takesOrphans: Bool { !isEngine }

    /// Whether only what a tag points to is a start of marking.
    package var deletesUntagged: Bool { self == .distributionDeleteUntagged || self == .distribution3DeleteUntagged }

    /// Whether marking goes on from a manifest to the manifests that it lists, as far as its repository has them
    /// (distribution 3: `markManifestReferences`, which asks the repository's own manifest service). It does not look
    /// again at what was marked before; an entry that was marked for an index of another repository, which does not have
    /// it, is then not followed. That depends on the order of repositories and is not modelled.
    var marksListedManifests: Bool { self == .distribution3 || self == .distribution3DeleteUntagged }

    /// Whether the document of what an index lists is marked with the index, its further objects not
    /// (distribution: `References()` of an index are its entries).
    var marksListedDocuments: Bool {
        switch self {
        case .distribution, .distributionDeleteUntagged, .distribution3, .distribution3DeleteUntagged: true
        case .harbor, .docker, .podman, .reach: false
        }
    }

    /// Whether whatever is below an item is kept with it, wherever it is held.
    var reachesItems: Bool { !marksListedDocuments }

    /// Whether the link of a manifest goes that is marked as an index's entry but that no tag points to
    /// (distribution 2.x deletes every candidate; 3.x spares those whose digest was marked).
    var unlinksListedManifests: Bool { self == .distributionDeleteUntagged }
}

extension LayerGraph {
    /// The object that is an item's own document: its manifest or index.
    func document(of item: Index) -> Index? {
        objects(of: Int(item)).first { objectKinds[Int($0)] == .manifest || objectKinds[Int($0)] == .index }
    }
}

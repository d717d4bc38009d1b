/// Items and the objects they hold, as compressed sparse rows: the input of every figure.
///
/// Items, objects, repositories and sources are numbered from 0; `…Keys` give their database keys. One graph may
/// hold several sources: they share no object, so figures over it are sums over sources.
package struct LayerGraph: Sendable, Equatable {
    /// A number in the graph.
    package typealias Index = UInt32
    /// Stands for "none" in ``itemSubjects``.
    package static let none = Index.max
    /// Stands for "named, but not in the source" in ``itemSubjects``.
    package static let missing = Index.max - 1

    package var sourceKeys: [Int32] = []
    package var sourceNames: [String] = []

    package var repositoryKeys: [Int32] = []
    package var repositoryNames: [String] = []
    package var repositorySources: [Index] = []

    package var objectKeys: [Int64] = []
    package var objectKinds: [ObjectKind] = []
    /// Bytes that the object takes; -1 when they cannot be known.
    package var objectBytes: [Int64] = []
    package var objectSources: [Index] = []

    package var itemKeys: [Int64] = []
    package var itemKinds: [ItemKind] = []
    package var itemSources: [Index] = []
    /// What each item is about: another item, ``none`` or ``missing``.
    package var itemSubjects: [Index] = []
    /// Whether an item is an untagged image that others were built from (classic builder). Empty stands for "none is".
    package var itemIsIntermediate: [Bool] = []
    /// Own objects of item i: `ownObjects[ownOffsets[i]..<ownOffsets[i + 1]]`, in the manifest's order. An object may
    /// be listed twice. Foreign layers are left out.
    package var ownOffsets: [Index] = [0]
    package var ownObjects: [Index] = []
    /// Children of item i (an index's manifests that are there), likewise.
    package var childOffsets: [Index] = [0]
    package var children: [Index] = []
    /// For each item, how many of its children are not there.
    package var missingChildren: [Index] = []

    /// Each holding: a repository has an item now.
    package var holdingRepositories: [Index] = []
    package var holdingItems: [Index] = []
    /// Whether the holding has a tag or another name in that repository (a referrer's tag included).
    package var holdingIsReferenced: [Bool] = []

    /// The repository of what has no name, as Docker prints it.
    package static let noRepository = "<none>"

    package init() {}

    package var itemCount: Int { itemKeys.count }
    package var objectCount: Int { objectKeys.count }
    package var holdingCount: Int { holdingItems.count }

    /// What an item is.
    package enum ItemKind: UInt8, Sendable, CaseIterable {
        case image
        case index
        case attestation
        case artifact
        case cache
    }

    /// What an object is.
    package enum ObjectKind: UInt8, Sendable, CaseIterable {
        case manifest
        case index
        case configuration
        case layer
        case blob
    }

    /// The own objects of an item, in order.
    package func objects(of item: Int) -> ArraySlice<Index> {
        ownObjects[Int(ownOffsets[item])..<Int(ownOffsets[item + 1])]
    }

    /// The children of an item.
    package func children(of item: Int) -> ArraySlice<Index> {
        children[Int(childOffsets[item])..<Int(childOffsets[item + 1])]
    }

    /// The bytes of an object, unknown ones as 0 (they are counted apart).
    package func bytes(_ object: Index) -> Int64 { max(0, objectBytes[Int(object)]) }
}

package import Foundation
package import ImageModel

/// What a clean-up plan needs to know beside the layer graph, by the graph's numbers.
package struct CleanupFacts: Sendable, Equatable {
    /// A tag, or another name that keeps an item.
    package struct Tag: Sendable, Equatable {
        /// What the name is.
        package enum Kind: UInt8, Sendable, CaseIterable {
            case tag
            /// `sha256-….sig` and the like: keeps what it names only together with what that is about.
            case referrerTag
            /// A name by digest that an engine keeps.
            case digest
        }

        package var repository: LayerGraph.Index
        package var kind: Kind
        package var name: String
        package var item: LayerGraph.Index
        package var pushedAt: Date?
        package var lastPull: LastPull

        package init(
            repository: LayerGraph.Index, kind: Kind = .tag, name: String, item: LayerGraph.Index,
            pushedAt: Date? = nil, lastPull: LastPull = .unknown
        ) {
            self.repository = repository
            self.kind = kind
            self.name = name
            self.item = item
            self.pushedAt = pushedAt
            self.lastPull = lastPull
        }
    }

    /// When something was pulled last.
    package enum LastPull: Sendable, Equatable {
        /// The source does not record pulls, or was not asked.
        case unknown
        /// It records them, and there was none.
        case never
        case at(Date)
    }

    /// A blob that no item lists.
    package struct Orphan: Sendable, Equatable {
        package var source: LayerGraph.Index
        package var store: String
        package var digest: Digest
        package var bytes: Int64
        package var modifiedAt: Date?

        package init(
            source: LayerGraph.Index, store: String = "", digest: Digest, bytes: Int64, modifiedAt: Date? = nil
        ) {
            self.source = source
            self.store = store
            self.digest = digest
            self.bytes = bytes
            self.modifiedAt = modifiedAt
        }
    }

    package var tags: [Tag] = []
    /// By item.
    package var itemDigests: [Digest] = []
    package var itemCreatedAt: [Date?] = []
    /// By object: the blob's digest, or the chainID.
    package var objectKeys: [Digest] = []
    /// By holding: when the manifest was pushed to the repository, and pulled from it last by digest or any tag.
    package var holdingPushedAt: [Date?] = []
    package var holdingLastPull: [LastPull] = []
    /// By holding: whether a tag of the repository once pointed to it.
    package var holdingWasTagged: [Bool] = []
    /// By repository.
    package var repositoryOwners: [String] = []
    package var repositoryIsComplete: [Bool] = []
    /// By item: who uses it now: `container web on build-host`.
    package var users: [LayerGraph.Index: [String]] = [:]
    /// By item of an engine: the nearest image that it was built from and that the engine shows. The engine keeps that
    /// one, whatever becomes of its names, as long as this one is there.
    package var bases: [LayerGraph.Index: LayerGraph.Index] = [:]
    /// Objects of an engine's images between others, which it does not show, that a container uses: the engine keeps
    /// these images, whatever becomes of those built from them.
    package var usedObjects: Set<LayerGraph.Index> = []
    /// Objects that are not there whole; their bytes in the graph are what is there.
    package var damagedObjects: Set<LayerGraph.Index> = []
    package var orphans: [Orphan] = []
    /// What stops distribution's garbage collector before it frees anything: a revision link without a digest, a
    /// revision that is no manifest. Each in words that name it. (Seen on 2.8.2.)
    package var collectorObstacles: [String] = []
    /// By source: whether everything in it was seen, untagged manifests and orphans too. Where not, other things may
    /// hold what a plan is to free, and freed bytes are an upper bound.
    package var isEverythingKnown: [Bool] = []

    package init() {}
}

package import BuildModel
package import Foundation
package import ImageModel

/// One thing that a collector saw in a source: a plain value, without any way to the database.
package enum Observation: Sendable, Equatable {
    /// A repository was seen, and how completely its content was.
    case repository(RepositoryObservation)
    /// An image, index, attestation, artifact or cache, with its own objects and its children.
    case item(ItemObservation)
    /// A repository has an item.
    case holding(HoldingObservation)
    /// A tag, or another name that keeps an item alive.
    case reference(ReferenceObservation)
    /// A container and the image it uses.
    case container(ContainerObservation)
    /// A record of a builder's cache.
    case cacheRecord(CacheRecordObservation)
    /// A figure that the source itself states, kept beside ours.
    case reportedFigure(ReportedFigure)
    /// An object that an item lists and the source does not have whole.
    case damagedObject(DamagedObjectObservation)
    /// A blob that no item lists.
    case orphanBlob(OrphanBlobObservation)
    /// An upload that was left behind.
    case upload(UploadObservation)
    /// Something in a registry's storage that is not as it should be.
    case storageFinding(StorageFindingObservation)
    /// That a tag once pointed to an item, or does so now.
    case tagTarget(TagTargetObservation)
    /// When a manifest or tag was pushed and pulled last.
    case activity(ActivityObservation)
    /// One build, as it was read. Builds are only ever added.
    case build(Build)
}

/// The name that stands for "no repository", as Docker prints it.
package let untaggedRepository = "<none>"

/// A repository, and whether everything in it was seen.
package struct RepositoryObservation: Sendable, Equatable {
    package var name: String
    /// False when a part could not be read: what was not seen then stays as it was.
    package var isComplete: Bool

    package init(name: String, isComplete: Bool) {
        self.name = name
        self.isComplete = isComplete
    }
}

/// The kind of an item.
package enum ItemKind: String, Sendable, CaseIterable {
    case image
    case index
    case attestation
    case artifact
    case cache
}

/// An item: an image for one platform, or something that is none but takes bytes of its own.
package struct ItemObservation: Sendable, Equatable {
    /// The store within the source that keeps content once: empty for the whole source, a repository's name where a
    /// registry keeps blobs for each repository by itself.
    package var store: String
    package var kind: ItemKind
    /// What identifies the item in its source: the manifest's digest (registry, layout, containerd store), or the
    /// image ID (graph driver, `docker save`).
    package var digest: Digest
    package var mediaType: String?
    package var artifactType: String?
    /// The digest of the configuration: what Docker calls the image ID.
    package var imageID: Digest?
    package var platform: Platform?
    package var createdAt: Date?
    /// The manifest that this one is about (referrers, attestations).
    package var subject: Digest?
    package var annotations: [String: String]
    package var labels: [String: String]
    /// The item's own objects: its document, its configuration, its layers base first. A layer listed twice is here
    /// twice.
    package var objects: [ObjectObservation]
    package var children: [ChildObservation]
    /// The image's configuration document, as JSON text; nil when there is none or it could not be read.
    package var configuration: String?
    /// The parent image that a classic build recorded.
    package var parent: Digest?
    /// An untagged image that other images were built from (classic builder).
    package var isIntermediate: Bool

    package init(
        store: String = "", kind: ItemKind, digest: Digest, mediaType: String? = nil, artifactType: String? = nil,
        imageID: Digest? = nil, platform: Platform? = nil, createdAt: Date? = nil, subject: Digest? = nil,
        annotations: [String: String] = [:], labels: [String: String] = [:], objects: [ObjectObservation] = [],
        children: [ChildObservation] = [], configuration: String? = nil, parent: Digest? = nil,
        isIntermediate: Bool = false
    ) {
        self.store = store
        self.kind = kind
        self.digest = digest
        self.mediaType = mediaType
        self.artifactType = artifactType
        self.imageID = imageID
        self.platform = platform
        self.createdAt = createdAt
        self.subject = subject
        self.annotations = annotations
        self.labels = labels
        self.objects = objects
        self.children = children
        self.configuration = configuration
        self.parent = parent
        self.isIntermediate = isIntermediate
    }
}

/// What an object is to the item that holds it.
package enum ObjectKind: String, Sendable, CaseIterable {
    case manifest
    case index
    case configuration
    case layer
    /// Content of an artifact or attestation.
    case blob
    /// A layer that the source does not store (Windows base layers): never counted in stored bytes.
    case foreignLayer = "foreign_layer"
}

/// What an object's key is.
package enum ObjectSpace: String, Sendable, CaseIterable {
    /// A blob by the digest of its bytes.
    case blob
    /// An unpacked layer by its chainID: the same diffID on another parent is stored again.
    case snapshot
}

/// One content-addressed thing that a source keeps, with the bytes it takes there.
package struct ObjectObservation: Sendable, Equatable {
    package var space: ObjectSpace
    package var kind: ObjectKind
    /// The blob's digest, or the chainID.
    package var key: Digest
    /// Bytes that the object takes in the source: compressed for a compressed blob, unpacked for a snapshot. Nil when
    /// it cannot be known.
    package var bytes: Int64?
    /// Whether the source itself was asked for `bytes`, since manifests disagree on them. What manifests merely claim
    /// never takes the place of it, in this collection or a later one.
    package var isMeasured: Bool
    package var mediaType: String?
    /// The digest of the layer's uncompressed tar.
    package var diffID: Digest?
    /// Bytes of the layer's uncompressed tar.
    package var uncompressedBytes: Int64?
    /// The instruction that made the layer (history's `created_by`).
    package var instruction: String?

    package init(
        space: ObjectSpace = .blob, kind: ObjectKind, key: Digest, bytes: Int64?, isMeasured: Bool = false,
        mediaType: String? = nil, diffID: Digest? = nil, uncompressedBytes: Int64? = nil, instruction: String? = nil
    ) {
        self.space = space
        self.kind = kind
        self.key = key
        self.bytes = bytes
        self.isMeasured = isMeasured
        self.mediaType = mediaType
        self.diffID = diffID
        self.uncompressedBytes = uncompressedBytes
        self.instruction = instruction
    }
}

/// An entry of an index.
package struct ChildObservation: Sendable, Equatable {
    package var digest: Digest
    package var platform: Platform?
    /// Whether the source has it. A missing child breaks the index for its platform.
    package var isPresent: Bool

    package init(digest: Digest, platform: Platform? = nil, isPresent: Bool = true) {
        self.digest = digest
        self.platform = platform
        self.isPresent = isPresent
    }
}

/// A repository has an item, tagged or not.
package struct HoldingObservation: Sendable, Equatable, Hashable {
    package var repository: String
    package var store: String
    package var item: Digest

    package init(repository: String, store: String = "", item: Digest) {
        self.repository = repository
        self.store = store
        self.item = item
    }
}

/// What keeps an item alive by name.
package enum ReferenceKind: String, Sendable, CaseIterable {
    case tag
    /// A tag that names a signature, attestation or SBOM by the digest it is about (`sha256-….sig`), or the referrers
    /// fallback tag: not an image's tag.
    case referrerTag = "referrer_tag"
    /// A name by digest (`repository@sha256:…`) that an engine keeps.
    case digest
}

/// A tag, or another name.
package struct ReferenceObservation: Sendable, Equatable {
    package var repository: String
    package var store: String
    package var kind: ReferenceKind
    package var name: String
    package var item: Digest

    package init(repository: String, store: String = "", kind: ReferenceKind = .tag, name: String, item: Digest) {
        self.repository = repository
        self.store = store
        self.kind = kind
        self.name = name
        self.item = item
    }
}

/// A container and the image it uses.
package struct ContainerObservation: Sendable, Equatable {
    package var id: String
    package var name: String
    /// The item's digest as the source identifies it (image ID or manifest digest).
    package var item: Digest?
    /// The image as the user named it.
    package var imageName: String
    /// `running`, `exited`, … in the engine's words.
    package var state: String
    package var createdAt: Date?
    /// Bytes of the container's own writable layer; nil when not computed.
    package var writableBytes: Int64?

    package init(
        id: String, name: String, item: Digest?, imageName: String, state: String, createdAt: Date? = nil,
        writableBytes: Int64? = nil
    ) {
        self.id = id
        self.name = name
        self.item = item
        self.imageName = imageName
        self.state = state
        self.createdAt = createdAt
        self.writableBytes = writableBytes
    }
}

/// A record of a builder's cache (Engine API `BuildCache`; BuildKit `UsageRecord`).
package struct CacheRecordObservation: Sendable, Equatable {
    package var id: String
    package var recordType: String
    package var recordDescription: String
    /// Nil when the builder does not know.
    package var bytes: Int64?
    package var isInUse: Bool
    /// Its layers are also held by an image: pruning it frees nothing.
    package var isShared: Bool
    package var createdAt: Date?
    /// Nil when never used.
    package var lastUsedAt: Date?
    package var usageCount: Int64
    package var parents: [String]

    package init(
        id: String, recordType: String, recordDescription: String, bytes: Int64?, isInUse: Bool, isShared: Bool,
        createdAt: Date? = nil, lastUsedAt: Date? = nil, usageCount: Int64 = 0, parents: [String] = []
    ) {
        self.id = id
        self.recordType = recordType
        self.recordDescription = recordDescription
        self.bytes = bytes
        self.isInUse = isInUse
        self.isShared = isShared
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
        self.usageCount = usageCount
        self.parents = parents
    }
}

/// A figure that the source itself states of itself.
package struct ReportedFigure: Sendable, Equatable {
    /// `layers_bytes` (the engine's `LayersSize`), `build_cache_bytes`, `content_bytes`, `quota_bytes` …
    package var name: String
    package var bytes: Int64
    /// Why ours may differ, in words for the report; empty when it must be equal.
    package var note: String

    package init(name: String, bytes: Int64, note: String = "") {
        self.name = name
        self.bytes = bytes
        self.note = note
    }
}

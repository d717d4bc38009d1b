package import Foundation
package import ImageModel

/// An object that an item lists and the source does not have whole: its blob is gone, or has fewer or more bytes than it
/// must have.
package struct DamagedObjectObservation: Sendable, Equatable {
    package var store: String
    package var key: Digest
    /// Bytes that are there: 0 when it is gone.
    package var bytes: Int64

    package init(store: String = "", key: Digest, bytes: Int64) {
        self.store = store
        self.key = key
        self.bytes = bytes
    }
}

/// A blob that a source keeps though none of its items lists it. The source's garbage collector frees it.
package struct OrphanBlobObservation: Sendable, Equatable {
    package var store: String
    package var digest: Digest
    package var bytes: Int64
    /// When it was written last.
    package var modifiedAt: Date?

    package init(store: String = "", digest: Digest, bytes: Int64, modifiedAt: Date? = nil) {
        self.store = store
        self.digest = digest
        self.bytes = bytes
        self.modifiedAt = modifiedAt
    }
}

/// An upload that was begun and never ended (distribution: `_uploads/<uuid>`). A garbage collector leaves it.
package struct UploadObservation: Sendable, Equatable {
    package var repository: String
    package var id: String
    package var bytes: Int64
    package var startedAt: Date?

    package init(repository: String, id: String, bytes: Int64, startedAt: Date? = nil) {
        self.repository = repository
        self.id = id
        self.bytes = bytes
        self.startedAt = startedAt
    }
}

/// Something in a registry's storage that is not as it should be.
package struct StorageFindingObservation: Sendable, Equatable {
    /// What is wrong.
    package enum Kind: String, Sendable, CaseIterable {
        /// A link to a blob that is gone.
        case danglingLink = "dangling_link"
        /// A link file that holds no digest, or another one than its place says.
        case invalidLink = "invalid_link"
        /// A blob whose size is not what manifests say.
        case wrongSize = "wrong_size"
        /// A revision whose document is none that can be read as a manifest.
        case invalidManifest = "invalid_manifest"
        /// An entry of an index that the repository has no revision of.
        case missingChild = "missing_child"
        /// A file or folder that could not be read.
        case unreadable
        /// Something that changed or went while it was looked at.
        case moved
        /// A file that belongs to no registry.
        case unknownFile = "unknown_file"
    }

    package var kind: Kind
    /// Empty when it concerns no repository.
    package var repository: String
    /// Where, below the storage's root.
    package var path: String
    package var digest: Digest?
    package var detail: String

    package init(kind: Kind, repository: String = "", path: String, digest: Digest? = nil, detail: String = "") {
        self.kind = kind
        self.repository = repository
        self.path = path
        self.digest = digest
        self.detail = detail
    }
}

/// That a tag once pointed to an item, or does so now (distribution: `_manifests/tags/<tag>/index`).
package struct TagTargetObservation: Sendable, Equatable {
    package var repository: String
    package var tag: String
    package var digest: Digest
    /// When it was pointed there last.
    package var linkedAt: Date?

    package init(repository: String, tag: String, digest: Digest, linkedAt: Date? = nil) {
        self.repository = repository
        self.tag = tag
        self.digest = digest
        self.linkedAt = linkedAt
    }
}

/// When a manifest or tag was pushed and pulled last, as far as the source knows.
package struct ActivityObservation: Sendable, Equatable {
    package var repository: String
    package var digest: Digest
    /// Empty when it is said of the manifest, whichever tag was used.
    package var tag: String
    package var pushedAt: Date?
    package var pulledAt: Date?
    /// Whether the source keeps pull times at all: without one, it then was never pulled since it began to.
    package var recordsPulls: Bool

    package init(
        repository: String, digest: Digest, tag: String = "", pushedAt: Date? = nil, pulledAt: Date? = nil,
        recordsPulls: Bool = false
    ) {
        self.repository = repository
        self.digest = digest
        self.tag = tag
        self.pushedAt = pushedAt
        self.pulledAt = pulledAt
        self.recordsPulls = recordsPulls
    }
}

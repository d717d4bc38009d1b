package import Figures
package import Foundation
package import ImageModel

/// A clean-up plan as it was kept, with what became of it.
package struct StoredPlan: Sendable, Equatable {
    /// How far a plan has come.
    package enum State: String, Sendable, CaseIterable {
        case made
        /// Deletions are under way, or were when the program ended.
        case applying
        case applied
        /// What went is what was predicted.
        case verified
        /// Something else went than what was predicted.
        case differs
    }

    /// One thing to do, and what became of it.
    package struct Deletion: Sendable, Equatable {
        /// What became of a deletion.
        package enum State: String, Sendable, CaseIterable {
            case planned
            case deleted
            /// It was not there any more.
            case gone
            /// The tag points elsewhere now: it was left alone.
            case moved
            /// The source does not delete, or not this.
            case refused
            case failed
        }

        /// From 0, in the order in which they are to be made.
        package var position: Int
        package var action: CleanupPlan.Deletion.Action
        package var repository: String
        package var tags: [String]
        package var digest: Digest
        package var exclusiveBytes: Int64
        package var reason: String
        package var isSelected: Bool
        package var state: State
        /// What the source said; empty when there is nothing to say.
        package var detail: String
        package var changedAt: Date?

        package init(
            position: Int, action: CleanupPlan.Deletion.Action, repository: String, tags: [String] = [],
            digest: Digest, exclusiveBytes: Int64 = 0, reason: String = "", isSelected: Bool = true,
            state: State = .planned, detail: String = "", changedAt: Date? = nil
        ) {
            self.position = position
            self.action = action
            self.repository = repository
            self.tags = tags
            self.digest = digest
            self.exclusiveBytes = exclusiveBytes
            self.reason = reason
            self.isSelected = isSelected
            self.state = state
            self.detail = detail
            self.changedAt = changedAt
        }
    }

    package var id: Int
    package var source: String
    package var madeAt: Date
    package var collector: GarbageCollector
    /// The rules that it was made by, as JSON text.
    package var rules: String
    /// Bytes that the source held, blobs that nothing lists included.
    package var heldBytes: Int64 = 0
    package var freedBytes: Int64 = 0
    /// What of ``freedBytes`` goes without any deletion.
    package var garbageBytes: Int64 = 0
    package var retainedBytes: Int64 = 0
    package var unknownObjects: Int64 = 0
    package var isExact = true
    package var state = State.made
    package var appliedAt: Date?
    package var verifiedAt: Date?
    /// What the source held less, when the plan was verified.
    package var verifiedBytes: Int64?
    package var deletions: [Deletion] = []

    package init(id: Int, source: String, madeAt: Date, collector: GarbageCollector, rules: String) {
        self.id = id
        self.source = source
        self.madeAt = madeAt
        self.collector = collector
        self.rules = rules
    }
}

/// Something that takes bytes in a source: an object that items have, or a blob that nothing lists.
package struct StoredObject: Sendable, Hashable {
    package var store: String
    /// Whether ``key`` is a blob's digest; otherwise it is a chainID.
    package var isBlob: Bool
    package var key: Digest
    /// Nil when it cannot be known.
    package var bytes: Int64?
    package var isOrphan: Bool

    package init(store: String = "", isBlob: Bool = true, key: Digest, bytes: Int64?, isOrphan: Bool = false) {
        self.store = store
        self.isBlob = isBlob
        self.key = key
        self.bytes = bytes
        self.isOrphan = isOrphan
    }
}

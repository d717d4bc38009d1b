/// A safe set of deletions in one source, and exactly what it frees.
package struct CleanupPlan: Sendable, Equatable {
    /// One thing to do.
    package struct Deletion: Sendable, Equatable {
        /// What is done.
        package enum Action: String, Sendable {
            /// The manifest (registry) or image (engine) goes, with all its tags there.
            case delete
            /// Only names go: another one keeps the item.
            case untag
        }

        package var action: Action
        package var repository: LayerGraph.Index
        package var item: LayerGraph.Index
        /// The names that go with it, in order.
        package var tags: [String]
        /// The rule that selected it, or why it goes along (`child of app:1`, `about app:1`).
        package var reason: String
        /// Whether a rule selected it; otherwise it follows something that one did.
        package var isSelected: Bool
        /// What would be freed if this deletion alone were made, with what follows it: a floor, for what two deletions
        /// hold together is freed by neither alone.
        package var exclusiveBytes: Int64

        package init(
            action: Action, repository: LayerGraph.Index, item: LayerGraph.Index, tags: [String] = [],
            reason: String, isSelected: Bool = true, exclusiveBytes: Int64 = 0
        ) {
            self.action = action
            self.repository = repository
            self.item = item
            self.tags = tags
            self.reason = reason
            self.isSelected = isSelected
            self.exclusiveBytes = exclusiveBytes
        }
    }

    /// Something that a rule selected and that stays.
    package struct Refusal: Sendable, Equatable {
        /// What keeps it.
        package enum Blocker: String, Sendable, CaseIterable {
            /// Another tag of the repository names the same manifest.
            case tag
            /// A kept index lists it.
            case index
            /// It is about something that is kept.
            case subject
            /// A container uses it.
            case container
            /// It stands on the list of what must stay.
            case pinned
            /// Something was built from it (classic builder).
            case child
            /// Its repository was not seen whole: what keeps it may not have been seen.
            case incomplete
            /// A rule's own `keep-last` or exclusion would be broken by deleting the same manifest.
            case keepRule = "keep_rule"
        }

        package var repository: LayerGraph.Index
        package var item: LayerGraph.Index
        package var tags: [String]
        package var rule: String
        package var blocker: Blocker
        /// Who that is: `team/app:latest`, `container web on build-host`.
        package var blockedBy: String

        package init(
            repository: LayerGraph.Index, item: LayerGraph.Index, tags: [String] = [], rule: String,
            blocker: Blocker, blockedBy: String
        ) {
            self.repository = repository
            self.item = item
            self.tags = tags
            self.rule = rule
            self.blocker = blocker
            self.blockedBy = blockedBy
        }
    }

    /// Somebody who stays and holds what the deletions hold, too.
    package struct Holder: Sendable, Equatable {
        package var repository: LayerGraph.Index
        package var item: LayerGraph.Index
        package var tags: [String]
        /// Bytes of the deleted items' objects that this one holds, too.
        package var heldBytes: Int64
        /// Bytes of any objects that would go, too, if this one went beside the plan.
        package var freesBytes: Int64

        package init(
            repository: LayerGraph.Index, item: LayerGraph.Index, tags: [String], heldBytes: Int64, freesBytes: Int64
        ) {
            self.repository = repository
            self.item = item
            self.tags = tags
            self.heldBytes = heldBytes
            self.freesBytes = freesBytes
        }
    }

    /// Something kept that the garbage collector at hand would destroy all the same.
    package struct Destruction: Sendable, Equatable {
        package var repository: LayerGraph.Index
        /// The item that would be left without its objects, or without its manifest.
        package var item: LayerGraph.Index
        /// The names that lead to it.
        package var tags: [String]
        package var bytes: Int64

        package init(repository: LayerGraph.Index, item: LayerGraph.Index, tags: [String], bytes: Int64) {
            self.repository = repository
            self.item = item
            self.tags = tags
            self.bytes = bytes
        }
    }

    package var source: LayerGraph.Index
    package var collector: GarbageCollector
    /// In the order in which they are to be made: referrers and indexes before what they are about or list.
    package var deletions: [Deletion] = []
    package var refusals: [Refusal] = []
    /// What the garbage collector frees after the deletions, all of them together: a blob that nothing listed before
    /// included.
    package var freedBytes: Int64 = 0
    /// What of it the collector would free without any deletion.
    package var garbageBytes: Int64 = 0
    /// Bytes of the deleted items that stay, because others hold them.
    package var retainedBytes: Int64 = 0
    /// Objects of unknown size among what is freed.
    package var unknownObjects: Int64 = 0
    /// What the source holds before it: stored bytes and blobs that nothing lists.
    package var heldBytes: Int64 = 0
    /// Objects that go; the blobs that nothing lists go besides, if the collector takes them.
    package var freedObjects: [LayerGraph.Index] = []
    package var freesOrphans = false
    /// Those who hold most of what stays, and those whose going would free most besides.
    package var holders: [Holder] = []
    package var destructions: [Destruction] = []
    /// Why the garbage collector would end before it frees anything, in words that name what is to be mended.
    package var obstacles: [String] = []
    /// Whether everything that may hold the objects was seen; otherwise ``freedBytes`` is an upper bound.
    package var isExact = true

    package init(source: LayerGraph.Index, collector: GarbageCollector) {
        self.source = source
        self.collector = collector
    }
}

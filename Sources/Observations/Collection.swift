package import Foundation
package import ImageModel

/// The kind of a source.
package enum SourceKind: String, Sendable, CaseIterable {
    case engine
    case registry
    case archive
    case builder
}

/// A place that we collect from, in which identical content is kept once.
package struct SourceDescription: Sendable, Equatable {
    /// The name that the user gave it, or one made from its location. Unique.
    package var name: String
    package var kind: SourceKind
    /// Where it is, without any secret.
    package var location: String
    /// What answered: `Docker Engine 20.10.24`, `distribution`, `docker save` …; empty when not known.
    package var product: String
    /// How object bytes are to be read: unpacked on disk, or as the blobs are stored.
    package var bytesAre: ByteMeaning

    package init(name: String, kind: SourceKind, location: String, product: String = "", bytesAre: ByteMeaning) {
        self.name = name
        self.kind = kind
        self.location = location
        self.product = product
        self.bytesAre = bytesAre
    }
}

/// What the bytes of a source's objects are. The two are never added together under one heading.
package enum ByteMeaning: String, Sendable, CaseIterable {
    /// Unpacked on disk.
    case unpacked
    /// As the blob is stored: compressed, mostly.
    case stored
}

/// How far a collection got in one aspect.
package struct AspectStatus: Sendable, Equatable {
    /// The outcome.
    package enum Outcome: String, Sendable, CaseIterable {
        case complete
        case incomplete
        case failed
        /// The source has no such thing to look at.
        case notAvailable = "not_available"
    }

    /// What was looked at: `repositories`, `tags`, `manifests`, `configurations`, `layers`, `referrers`, `images`,
    /// `containers`, `build cache` …
    package var aspect: String
    package var outcome: Outcome
    /// How many were seen.
    package var seen: Int
    /// How many there are, when the source says.
    package var expected: Int?
    /// What happened; empty when complete.
    package var detail: String
    /// What the operator can do about it; empty when there is nothing to do.
    package var hint: String

    package init(
        aspect: String, outcome: Outcome, seen: Int = 0, expected: Int? = nil, detail: String = "", hint: String = ""
    ) {
        self.aspect = aspect
        self.outcome = outcome
        self.seen = seen
        self.expected = expected
        self.detail = detail
        self.hint = hint
    }
}

/// Names of aspects that decide what a collection may declare gone.
package enum Aspect {
    /// All repositories were listed: those not seen have gone. Engines and archives say so once for all images.
    package static let repositories = "repositories"
    package static let containers = "containers"
    package static let buildCache = "build cache"
    /// All blobs of a registry's storage were looked at: orphans and damaged objects not seen are none any more.
    package static let blobs = "blobs"
    /// All uploads were looked at.
    package static let uploads = "uploads"
    /// Push and pull times were asked for; never decides what has gone.
    package static let activity = "activity"
}

/// How much of what a source holds a collector can see.
package enum CollectionScope: String, Sendable, CaseIterable {
    /// Everything: engines, archives, a registry's own storage.
    case everything
    /// What names lead to: a registry's API shows no untagged manifest.
    case named
}

/// What a collector hands over when it is done.
package struct CollectionResult: Sendable, Equatable {
    package var source: SourceDescription
    package var aspects: [AspectStatus]
    package var scope: CollectionScope

    package init(source: SourceDescription, aspects: [AspectStatus], scope: CollectionScope = .everything) {
        self.source = source
        self.aspects = aspects
        self.scope = scope
    }

    /// Whether every aspect that the source has was seen to the end.
    package var isComplete: Bool { aspects.allSatisfy { $0.outcome == .complete || $0.outcome == .notAvailable } }
}

/// Takes what a collector sees, as it sees it, in any order.
package protocol ObservationSink: Sendable {
    /// Records observations. Throws when they cannot be kept; the collector then stops.
    func record(_ observations: [Observation]) async throws
}

/// A document fetched by digest: a manifest, index or configuration.
package struct StoredDocument: Sendable, Equatable {
    package var digest: Digest
    /// The content type that came with it; nil for blobs.
    package var mediaType: String?
    package var content: Data

    package init(digest: Digest, mediaType: String?, content: Data) {
        self.digest = digest
        self.mediaType = mediaType
        self.content = content
    }
}

/// Keeps documents by digest, so that each is fetched from its source once ever. Content is verified before it is kept.
package protocol DocumentStore: Sendable {
    /// Those of the documents that are at hand.
    func documents(_ digests: [Digest]) async throws -> [Digest: StoredDocument]
    /// Keeps documents. Keeping one twice changes nothing.
    func keep(_ documents: [StoredDocument]) async throws
}

/// What a collector did so far, for a progress line.
package struct CollectionProgress: Sendable, Equatable {
    /// What is being done: `listing repositories`, `reading manifests` …
    package var activity: String
    package var done: Int
    /// Nil while it is not known.
    package var total: Int?

    package init(activity: String, done: Int, total: Int? = nil) {
        self.activity = activity
        self.done = done
        self.total = total
    }
}

/// What a collection works with.
package struct CollectionContext: Sendable {
    package var sink: any ObservationSink
    package var documents: any DocumentStore
    package var progress: @Sendable (CollectionProgress) -> Void

    package init(
        sink: any ObservationSink, documents: any DocumentStore,
        progress: @escaping @Sendable (CollectionProgress) -> Void = { _ in }
    ) {
        self.sink = sink
        self.documents = documents
        self.progress = progress
    }
}

/// Turns one source into observations.
package protocol SourceCollector: Sendable {
    /// The name that the source has or will have in the database.
    var sourceName: String { get }
    /// Reads the source to the end. A part that cannot be read becomes an ``AspectStatus``; throws only when nothing
    /// could be read at all (the source cannot be reached, the sink is gone, the task was cancelled).
    func collect(_ context: CollectionContext) async throws -> CollectionResult
}

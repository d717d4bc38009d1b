package import ImageModel
package import Observations
import Synchronization

/// A document store in memory, which counts what is asked of it.
package final class MemoryDocumentStore: DocumentStore {
    private struct State {
        var documents: [Digest: StoredDocument] = [:]
        var lookups = 0
        var hits = 0
    }

    private let state = Mutex(State())

    package init() {}

    package func documents(_ digests: [Digest]) async throws -> [Digest: StoredDocument] {
        state.withLock { state in
            let found = digests.compactMap { state.documents[$0] }
            state.lookups += digests.count
            state.hits += found.count
            return Dictionary(found.map { ($0.digest, $0) }, uniquingKeysWith: { first, _ in first })
        }
    }

    package func keep(_ documents: [StoredDocument]) async throws {
        state.withLock { state in
            for document in documents { state.documents[document.digest] = document }
        }
    }

    /// Everything kept.
    package var kept: [Digest: StoredDocument] { state.withLock { $0.documents } }
    /// How many digests were asked for.
    package var lookups: Int { state.withLock { $0.lookups } }
    /// How many of them were at hand.
    package var hits: Int { state.withLock { $0.hits } }
}

extension CollectionContext {
    /// A context for a test: what is collected goes into `sink`.
    package static func test(
        _ sink: RecordingSink, documents: any DocumentStore = MemoryDocumentStore()
    ) -> CollectionContext {
        CollectionContext(sink: sink, documents: documents)
    }
}

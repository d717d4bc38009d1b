import ImageModel
import Observations
import Synchronization

/// Gets documents by digest: from what is kept, else from the registry, each once however many ask for it at once.
/// What came is kept in batches, so that a reading that is broken off goes on where it ended.
final class DocumentFetcher: Sendable {
    private struct State {
        /// Fetched, not yet kept.
        var pending: [Digest: StoredDocument] = [:]
        /// On their way to the store.
        var leaving: [Digest: StoredDocument] = [:]
        /// Fetched in this run.
        var fetched: Set<Digest> = []
        /// Being fetched, and who waits for it.
        var underway: [Digest: [CheckedContinuation<Void, Never>]] = [:]

        func document(_ digest: Digest) -> StoredDocument? { pending[digest] ?? leaving[digest] }
    }

    private enum Turn {
        case fetch
        case take(StoredDocument)
        case look
        case wait
    }

    private static let batch = 64
    private let store: any DocumentStore
    private let state = Mutex(State())

    init(store: any DocumentStore) { self.store = store }

    /// Those of the documents that need no fetching.
    func stored(_ digests: [Digest]) async throws -> [Digest: StoredDocument] {
        guard !digests.isEmpty else { return [:] }
        var found = try await store.documents(digests)
        state.withLock { state in
            for digest in digests where found[digest] == nil { found[digest] = state.document(digest) }
        }
        return found
    }

    /// A document that was not stored. `fetch` runs only when nobody else has fetched it, or is fetching it; whether it
    /// ran is told, for it proves that the repository has the document.
    func document(
        _ digest: Digest, fetch: () async throws -> StoredDocument
    ) async throws -> (document: StoredDocument, isFetchedHere: Bool) {
        while true {
            try Task.checkCancellation()
            switch turn(digest) {
            case .take(let document): return (document, false)
            case .look:
                if let document = try await stored([digest])[digest] { return (document, false) }
                _ = state.withLock { $0.fetched.remove(digest) }
            case .wait: await wait(for: digest)
            case .fetch:
                do {
                    let document = try await fetch()
                    finish(digest, document)
                    try await flush(atLeast: Self.batch)
                    return (document, true)
                } catch {
                    finish(digest, nil)
                    throw error
                }
            }
        }
    }

    private func turn(_ digest: Digest) -> Turn {
        state.withLock { state in
            if let document = state.document(digest) { return .take(document) }
            if state.fetched.contains(digest) { return .look }
            if state.underway[digest] != nil { return .wait }
            state.underway[digest] = []
            return .fetch
        }
    }

    private func wait(for digest: Digest) async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                guard state.underway[digest] != nil else { return true }
                state.underway[digest]?.append(continuation)
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    private func finish(_ digest: Digest, _ document: StoredDocument?) {
        let waiting = state.withLock { state in
            if let document {
                state.pending[digest] = document
                state.fetched.insert(digest)
            }
            return state.underway.removeValue(forKey: digest) ?? []
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Remembers a document that came by tag.
    func adopt(_ document: StoredDocument) {
        state.withLock { state in
            state.pending[document.digest] = document
            state.fetched.insert(document.digest)
        }
    }

    /// Hands what was fetched to the store, when it is that many.
    func flush(atLeast count: Int = 1) async throws {
        let batch: [StoredDocument] = state.withLock { state in
            guard state.pending.count >= count else { return [] }
            defer { state.pending = [:] }
            state.leaving.merge(state.pending) { $1 }
            return Array(state.pending.values)
        }
        guard !batch.isEmpty else { return }
        try await store.keep(batch.sorted { $0.digest < $1.digest })
        // Only now: until then others find it here.
        state.withLock { state in
            for document in batch { state.leaving[document.digest] = nil }
        }
    }
}

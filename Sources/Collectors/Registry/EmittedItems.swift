import ImageModel
import Observations
import Synchronization

/// The items of one store that were recorded: each once, however many repositories have it. Keeps digests only.
///
/// An item of which a part was not to be had waits to the end: another repository may have all of it.
final class EmittedItems: Sendable {
    private struct State {
        /// The children of each item.
        var emitted: [Digest: [Digest]] = [:]
        var postponed: [Digest: ItemObservation] = [:]
    }

    private let state = Mutex(State())
    /// What the items claim of the sizes of blobs.
    let sizes = BlobSizes()

    /// The children of an item that was recorded; nil when it was not.
    func children(of digest: Digest) -> [Digest]? { state.withLock { $0.emitted[digest] } }

    /// Those of the items that nobody has recorded yet: the caller does. All at once, so that whoever sees an index as
    /// recorded sees its children so, too.
    func claim(_ items: [ItemObservation]) -> [ItemObservation] {
        state.withLock { state in
            items.filter { item in
                guard state.emitted[item.digest] == nil else { return false }
                state.emitted[item.digest] = item.children.map(\.digest)
                state.postponed[item.digest] = nil
                return true
            }
        }
    }

    /// Keeps an incomplete item for the end.
    func postpone(_ items: [ItemObservation]) {
        state.withLock { state in
            for item in items where state.emitted[item.digest] == nil {
                guard let known = state.postponed[item.digest] else {
                    state.postponed[item.digest] = item
                    continue
                }
                if known.configuration == nil, item.configuration != nil { state.postponed[item.digest] = item }
            }
        }
    }

    /// The incomplete items that stayed so. A child is there if any repository has it.
    func rest() -> [ItemObservation] {
        state.withLock { state in
            let rest = state.postponed.values.sorted { $0.digest < $1.digest }
            for item in rest { state.emitted[item.digest] = item.children.map(\.digest) }
            state.postponed = [:]
            return rest.map { item in
                var item = item
                item.children = item.children.map { child in
                    var child = child
                    child.isPresent = state.emitted[child.digest] != nil
                    return child
                }
                return item
            }
        }
    }
}

internal import ImageModel
internal import Synchronization

/// The digest of a build's own lines, each with a newline after it. Lines are gathered before they are hashed, as they
/// are short and many.
///
/// A reference, so that a reader stays a plain value; a copy of the reader goes on with the same hash, which nobody
/// does: a log is read once, in order.
final class ContentHash: Sendable {
    private struct State: ~Copyable {
        var hasher: DigestHasher? = DigestHasher()
        var gathered: [UInt8] = []
        var result: Digest?
    }

    private static let gatheredLimit = 1 << 15
    private let state = Mutex(State())

    func add(_ line: ArraySlice<UInt8>) {
        state.withLock { state in
            state.gathered.append(contentsOf: line)
            state.gathered.append(UInt8(ascii: "\n"))
            if state.gathered.count >= Self.gatheredLimit {
                state.hasher?.update(state.gathered)
                state.gathered.removeAll(keepingCapacity: true)
            }
        }
    }

    /// The digest of all lines. Later lines are not in it.
    func finish() -> Digest {
        state.withLock { state in
            if let result = state.result { return result }
            state.hasher?.update(state.gathered)
            guard let digest = state.hasher.take()?.finish() else { return Digest.of([]) }
            state.result = digest
            return digest
        }
    }
}

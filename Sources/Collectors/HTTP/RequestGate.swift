import Synchronization

/// Lets so many requests be under way at once, in the order they came; fewer when the server asks to slow down.
package final class RequestGate: Sendable {
    private struct State {
        var allowed: Int
        var inUse = 0
        var calm = 0
        var nextTicket = 0
        var waiting: [(ticket: Int, continuation: CheckedContinuation<Void, any Error>)] = []
        var cancelled: Set<Int> = []
    }

    private let most: Int
    private let state: Mutex<State>

    package init(_ most: Int) {
        self.most = max(1, most)
        state = Mutex(State(allowed: max(1, most)))
    }

    /// How many may be under way just now.
    package var allowed: Int { state.withLock { $0.allowed } }

    /// Waits for a place. Throws `CancellationError`. Each success is followed by one ``leave(slowDown:)``.
    package func enter() async throws {
        try Task.checkCancellation()
        let isIn = state.withLock { state in
            guard state.inUse < state.allowed else { return false }
            state.inUse += 1
            return true
        }
        if !isIn { try await wait() }
    }

    private func wait() async throws {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome: Result<Void, any Error>? = state.withLock { state in
                    if state.cancelled.remove(ticket) != nil { return .failure(CancellationError()) }
                    if state.inUse < state.allowed {
                        state.inUse += 1
                        return .success(())
                    }
                    state.waiting.append((ticket, continuation))
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            let continuation: CheckedContinuation<Void, any Error>? = state.withLock { state in
                guard let place = state.waiting.firstIndex(where: { $0.ticket == ticket }) else {
                    state.cancelled.insert(ticket)
                    return nil
                }
                return state.waiting.remove(at: place).continuation
            }
            continuation?.resume(throwing: CancellationError())
        }
        // Left behind when the cancellation came after the place was given.
        _ = state.withLock { $0.cancelled.remove(ticket) }
    }

    /// Gives the place back. A server that asks to slow down halves what is allowed; calm brings it back bit by bit.
    package func leave(slowDown: Bool = false) {
        let next: [CheckedContinuation<Void, any Error>] = state.withLock { state in
            state.inUse -= 1
            if slowDown {
                state.allowed = max(1, state.allowed / 2)
                state.calm = 0
            } else if state.allowed < most {
                state.calm += 1
                if state.calm >= 32 {
                    state.allowed += 1
                    state.calm = 0
                }
            }
            var admitted: [CheckedContinuation<Void, any Error>] = []
            while state.inUse < state.allowed, !state.waiting.isEmpty {
                state.inUse += 1
                admitted.append(state.waiting.removeFirst().continuation)
            }
            return admitted
        }
        for continuation in next { continuation.resume() }
    }
}

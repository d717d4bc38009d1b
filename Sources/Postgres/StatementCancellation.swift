import Dispatch
import Foundation
import Synchronization

/// Ties one statement to the cancellation of a task.
///
/// A cancel request carries no statement's name: it hits whatever the connection does when it arrives. So no request
/// may be under way when the next statement starts, and one that arrives before the statement has reached the server
/// must be repeated.
final class StatementCancellation: Sendable {
    private enum Phase {
        case waiting
        case running(CancelHandle)
        case cancelling
        case cancelledBeforeStart
        case finished
    }

    private struct State {
        var phase = Phase.waiting
        var cancelledAt: ContinuousClock.Instant?
    }

    private let state = Mutex(State())
    private let statementEnded = DispatchSemaphore(value: 0)
    private let requestsEnded = DispatchSemaphore(value: 0)

    /// When the task was cancelled.
    var cancelledAt: ContinuousClock.Instant? { state.withLock { $0.cancelledAt } }

    /// The statement is about to be sent. Throws `CancellationError` when the task was cancelled before.
    func begin(_ handle: CancelHandle) throws {
        try state.withLock { state in
            guard case .waiting = state.phase else { throw CancellationError() }
            state.phase = .running(handle)
        }
    }

    /// The task was cancelled. May be called from any thread and does not wait.
    func cancel() {
        let handle: CancelHandle? = state.withLock { state in
            guard state.cancelledAt == nil else { return nil }
            state.cancelledAt = .now
            switch state.phase {
            case .waiting:
                state.phase = .cancelledBeforeStart
                return nil
            case .running(let handle):
                state.phase = .cancelling
                return handle
            case .cancelling, .cancelledBeforeStart, .finished: return nil
            }
        }
        guard let handle else { return }
        // `PQcancel` opens a connection and waits: not on this thread, and not on the connection's.
        Thread.detachNewThread { [self] in
            repeat { handle.request() } while statementEnded.wait(timeout: .now() + .milliseconds(200)) == .timedOut
            requestsEnded.signal()
        }
    }

    /// The statement is over on the connection. Returns when no request is under way any more.
    func finish() {
        let isCancelling = state.withLock { state in
            defer { state.phase = .finished }
            if case .cancelling = state.phase { return true } else { return false }
        }
        guard isCancelling else { return }
        statementEnded.signal()
        requestsEnded.wait()
    }
}

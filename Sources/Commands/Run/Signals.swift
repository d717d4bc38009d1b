import Dispatch
import Glibc

/// A command that takes signals by itself, and is not cancelled by them.
protocol TakesSignals {}

/// Turns SIGINT and SIGTERM into the cancellation of the running command: transactions roll back, requests stop.
enum Signals {
    /// A write to a closed pipe or socket becomes an error of that write.
    static func ignoreClosedPipes() { signal(SIGPIPE, SIG_IGN) }

    /// Runs work; the first signal cancels it, a second one ends the process at once.
    static func cancelling<R: Sendable>(_ work: @escaping @Sendable () async throws -> R) async throws -> R {
        ignoreClosedPipes()
        let task = Task(operation: work)
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if task.isCancelled { _exit(128 + number) }
                StandardError.line("\nstopping; once more to stop at once")
                task.cancel()
            }
            source.activate()
            return source
        }
        defer { for source in sources { source.cancel() } }
        return try await task.value
    }

    /// Ends the process as one that wrote to a closed pipe, which is what shells and their `pipefail` expect.
    static func endByBrokenPipe() -> Never {
        signal(SIGPIPE, SIG_DFL)
        kill(getpid(), SIGPIPE)
        _exit(128 + SIGPIPE)
    }
}

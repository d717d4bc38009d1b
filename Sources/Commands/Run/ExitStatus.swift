/// What the process tells its caller.
package enum ExitStatus: Int32, Sendable, CaseIterable {
    case done = 0
    /// A rule or check failed: a broken identity, a problem that `doctor` found, an image that is not there.
    case checkFailed = 1
    /// Done, but the data is incomplete: a source was not seen to its end.
    case incomplete = 2
    /// The command line, the configuration or the SQL is wrong (`EX_USAGE`).
    case usage = 64
    /// A source or the database cannot be reached (`EX_UNAVAILABLE`).
    case unavailable = 69
    /// An error inside Layerscope (`EX_SOFTWARE`).
    case internalError = 70
    /// Interrupted by SIGINT or SIGTERM, as shells count it (128 + 2).
    case interrupted = 130
}

/// Ends a command with a status and, unless it is empty, a message on standard error.
struct CommandFailure: Error, Equatable, CustomStringConvertible {
    let status: ExitStatus
    let message: String

    init(_ status: ExitStatus, _ message: String = "") {
        self.status = status
        self.message = message
    }

    var description: String { message }
}

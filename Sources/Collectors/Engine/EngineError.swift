/// Why an engine could not be read, and what to do next.
package struct EngineError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong, for code to decide on.
    package enum Reason: Hashable, Sendable {
        /// The address, context, or TLS material is not usable.
        case configuration
        /// Nothing answers there.
        case unreachable
        /// Something is there, but this user may not talk to it.
        case forbidden
        /// No answer in time, or the answer did not end in time.
        case timedOut
        /// The connection ended in the middle of an answer.
        case cut
        /// The engine answered with this HTTP status.
        case status(Int)
        /// A call of the builder's API failed there.
        case failed
        /// The answer is larger than the limit.
        case tooLarge
        /// The answer is not what the API says.
        case malformed
        /// Something answers that is no engine we can read.
        case notAnEngine
        /// The API version is too old or too new.
        case version
        /// A program that is needed is missing, or failed.
        case program
    }

    package let reason: Reason
    /// The engine or setting that is meant.
    package let subject: String
    /// What happened, lower-case, without any secret.
    package let detail: String
    /// What the operator can do next; empty when the detail says it all.
    package let hint: String

    package init(_ reason: Reason, _ subject: String, _ detail: String, hint: String = "") {
        self.reason = reason
        self.subject = subject
        self.detail = detail
        self.hint = hint
    }

    package var description: String {
        "\(subject): \(detail)" + (hint.isEmpty ? "" : "; \(hint)")
    }

    /// Whether the engine says that the thing asked for is not there.
    var isNotFound: Bool { reason == .status(404) }
}

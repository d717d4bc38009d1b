/// A request that did not bring what it should: what was asked, what came, and whether asking again may help.
///
/// Carries no secret: the address is redacted, and of an answer's body only what a server says for people to read.
package struct HTTPFailure: Error, Sendable, Equatable {
    /// What went wrong.
    package enum Reason: Sendable, Equatable {
        /// The server answered with a status that is no success.
        case status(Int)
        /// The token server gave no token; its status.
        case tokenRefused(Int)
        /// No connection came about: unknown host, refused, no route, missing socket.
        case unreachable(String)
        /// The connection broke before the answer was complete.
        case connectionLost
        /// The answer took longer than it may.
        case timedOut
        /// The server's certificate or TLS handshake was refused.
        case untrusted(String)
        /// The answer's body is larger than the limit, in bytes.
        case tooLarge(limit: Int)
        /// The answer's body is not what was asked for: wrong digest, wrong length, not JSON.
        case invalidBody(String)
        /// A redirect that is not followed.
        case badRedirect(String)
        /// The server's rate limit is used up, and waiting would take too long.
        case rateLimited
        /// The time that the whole collection may take is used up.
        case outOfTime
        /// The request could not be made at all.
        case invalidRequest(String)
    }

    /// What a server says in an error's body.
    package struct Diagnostic: Sendable, Equatable {
        /// The machine-readable code (`NAME_UNKNOWN`); empty when there is none.
        package var code: String
        package var message: String

        package init(code: String = "", message: String) {
            self.code = code
            self.message = message
        }
    }

    /// `GET`, `HEAD`, …
    package var method: String
    /// The address, without user, password and the values of unknown query items.
    package var url: String
    package var reason: Reason
    /// What the server said about it; empty when it said nothing.
    package var diagnostics: [Diagnostic]
    /// How long the server asks to wait before the next try, in `Retry-After`.
    package var retryAfter: Duration?

    package init(
        method: String, url: String, reason: Reason, diagnostics: [Diagnostic] = [], retryAfter: Duration? = nil
    ) {
        self.method = method
        self.url = redactedURL(url)
        self.reason = reason
        self.diagnostics = diagnostics
        self.retryAfter = retryAfter
    }

    /// The answer's status; nil when there was no answer.
    package var status: Int? {
        if case .status(let code) = reason { code } else { nil }
    }

    /// Whether the same request may succeed later.
    package var isTemporary: Bool {
        switch reason {
        case .status(let code): [408, 425, 429, 500, 502, 503, 504].contains(code)
        case .unreachable, .connectionLost, .timedOut: true
        case .tokenRefused, .untrusted, .tooLarge, .invalidBody, .badRedirect, .rateLimited, .outOfTime,
            .invalidRequest:
            false
        }
    }

    /// Whether the server said that there is no such thing.
    package var isNotFound: Bool { status == 404 }

    /// Whether the server wants other credentials, or allows less than was asked.
    package var isDenied: Bool {
        if case .tokenRefused = reason { return true }
        return status == 401 || status == 403
    }
}

extension HTTPFailure: CustomStringConvertible {
    /// One line, lower-case: the request, what came of it, and what the server said.
    package var description: String {
        let said = diagnostics.map { $0.code.isEmpty ? $0.message : "\($0.code): \($0.message)" }
        return "\(method) \(url): \(reason)" + (said.isEmpty ? "" : " (\(said.joined(separator: "; ")))")
    }
}

extension HTTPFailure.Reason: CustomStringConvertible {
    /// In words, lower-case.
    package var description: String {
        switch self {
        case .status(let code): "answered with status \(code)"
        case .tokenRefused(let code): "the token server answered with status \(code)"
        case .unreachable(let detail): "cannot be reached: \(detail)"
        case .connectionLost: "the connection was cut before the answer was complete"
        case .timedOut: "took too long to answer"
        case .untrusted(let detail): "TLS failed: \(detail)"
        case .tooLarge(let limit): "the answer is larger than the limit of \(limit) bytes"
        case .invalidBody(let detail): "the answer is not usable: \(detail)"
        case .badRedirect(let detail): "redirect not followed: \(detail)"
        case .rateLimited: "the server's rate limit is used up"
        case .outOfTime: "the time for this collection is used up"
        case .invalidRequest(let detail): "not sent: \(detail)"
        }
    }
}

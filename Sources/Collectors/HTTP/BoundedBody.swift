package import AsyncHTTPClient
package import Foundation
import NIOCore
import NIOHTTP1

/// Reads an answer's body up to a limit, never beyond, and never longer than it may take.
///
/// - Parameters:
///   - response: the answer; its body must not have been read yet.
///   - method: for the failure.
///   - url: for the failure.
///   - limit: the most bytes that are read. One more fails with ``HTTPFailure/Reason/tooLarge(limit:)``.
///   - deadline: the moment after which a body that still drips fails as timed out; nil for none.
/// - Throws: ``HTTPFailure``, or `CancellationError`.
package func readBody(
    of response: HTTPClientResponse, method: String, url: String, limit: Int,
    deadline: ContinuousClock.Instant? = nil
) async throws -> Data {
    func failure(_ reason: HTTPFailure.Reason) -> HTTPFailure {
        HTTPFailure(method: method, url: url, reason: reason)
    }
    let declared = response.headers.first(name: "content-length").flatMap { Int($0) }
    if let declared, declared > limit { throw failure(.tooLarge(limit: limit)) }
    var body = Data()
    if let declared { body.reserveCapacity(declared) }
    do {
        for try await part in response.body {
            guard body.count + part.readableBytes <= limit else { throw failure(.tooLarge(limit: limit)) }
            part.withUnsafeReadableBytes { body.append(contentsOf: $0) }
            if let deadline, ContinuousClock.now > deadline { throw failure(.timedOut) }
        }
    } catch {
        try Task.checkCancellation()
        throw HTTPFailure.from(error, method: method, url: url) ?? failure(.connectionLost)
    }
    try Task.checkCancellation()
    if let declared, declared != body.count { throw failure(.connectionLost) }
    return body
}

/// Reads a failed answer into the failure to throw: its status, what the server said, and how long it asks to wait.
package func readFailure(
    _ response: HTTPClientResponse, method: String, url: String, deadline: ContinuousClock.Instant? = nil,
    now: Date = Date()
) async throws -> HTTPFailure {
    var body = Data()
    do {
        for try await part in response.body {
            let room = HTTPFailure.diagnosticByteLimit - body.count
            part.withUnsafeReadableBytes { body.append(contentsOf: $0.prefix(room)) }
            if body.count >= HTTPFailure.diagnosticByteLimit { break }
            if let deadline, ContinuousClock.now > deadline { break }
        }
    } catch {
        // The status is what counts; a body that breaks off only tells less.
        try Task.checkCancellation()
    }
    return HTTPFailure(
        method: method, url: url, reason: .status(Int(response.status.code)),
        diagnostics: HTTPFailure.diagnostics(in: body),
        retryAfter: RetryAfter.asked(response.headers, isUsedUp: response.status.code == 429, now: now))
}

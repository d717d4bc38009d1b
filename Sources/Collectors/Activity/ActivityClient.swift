import Foundation
import ImageModel
import NIOHTTP1
import Synchronization

/// Asks a product's API: few requests at once, tried again after temporary failures, obedient to its limits.
final class ActivityClient: Sendable {
    /// How requests say who asks.
    struct Access: Sendable {
        /// Adds it, before every try.
        var prepare: @Sendable (inout HTTPTransport.Request) async throws -> Void = { _ in }
        /// Called after a 401 to the given header; whether another try could end otherwise.
        var renew: @Sendable (_ refused: String?) async -> Bool = { _ in false }

        /// The same header each time; none for nil.
        static func header(_ value: String?) -> Access { Access(prepare: { $0.authorization = value }) }
    }

    private struct Standing {
        /// Why nothing more is asked.
        var stop: HTTPFailure.Reason?
        var lostInARow = 0
        /// The limit is used up until then.
        var pause: ContinuousClock.Instant?
    }

    /// A product's API is not there for crawling: few at once.
    private static let width = 4
    /// The most bytes of an answer.
    static let byteLimit = 16 << 20
    let base: String
    private let transport: HTTPTransport
    private let retry: RetryPolicy
    private let access: Access
    /// Whether a failure may pass; products have their own words for that.
    private let isTemporary: @Sendable (HTTPFailure) -> Bool
    private let end: ContinuousClock.Instant?
    private let gate: RequestGate
    private let standing = Mutex(Standing())

    init(
        base: String, transport: HTTPTransport, retry: RetryPolicy, access: Access, concurrency: Int,
        end: ContinuousClock.Instant? = nil, isTemporary: @escaping @Sendable (HTTPFailure) -> Bool = { $0.isTemporary }
    ) {
        self.base = base
        self.transport = transport
        self.retry = retry
        self.access = access
        self.isTemporary = isTemporary
        self.end = end
        gate = RequestGate(min(Self.width, concurrency))
    }

    /// Asks for JSON at a path below the base. Throws ``HTTPFailure``, or `CancellationError`.
    func get<Body: Decodable>(_ type: Body.Type, _ path: String) async throws -> (body: Body, headers: HTTPHeaders) {
        let answer = try await send(
            HTTPTransport.Request(.GET, base + path, headers: ["accept": "application/json"], limit: Self.byteLimit))
        return (try decode(type, from: answer, method: .GET), answer.headers)
    }

    /// Asks with a body. Throws ``HTTPFailure``, or `CancellationError`.
    func post<Body: Decodable>(_ type: Body.Type, _ path: String, headers: HTTPHeaders, body: String) async throws
        -> Body
    {
        let answer = try await send(
            HTTPTransport.Request(.POST, base + path, headers: headers, body: body, limit: Self.byteLimit))
        return try decode(type, from: answer, method: .POST)
    }

    /// A failure of what an answer says, not of how it came.
    func invalid(_ path: String, _ reason: String) -> HTTPFailure {
        HTTPFailure(method: "GET", url: base + path, reason: .invalidBody(reason))
    }

    private func decode<Body: Decodable>(_ type: Body.Type, from answer: HTTPAnswer, method: HTTPMethod) throws -> Body
    {
        do {
            return try DocumentParser.decode(type, from: answer.body, as: .document, limit: Self.byteLimit)
        } catch {
            throw HTTPFailure(method: method.rawValue, url: answer.url, reason: .invalidBody("\(error)"))
        }
    }

    private func send(_ request: HTTPTransport.Request) async throws -> HTTPAnswer {
        var wait = retry.shortest
        var tries = 0
        var hasRenewed = false
        while true {
            try await obey(request)
            let failure: HTTPFailure
            do {
                var prepared = request
                try await access.prepare(&prepared)
                let answer = try await pass(prepared)
                if answer.status != 401 {
                    learn(answer.headers)
                    return answer
                }
                if !hasRenewed, await access.renew(prepared.authorization) {
                    hasRenewed = true
                    continue
                }
                failure = HTTPFailure(
                    method: request.method.rawValue, url: answer.url, reason: .status(401),
                    diagnostics: HTTPFailure.diagnostics(in: answer.body))
            } catch let error as HTTPFailure {
                failure = error
            }
            note(failure)
            guard isTemporary(failure), tries < retry.retries else { throw failure }
            tries += 1
            wait = max(retry.wait(after: wait), failure.retryAfter ?? .zero)
            guard failure.retryAfter ?? .zero <= retry.longestAsked else {
                standing.withLock { $0.stop = .rateLimited }
                throw self.failure(request, .rateLimited)
            }
            if let end, retry.now() + wait > end { throw self.failure(request, .outOfTime) }
            transport.countRetry()
            try await retry.sleep(wait)
        }
    }

    private func pass(_ request: HTTPTransport.Request) async throws -> HTTPAnswer {
        try await gate.enter()
        var slowDown = false
        defer { gate.leave(slowDown: slowDown) }
        do {
            return try await transport.send(request)
        } catch let failure as HTTPFailure {
            slowDown = failure.status == 429 || failure.status == 503
            throw failure
        }
    }

    /// Waits while the limit is used up, and asks nothing more once there is a reason not to.
    private func obey(_ request: HTTPTransport.Request) async throws {
        try Task.checkCancellation()
        let (stop, pause) = standing.withLock { ($0.stop, $0.pause) }
        if let stop { throw failure(request, stop) }
        if let end, retry.now() >= end { throw failure(request, .outOfTime) }
        guard let pause else { return }
        let wait = pause - retry.now()
        if wait > retry.longestAsked {
            standing.withLock { $0.stop = .rateLimited }
            throw failure(request, .rateLimited)
        }
        if wait > .zero { try await retry.sleep(wait) }
        standing.withLock { if $0.pause == pause { $0.pause = nil } }
    }

    private func learn(_ headers: HTTPHeaders) {
        let pause = RetryAfter.pause(headers, now: Date()).map { retry.now() + $0 }
        standing.withLock { standing in
            standing.lostInARow = 0
            if let pause { standing.pause = pause }
        }
    }

    /// A host that fell silent is not worth every repository's own retries.
    private func note(_ failure: HTTPFailure) {
        standing.withLock { standing in
            switch failure.reason {
            case .unreachable, .connectionLost, .timedOut:
                standing.lostInARow += 1
                if standing.lostInARow >= 20 { standing.stop = failure.reason }
            default: standing.lostInARow = 0
            }
        }
    }

    private func failure(_ request: HTTPTransport.Request, _ reason: HTTPFailure.Reason) -> HTTPFailure {
        HTTPFailure(method: request.method.rawValue, url: request.url, reason: reason)
    }
}

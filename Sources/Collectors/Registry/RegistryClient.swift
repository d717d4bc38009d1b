import Foundation
import ImageModel
import NIOHTTP1
import Synchronization

/// Asks one registry: with credentials, bounded concurrency, retries, and obedience to the server's limits.
final class RegistryClient: Sendable {
    private struct Standing {
        /// Why nothing more is asked; nil while it is.
        var stop: HTTPFailure.Reason?
        /// Manifests are counted by the server, and no more of them are allowed.
        var manifestsAreUsedUp = false
        var lostInARow = 0
    }

    /// What is asked of the registry.
    struct Call: Sendable {
        var method = HTTPMethod.GET
        /// From the root: `/v2/…`.
        var path: String
        /// The rights that a token needs (distribution: docs/spec/auth/scope.md).
        var scope: String
        var accept: String?
        var limit = RegistryOptions.listByteLimit
        /// Whether rate limits of hosted registries count it: a manifest that is fetched.
        var isCounted = false
    }

    let endpoint: RegistryEndpoint
    let transport: HTTPTransport
    let authorization: RegistryAuthorization
    let retry: RetryPolicy
    private let gate: RequestGate
    private let end: ContinuousClock.Instant?
    private let reserve: Int
    private let patience: Int
    private let standing = Mutex(Standing())

    init(
        endpoint: RegistryEndpoint, transport: HTTPTransport, authorization: RegistryAuthorization,
        options: RegistryOptions, retry: RetryPolicy
    ) {
        self.endpoint = endpoint
        self.transport = transport
        self.authorization = authorization
        self.retry = retry
        gate = RequestGate(options.concurrency)
        end = options.timeBudget.map { retry.now() + $0 }
        reserve = options.rateLimitReserve
        // A host that fell silent is not worth every request's own retries.
        patience = max(20, options.concurrency * 3)
    }

    /// How often one thing was asked again, and how long was waited for it last.
    struct Backoff {
        fileprivate var wait: Duration
        fileprivate var tries = 0
    }

    /// Asks until there is an answer, or no more reason to ask. Throws ``HTTPFailure``, or `CancellationError`.
    func send(_ call: Call) async throws -> HTTPAnswer {
        var backoff = backoff()
        while true {
            do {
                return try await sendOnce(call)
            } catch let failure as HTTPFailure {
                try await pause(after: failure, of: call, &backoff)
            }
        }
    }

    /// For what is asked once at a time, with a look at how things are before the next try.
    func backoff() -> Backoff { Backoff(wait: retry.shortest) }

    /// Asks once. Throws ``HTTPFailure``, or `CancellationError`.
    func sendOnce(_ call: Call) async throws -> HTTPAnswer {
        try check(call)
        do {
            let answer = try await attempt(call)
            succeeded(answer)
            return answer
        } catch let failure as HTTPFailure {
            failed(failure)
            throw failure
        }
    }

    /// Waits as long as the failure and the server ask for. Throws the failure when another try has no use, or the wait
    /// would be too long.
    func pause(after failure: HTTPFailure, of call: Call, _ backoff: inout Backoff) async throws {
        guard failure.isTemporary, backoff.tries < retry.retries else { throw failure }
        backoff.tries += 1
        backoff.wait = retry.wait(after: backoff.wait)
        if let asked = failure.retryAfter {
            guard asked <= retry.longestAsked else { throw stop(failure, asked: asked) }
            backoff.wait = max(backoff.wait, asked)
        }
        if let end, retry.now() + backoff.wait > end { throw self.failure(call, .outOfTime) }
        transport.countRetry()
        try await retry.sleep(backoff.wait)
    }

    private func attempt(_ call: Call) async throws -> HTTPAnswer {
        let header = try await authorization.header(scope: call.scope)
        let first = try await pass(call, header)
        guard first.status == 401 else { return first }
        let challenges = first.headers["www-authenticate"]
        // One more try, with what the registry now asks for; then it is an answer like any other.
        if let second = try await authorization.header(
            afterRefusalOf: header, challenges: challenges, scope: call.scope)
        {
            let answer = try await pass(call, second)
            guard answer.status == 401 else { return answer }
        }
        throw HTTPFailure(
            method: call.method.rawValue, url: first.url, reason: .status(401),
            diagnostics: HTTPFailure.diagnostics(in: first.body))
    }

    private func pass(_ call: Call, _ header: String?) async throws -> HTTPAnswer {
        try await gate.enter()
        var slowDown = false
        defer { gate.leave(slowDown: slowDown) }
        do {
            return try await transport.send(
                .init(
                    call.method, endpoint.origin + call.path,
                    headers: call.accept.map { ["accept": $0] } ?? [:], authorization: header, limit: call.limit))
        } catch let failure as HTTPFailure {
            slowDown = failure.status == 429 || failure.status == 503
            throw failure
        }
    }

    private func check(_ call: Call) throws {
        try Task.checkCancellation()
        if let end, retry.now() >= end { throw failure(call, .outOfTime) }
        let reason: HTTPFailure.Reason? = standing.withLock { standing in
            standing.stop ?? (call.isCounted && standing.manifestsAreUsedUp ? .rateLimited : nil)
        }
        if let reason { throw failure(call, reason) }
    }

    private func succeeded(_ answer: HTTPAnswer) {
        // `100;w=21600`: so many in a window of so many seconds (Docker Hub).
        let remaining = answer.headers.first(name: "ratelimit-remaining")
            .flatMap { Int($0.prefix { $0 != ";" }) }
        standing.withLock { standing in
            standing.lostInARow = 0
            if let remaining, remaining <= reserve { standing.manifestsAreUsedUp = true }
        }
    }

    private func failed(_ failure: HTTPFailure) {
        switch failure.reason {
        case .unreachable, .connectionLost, .timedOut:
            standing.withLock { standing in
                standing.lostInARow += 1
                if standing.lostInARow >= patience { standing.stop = failure.reason }
            }
        case .status: standing.withLock { $0.lostInARow = 0 }
        default: break
        }
    }

    /// The server asks for a longer wait than we have: nothing more is asked.
    private func stop(_ failure: HTTPFailure, asked: Duration) -> HTTPFailure {
        standing.withLock { $0.stop = .rateLimited }
        var failure = failure
        failure.reason = .rateLimited
        return failure
    }

    private func failure(_ call: Call, _ reason: HTTPFailure.Reason) -> HTTPFailure {
        HTTPFailure(method: call.method.rawValue, url: endpoint.origin + call.path, reason: reason)
    }
}

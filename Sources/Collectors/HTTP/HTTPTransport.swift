import AsyncHTTPClient
package import Foundation
import NIOCore
package import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// One answer, read to its end.
package struct HTTPAnswer: Sendable {
    package var status: Int
    package var headers: HTTPHeaders
    package var body: Data
    /// The address that answered, after redirects.
    package var url: String
}

/// Makes single requests over connections that are kept alive: bounded in bytes and in time, redirects followed
/// without credentials. Knows nothing of registries, and tries nothing twice.
package final class HTTPTransport: Sendable {
    /// How connections are made.
    package struct Settings: Sendable {
        package var connections = 16
        package var requestTimeout = Duration.seconds(60)
        package var idleTimeout = Duration.seconds(30)
        package var caFile: String?
        package var isInsecure = false

        package init() {}
    }

    /// What is asked.
    package struct Request: Sendable {
        package var method: HTTPMethod
        package var url: String
        /// Without `Authorization`.
        package var headers: HTTPHeaders
        /// Sent to the address's own origin only.
        package var authorization: String?
        package var body: String?
        /// The most bytes of the answer.
        package var limit: Int

        package init(
            _ method: HTTPMethod = .GET, _ url: String, headers: HTTPHeaders = [:], authorization: String? = nil,
            body: String? = nil, limit: Int
        ) {
            self.method = method
            self.url = url
            self.headers = headers
            self.authorization = authorization
            self.body = body
            self.limit = limit
        }
    }

    private static let redirectLimit = 5
    private let client: HTTPClient
    /// One thread: a registry's answers come in batches then, which takes less than half the wake-ups.
    private let group: MultiThreadedEventLoopGroup
    private let settings: Settings
    private let counters: Mutex<HTTPStatistics>

    /// Throws ``RegistryError`` when the CA file cannot be used.
    package init(_ settings: Settings) throws {
        self.settings = settings
        var tls = TLSConfiguration.makeClientConfiguration()
        if let path = settings.caFile {
            // Loaded here, so that a bad file is told as such and not as a failed handshake.
            guard let certificates = try? NIOSSLCertificate.fromPEMFile(path), !certificates.isEmpty else {
                throw RegistryError(.certificate, "\(path) holds no PEM certificate")
            }
            tls.additionalTrustRoots = [.certificates(certificates)]
        }
        if settings.isInsecure { tls.certificateVerification = .none }
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls, redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(1, settings.connections)
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.timeout = .init(
            connect: .seconds(10),
            read: .nanoseconds(min(settings.idleTimeout, settings.requestTimeout).nanoseconds))
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        client = HTTPClient(eventLoopGroupProvider: .shared(group), configuration: configuration)
        counters = Mutex(HTTPStatistics())
    }

    /// Runs something that asks much on the thread of the connections: where every request is handed to another thread
    /// and its answer back, waking threads takes more time than asking.
    package func onConnectionThread<R: Sendable>(
        _ body: @Sendable () async throws -> R
    ) async rethrows -> R {
        try await withTaskExecutorPreference(EventLoopExecutor(group.next()), operation: body)
    }

    /// Closes the connections. Nothing may be asked afterwards.
    package func shutdown() async throws {
        try await client.shutdown()
        try await group.shutdownGracefully()
    }

    /// What was done so far.
    package var statistics: HTTPStatistics { counters.withLock { $0 } }

    /// Counts a try again.
    package func countRetry() { counters.withLock { $0.retries += 1 } }

    /// Asks, follows redirects, reads the answer to its end. An answer that is no success, and no 401, is thrown.
    /// Throws ``HTTPFailure``, or `CancellationError`.
    package func send(_ request: Request) async throws -> HTTPAnswer {
        var url = request.url
        var authorization = request.authorization
        var visited: Set<String> = []
        let end = ContinuousClock.now + settings.requestTimeout
        while true {
            let response = try await start(request, url: url, authorization: authorization, end: end)
            guard (300..<400).contains(response.status.code),
                let location = response.headers.first(name: "location")
            else { return try await finish(response, of: request, url: url, end: end) }
            try await drain(response, request, url: url, end: end)
            let next = try Self.target(of: location, from: url, method: request.method)
            guard next != request.url, visited.insert(next).inserted else {
                throw failure(request, url, .badRedirect("it leads in a circle"))
            }
            guard visited.count <= Self.redirectLimit else {
                throw failure(request, url, .badRedirect("more than \(Self.redirectLimit) in a row"))
            }
            // Once it has led elsewhere, credentials stay away, even if it leads back.
            if Self.origin(of: next) != Self.origin(of: request.url) { authorization = nil }
            url = next
        }
    }

    private func start(
        _ request: Request, url: String, authorization: String?, end: ContinuousClock.Instant
    ) async throws -> HTTPClientResponse {
        var outgoing = HTTPClientRequest(url: url)
        outgoing.method = request.method
        outgoing.headers = request.headers
        outgoing.headers.add(name: "user-agent", value: "layerscope")
        if let authorization { outgoing.headers.add(name: "authorization", value: authorization) }
        if let body = request.body { outgoing.body = .bytes(ByteBuffer(string: body)) }
        counters.withLock { $0.requests += 1 }
        do {
            let left = max(.zero, end - .now)
            return try await client.execute(outgoing, deadline: .now() + .nanoseconds(left.nanoseconds))
        } catch {
            try Task.checkCancellation()
            throw HTTPFailure.from(error, method: request.method.rawValue, url: url)
                ?? failure(request, url, .connectionLost)
        }
    }

    private func finish(
        _ response: HTTPClientResponse, of request: Request, url: String, end: ContinuousClock.Instant
    ) async throws -> HTTPAnswer {
        let status = Int(response.status.code)
        let isKept = (200..<300).contains(status)
        if !isKept, status != 401 {
            throw try await readFailure(response, method: request.method.rawValue, url: url, deadline: end)
        }
        // A HEAD's answer has a length, but no body.
        if request.method == .HEAD {
            try await drain(response, request, url: url, end: end)
            return HTTPAnswer(status: status, headers: response.headers, body: Data(), url: url)
        }
        let limit = isKept ? request.limit : HTTPFailure.diagnosticByteLimit
        let body = try await readBody(
            of: response, method: request.method.rawValue, url: url, limit: limit, deadline: end)
        counters.withLock { $0.bytes += body.count }
        return HTTPAnswer(status: status, headers: response.headers, body: body, url: url)
    }

    /// Reads what is left of an unwanted body, so that the connection can be used again; a long one is dropped.
    private func drain(
        _ response: HTTPClientResponse, _ request: Request, url: String, end: ContinuousClock.Instant
    ) async throws {
        var count = 0
        do {
            for try await part in response.body {
                count += part.readableBytes
                if count > HTTPFailure.diagnosticByteLimit || ContinuousClock.now > end { break }
            }
        } catch {
            try Task.checkCancellation()
            throw HTTPFailure.from(error, method: request.method.rawValue, url: url)
                ?? failure(request, url, .connectionLost)
        }
    }

    private func failure(_ request: Request, _ url: String, _ reason: HTTPFailure.Reason) -> HTTPFailure {
        HTTPFailure(method: request.method.rawValue, url: url, reason: reason)
    }
}

/// What was done over HTTP.
package struct HTTPStatistics: Sendable, Equatable {
    /// Requests sent, tries again and redirects included.
    package var requests = 0
    /// Bytes of bodies read.
    package var bytes = 0
    /// Tries after a temporary failure.
    package var retries = 0

    package init() {}
}

extension Duration {
    /// Whole nanoseconds, at most what 64 bits hold.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : product + attoseconds / 1_000_000_000
    }
}

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// An answer of an engine, read to its end.
struct EngineAnswer: Sendable {
    var headers: HTTPHeaders
    var body: Data
}

/// Asks one engine, with limits of time and size, over a socket, TCP or ssh.
///
/// Owns connections and, for ssh, a bridge: ``shutDown()`` must be called at the end.
final class EngineClient: Sendable {
    let endpoint: EngineEndpoint
    let limits: EngineLimits
    private let http: HTTPClient
    private let bridge: SSHBridge?
    private let base: String
    private let host: String

    init(_ endpoint: EngineEndpoint, limits: EngineLimits = EngineLimits()) throws(EngineError) {
        self.endpoint = endpoint
        self.limits = limits
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = limits.connect.amount
        configuration.timeout.read = limits.idle.amount
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = limits.concurrency
        configuration.httpVersion = .http1Only
        // A socket's path as Host is refused by current engines (docker/cli, client.DummyHost).
        let dummyHost = "api.moby.localhost"
        switch endpoint.transport {
        case .socket(let path):
            (base, host, bridge) = (Self.socketBase(path), dummyHost, nil)
        case .tcp(let name, let port, let basePath, let tls):
            if let tls { configuration.tlsConfiguration = try tls.configuration(for: endpoint.location) }
            host = "\(bracketed(name)):\(port)"
            (base, bridge) = ("\(tls == nil ? "http" : "https")://\(host)\(basePath)", nil)
        case .ssh(let target):
            // One ssh process for each connection.
            configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = min(limits.concurrency, 4)
            configuration.timeout.connect = .seconds(45)
            let bridge = try SSHBridge(target)
            (base, host, self.bridge) = (Self.socketBase(bridge.socketPath), dummyHost, bridge)
        }
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    private static func socketBase(_ path: String) -> String {
        let allowed = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
        return "http+unix://" + (path.addingPercentEncoding(withAllowedCharacters: allowed) ?? path)
    }

    /// Closes all connections.
    func shutDown() async {
        // Fails only when it was shut down before.
        try? await http.shutdown()
        bridge?.stop()
    }

    /// The last line that a failed `ssh` wrote; empty when there is none.
    var sshWords: String {
        bridge.map { $0.lastWords.split(separator: "\n").last.map(String.init) ?? "" } ?? ""
    }

    /// Asks for a path. Throws ``EngineError`` for everything but success, or `CancellationError`.
    func get(
        _ path: String, _ query: [(String, String)] = [], limit: Int? = nil, within time: Duration? = nil
    ) async throws -> EngineAnswer {
        try await send(.GET, path, query, limit: limit, within: time)
    }

    /// Asks with any method. Throws ``EngineError`` for everything but success, or `CancellationError`.
    func send(
        _ method: HTTPMethod, _ path: String, _ query: [(String, String)] = [], limit: Int? = nil,
        within time: Duration? = nil
    ) async throws -> EngineAnswer {
        try Task.checkCancellation()
        let target = path + Self.encoded(query)
        var request = HTTPClientRequest(url: base + target)
        request.method = method
        request.headers.add(name: "Host", value: host)
        request.headers.add(name: "User-Agent", value: "layerscope")
        request.headers.add(name: "Accept", value: "application/json")
        let time = time ?? limits.answer
        let deadline = ContinuousClock.now + time
        let limit = limit ?? limits.documentBytes
        // What the failure shows is the engine's address, not the URL: a socket's is unreadable.
        let shown = endpoint.location + target
        do {
            let response = try await http.execute(request, deadline: .now() + time.amount)
            guard response.status == .ok else {
                throw try await readFailure(response, method: method.rawValue, url: shown)
            }
            let body = try await readBody(
                of: response, method: method.rawValue, url: shown, limit: limit, deadline: deadline)
            return EngineAnswer(headers: response.headers, body: body)
        } catch {
            try Task.checkCancellation()
            if !(error is EngineError) { await bridge?.awaitEnd() }
            throw explain(error, method: method, path: path)
        }
    }

    private static func encoded(_ query: [(String, String)]) -> String {
        let allowed = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-._~"))
        let parts = query.map { name, value in
            "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: allowed) ?? value)"
        }
        return parts.isEmpty ? "" : "?" + parts.joined(separator: "&")
    }
}

extension Duration {
    /// The same for SwiftNIO.
    var amount: TimeAmount {
        .nanoseconds(components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000)
    }
}

package import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// A real HTTP server in this process that answers as a script tells it, with every fault that real servers don't show
/// on demand. Listens on 127.0.0.1 on a port of the system's choice, or on a Unix socket.
package final class ScriptedHTTPServer: Sendable {
    /// Answers a request.
    package typealias Script = @Sendable (ScriptedRequest) async -> ScriptedReply

    private struct State {
        var requests: [ScriptedRequest] = []
        var counts: [String: Int] = [:]
        var open = 0
        var mostOpen = 0
    }

    private let state = Mutex(State())
    private let channel: any Channel
    private let children: OpenConnections
    /// The port on 127.0.0.1; 0 on a Unix socket.
    package let port: Int
    private let isSecure: Bool

    private init(channel: any Channel, children: OpenConnections, isSecure: Bool) {
        self.channel = channel
        self.children = children
        self.isSecure = isSecure
        port = channel.localAddress?.port ?? 0
    }

    /// Starts a server, runs the body, and stops the server whatever happens.
    package static func run<R>(
        unixSocket: String? = nil, tls: ServerCertificate? = nil, script: @escaping Script,
        _ body: (ScriptedHTTPServer) async throws -> R
    ) async throws -> R {
        let server = try await start(unixSocket: unixSocket, tls: tls, script: script)
        do {
            let result = try await body(server)
            await server.stop()
            return result
        } catch {
            await server.stop()
            throw error
        }
    }

    /// Starts a server. It must be stopped.
    package static func start(
        unixSocket: String? = nil, tls: ServerCertificate? = nil, script: @escaping Script
    ) async throws -> ScriptedHTTPServer {
        let children = OpenConnections()
        let box = ServerBox()
        let context = try tls.map { try $0.context() }
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    }
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                    try channel.pipeline.syncOperations.addHandler(
                        ScriptedConnection(script: script, server: box, connections: children))
                }
            }
        let channel =
            if let unixSocket {
                try await bootstrap.bind(unixDomainSocketPath: unixSocket, cleanupExistingSocketFile: true).get()
            } else {
                try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
            }
        let server = ScriptedHTTPServer(channel: channel, children: children, isSecure: tls != nil)
        box.set(server)
        return server
    }

    /// Closes every connection and the listening socket.
    package func stop() async {
        try? await channel.close().get()
        await children.closeAll()
    }

    /// The base address, without a slash at the end.
    package var url: String { "\(isSecure ? "https" : "http")://127.0.0.1:\(port)" }
    /// Host and port.
    package var host: String { "127.0.0.1:\(port)" }
    /// Every request, in the order they came.
    package var requests: [ScriptedRequest] { state.withLock { $0.requests } }
    /// `METHOD /path?query` of every request.
    package var lines: [String] { requests.map { "\($0.method) \($0.target)" } }
    /// The most requests that were under way at once.
    package var mostAtOnce: Int { state.withLock { $0.mostOpen } }

    func take(_ request: ScriptedRequest) -> ScriptedRequest {
        state.withLock { state in
            var request = request
            let key = "\(request.method) \(request.target)"
            request.earlier = state.counts[key, default: 0]
            state.counts[key, default: 0] += 1
            state.requests.append(request)
            state.open += 1
            state.mostOpen = max(state.mostOpen, state.open)
            return request
        }
    }

    func finished() { state.withLock { $0.open -= 1 } }
}

/// A certificate and key for a server.
package struct ServerCertificate: Sendable {
    /// PEM files.
    package var certificate: URL
    package var key: URL

    package init(certificate: URL, key: URL) {
        self.certificate = certificate
        self.key = key
    }

    func context() throws -> NIOSSLContext {
        try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: NIOSSLCertificate.fromPEMFile(certificate.path).map { .certificate($0) },
                privateKey: .privateKey(NIOSSLPrivateKey(file: key.path, format: .pem))))
    }
}

/// Hands the server to connections that may come before it is there.
final class ServerBox: Sendable {
    private let server = Mutex<ScriptedHTTPServer?>(nil)

    func set(_ value: ScriptedHTTPServer) { server.withLock { $0 = value } }
    func get() -> ScriptedHTTPServer? { server.withLock { $0 } }
}

/// The connections that are open, to close them at the end.
final class OpenConnections: Sendable {
    private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

    func add(_ channel: any Channel) { channels.withLock { $0[ObjectIdentifier(channel)] = channel } }
    func remove(_ channel: any Channel) { channels.withLock { $0[ObjectIdentifier(channel)] = nil } }

    func closeAll() async {
        for channel in channels.withLock({ Array($0.values) }) { try? await channel.close().get() }
    }
}

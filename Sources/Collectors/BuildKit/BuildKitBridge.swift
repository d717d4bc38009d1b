import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A private socket whose every connection leads to one builder, whatever the way: a socket, TCP, TLS or ssh, and an
/// engine's `POST /grpc`, which becomes HTTP/2 only after an upgrade. The gRPC library speaks plain HTTP/2 to it.
final class BuildKitBridge: Sendable {
    let builder: BuilderEndpoint
    let limits: BuildKitLimits
    private let tls: NIOSSLContext?
    private let dialPath: String?
    private let failure = Mutex<EngineError?>(nil)

    private init(_ builder: BuilderEndpoint, limits: BuildKitLimits, dialPath: String?) throws {
        self.builder = builder
        self.limits = limits
        self.dialPath = dialPath
        if case .tcp(_, _, _, let tls?) = builder.endpoint.transport {
            var configuration = try tls.configuration(for: builder.location)
            configuration.applicationProtocols = builder.way == .direct ? ["h2"] : ["http/1.1"]
            do {
                self.tls = try NIOSSLContext(configuration: configuration)
            } catch {
                throw EngineError(.configuration, builder.location, "its TLS files cannot be used together: \(error)")
            }
        } else {
            tls = nil
        }
    }

    /// Why the last connection did not reach the builder; nil when all did.
    var lastFailure: EngineError? { failure.withLock { $0 } }

    func note(_ error: EngineError) { failure.withLock { $0 = error } }

    /// Opens a bridge in a folder that only this user can enter, and closes it, with all its connections, after the
    /// body. Throws ``EngineError``, and what the body throws.
    static func with<R: Sendable>(
        _ builder: BuilderEndpoint, limits: BuildKitLimits,
        _ body: @escaping @Sendable (_ bridge: BuildKitBridge, _ socketPath: String) async throws -> R
    ) async throws -> R {
        let folder = try privateFolder(builder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var ssh: SSHBridge?
        if case .ssh(let target) = builder.endpoint.transport { ssh = try SSHBridge(target) }
        defer { ssh?.stop() }
        let bridge = try BuildKitBridge(builder, limits: limits, dialPath: ssh?.socketPath)
        let path = folder + "/b.sock"
        let listener: NIOAsyncChannel<NIOAsyncChannel<ByteBuffer, ByteBuffer>, Never>
        do {
            listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .bind(unixDomainSocketPath: path) { channel in
                    channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel(wrappingChannelSynchronously: channel) }
                }
        } catch {
            throw EngineError(
                .program, builder.location, "no socket can be opened in \(folder): \(error)",
                hint: "set TMPDIR to a short path")
        }
        return try await withThrowingTaskGroup(of: R?.self) { group in
            group.addTask {
                try await listener.executeThenClose { connections in
                    await withDiscardingTaskGroup { carriers in
                        do {
                            for try await connection in connections {
                                carriers.addTask { await bridge.carry(connection) }
                            }
                        } catch {
                            bridge.note(EngineError(.cut, builder.location, "the local socket failed: \(error)"))
                        }
                    }
                }
                return nil
            }
            group.addTask { try await body(bridge, path) }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw CancellationError()
        }
    }

    private static func privateFolder(_ builder: BuilderEndpoint) throws(EngineError) -> String {
        var template = Array((FileManager.default.temporaryDirectory.path + "/layerscope-grpc-XXXXXX").utf8CString)
        guard let name = mkdtemp(&template) else {
            throw EngineError(.program, builder.location, "no private folder can be made for the connection")
        }
        return String(cString: name)
    }

    /// Connects to where the builder or its engine listens.
    func dial() async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        let bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connectTimeout(limits.connect.amount)
        let wrap: @Sendable (any Channel) -> EventLoopFuture<NIOAsyncChannel<ByteBuffer, ByteBuffer>> = { channel in
            channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel(wrappingChannelSynchronously: channel) }
        }
        switch builder.endpoint.transport {
        case .socket(let path): return try await bootstrap.connect(unixDomainSocketPath: path, channelInitializer: wrap)
        case .ssh:
            return try await bootstrap.connect(unixDomainSocketPath: dialPath ?? "", channelInitializer: wrap)
        case .tcp(let host, let port, _, _):
            return try await bootstrap.connect(host: host, port: port) { [tls] channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        // An address has no name to send; it is checked against the certificate as it is.
                        let isAddress = (try? SocketAddress(ipAddress: host, port: port)) != nil
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: tls, serverHostname: isAddress ? nil : host))
                    }
                    return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
                }
            }
        }
    }
}

package import BuildKitAPI
import BuildKitService
package import Collectors
import Foundation
package import GRPCCore
import GRPCNIOTransportHTTP2Posix

/// A builder on a socket of its own that answers as it is told to. What it is not told, it does not have.
package struct ScriptedBuilder: BuildKitControl.SimpleServiceProtocol {
    /// Of a stream's messages.
    package typealias Writer<Message: Sendable> = RPCWriter<Message>

    /// Of `DiskUsage`.
    private let cache: @Sendable () async throws -> [BuildKitUsageRecord]
    /// Of `ListenBuildHistory`.
    private let history: @Sendable (BuildKitBuildHistoryRequest, Writer<BuildKitBuildHistoryEvent>) async throws -> Void
    /// Of `Status`, by the build's reference.
    private let progress: @Sendable (String, Writer<BuildKitStatusResponse>) async throws -> Void
    /// Of `Info`.
    private let version: String?

    /// What a builder says to a call that it does not know.
    package static let unimplemented = RPCError(code: .unimplemented, message: "unknown method")

    /// What a builder that is not told anything answers.
    package init(
        cache: @escaping @Sendable () async throws -> [BuildKitUsageRecord] = { throw Self.unimplemented },
        history:
            @escaping @Sendable (
                BuildKitBuildHistoryRequest, Writer<BuildKitBuildHistoryEvent>
            ) async throws -> Void = { _, _ in throw Self.unimplemented },
        progress: @escaping @Sendable (String, Writer<BuildKitStatusResponse>) async throws -> Void = { _, _ in
            throw Self.unimplemented
        },
        version: String? = nil
    ) {
        self.cache = cache
        self.history = history
        self.progress = progress
        self.version = version
    }

    /// Serves while the body runs.
    package static func run<R: Sendable>(
        _ builder: ScriptedBuilder, _ body: @escaping @Sendable (BuilderEndpoint) async throws -> R
    ) async throws -> R {
        let folder = try ShortFolder("builder")
        let path = folder.path + "/b.sock"
        return try await withGRPCServer(
            transport: HTTP2ServerTransport.Posix(
                address: .unixDomainSocket(path: path), transportSecurity: .plaintext),
            services: [builder]
        ) { server in
            _ = try await server.listeningAddress
            return try await body(BuilderEndpoint(EngineEndpoint(.socket(path: path)), way: .direct))
        }
    }

    /// As ``run(_:_:)``, over TLS on a port of the loopback interface.
    package static func run<R: Sendable>(
        _ builder: ScriptedBuilder, tls: ServerCertificate, _ body: @escaping @Sendable (_ port: Int) async throws -> R
    ) async throws -> R {
        try await withGRPCServer(
            transport: HTTP2ServerTransport.Posix(
                address: .ipv4(host: "127.0.0.1", port: 0),
                transportSecurity: .tls(
                    certificateChain: [.file(path: tls.certificate.path, format: .pem)],
                    privateKey: .file(path: tls.key.path, format: .pem))),
            services: [builder]
        ) { server in
            guard let port = try await server.listeningAddress?.ipv4?.port else { throw Self.unimplemented }
            return try await body(port)
        }
    }

    /// Waits until the call is cancelled.
    package static func hang() async throws {
        let (never, end) = AsyncStream<Void>.makeStream()
        await withRPCCancellationHandler {
            for await _ in never {}
        } onCancelRPC: {
            end.finish()
        }
        throw CancellationError()
    }

    /// Answers as the script says.
    package func diskUsage(
        request: BuildKitDiskUsageRequest, context: ServerContext
    ) async throws -> BuildKitDiskUsageResponse {
        var response = BuildKitDiskUsageResponse()
        response.record = try await cache()
        return response
    }

    /// Answers as the script says.
    package func status(
        request: BuildKitStatusRequest, response: RPCWriter<BuildKitStatusResponse>, context: ServerContext
    ) async throws {
        try await progress(request.ref, response)
    }

    /// Answers as the script says.
    package func listWorkers(
        request: BuildKitListWorkersRequest, context: ServerContext
    ) async throws -> BuildKitListWorkersResponse { throw Self.unimplemented }

    /// Answers as the script says.
    package func info(request: BuildKitInfoRequest, context: ServerContext) async throws -> BuildKitInfoResponse {
        guard let version else { throw Self.unimplemented }
        var response = BuildKitInfoResponse()
        response.buildkitVersion.version = version
        return response
    }

    /// Answers as the script says.
    package func listenBuildHistory(
        request: BuildKitBuildHistoryRequest, response: RPCWriter<BuildKitBuildHistoryEvent>, context: ServerContext
    ) async throws {
        try await history(request, response)
    }
}

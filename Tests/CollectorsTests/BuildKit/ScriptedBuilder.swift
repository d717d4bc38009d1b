import BuildKitAPI
import BuildKitService
import Collectors
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import TestSupport

/// A builder on a socket of its own that answers as it is told to. What it is not told, it does not have.
struct ScriptedBuilder: BuildKitControl.SimpleServiceProtocol {
    typealias Writer<Message: Sendable> = RPCWriter<Message>

    var cache: @Sendable () async throws -> [BuildKitUsageRecord] = { throw Self.unimplemented }
    var history: @Sendable (BuildKitBuildHistoryRequest, Writer<BuildKitBuildHistoryEvent>) async throws -> Void = {
        _, _ in throw Self.unimplemented
    }
    var progress: @Sendable (String, Writer<BuildKitStatusResponse>) async throws -> Void = { _, _ in
        throw Self.unimplemented
    }
    var version: String?

    static let unimplemented = RPCError(code: .unimplemented, message: "unknown method")

    /// Serves while the body runs.
    static func run<R: Sendable>(
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

    /// Waits until the call is cancelled.
    static func hang() async throws {
        let (never, end) = AsyncStream<Void>.makeStream()
        await withRPCCancellationHandler {
            for await _ in never {}
        } onCancelRPC: {
            end.finish()
        }
        throw CancellationError()
    }

    func diskUsage(
        request: BuildKitDiskUsageRequest, context: ServerContext
    ) async throws -> BuildKitDiskUsageResponse {
        var response = BuildKitDiskUsageResponse()
        response.record = try await cache()
        return response
    }

    func status(
        request: BuildKitStatusRequest, response: RPCWriter<BuildKitStatusResponse>, context: ServerContext
    ) async throws {
        try await progress(request.ref, response)
    }

    func listWorkers(
        request: BuildKitListWorkersRequest, context: ServerContext
    ) async throws -> BuildKitListWorkersResponse { throw Self.unimplemented }

    func info(request: BuildKitInfoRequest, context: ServerContext) async throws -> BuildKitInfoResponse {
        guard let version else { throw Self.unimplemented }
        var response = BuildKitInfoResponse()
        response.buildkitVersion.version = version
        return response
    }

    func listenBuildHistory(
        request: BuildKitBuildHistoryRequest, response: RPCWriter<BuildKitBuildHistoryEvent>, context: ServerContext
    ) async throws {
        try await history(request, response)
    }
}

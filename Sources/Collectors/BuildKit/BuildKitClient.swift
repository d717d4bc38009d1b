import BuildKitAPI
import BuildKitService
import GRPCCore
import GRPCNIOTransportHTTP2Posix

/// Asks one builder, with limits of time and size.
struct BuildKitClient: Sendable {
    private typealias Transport = HTTP2ClientTransport.Posix

    let bridge: BuildKitBridge
    private let control: BuildKitControl.Client<Transport>

    var builder: BuilderEndpoint { bridge.builder }
    var limits: BuildKitLimits { bridge.limits }

    private init(bridge: BuildKitBridge, control: BuildKitControl.Client<Transport>) {
        self.bridge = bridge
        self.control = control
    }

    /// Opens a client, and closes it with all it has under way after the body. Throws ``EngineError`` when no
    /// connection can be prepared, and what the body throws. Whether the builder answers shows with the first call.
    static func with<R: Sendable>(
        _ builder: BuilderEndpoint, limits: BuildKitLimits = BuildKitLimits(),
        _ body: @escaping @Sendable (BuildKitClient) async throws -> R
    ) async throws -> R {
        try await BuildKitBridge.with(builder, limits: limits) { bridge, path in
            let transport = try Transport(
                target: .unixDomainSocket(path: path), transportSecurity: .plaintext,
                config: .defaults {
                    // A socket's path as authority is refused by HTTP/2 servers of Go.
                    $0.http2.authority = "localhost"
                    // Servers of Go end connections that ping more often than every five minutes.
                    $0.connection.keepalive = .init(
                        time: .seconds(330), timeout: .seconds(30), allowWithoutCalls: false)
                })
            return try await withGRPCClient(transport: transport) { client in
                try await body(BuildKitClient(bridge: bridge, control: BuildKitControl.Client(wrapping: client)))
            }
        }
    }

    /// The records of the cache. Throws ``EngineError`` or `CancellationError`.
    func diskUsage() async throws -> [BuildKitUsageRecord] {
        try await explained("DiskUsage") {
            try await control.diskUsage(
                BuildKitDiskUsageRequest(), options: options(limits.diskUsage, bytes: limits.listBytes)
            ).record
        }
    }

    /// The version of BuildKit; nil when the builder is too old to say. Throws ``EngineError`` or `CancellationError`.
    func version() async throws -> String? {
        do {
            let info = try await explained("Info") {
                try await control.info(BuildKitInfoRequest(), options: options(limits.answer))
            }
            return info.buildkitVersion.version.isEmpty ? nil : info.buildkitVersion.version
        } catch let error as EngineError where error.reason == .version {
            return nil
        }
    }

    /// What is known of builds now: one event for each. Throws ``EngineError`` (reason ``EngineError/Reason/version``
    /// when the builder keeps no history) or `CancellationError`.
    func history() async throws -> [BuildKitBuildHistoryEvent] {
        var request = BuildKitBuildHistoryRequest()
        request.earlyExit = true
        let limit = limits.builds
        return try await explained("ListenBuildHistory") {
            try await control.listenBuildHistory(request, options: options(limits.answer)) { response in
                var events: [BuildKitBuildHistoryEvent] = []
                for try await event in response.messages {
                    guard events.count < limit else {
                        throw EngineError(
                            .tooLarge, builder.location, "its history has more than \(limit) builds",
                            hint: "let buildkitd keep fewer")
                    }
                    events.append(event)
                }
                return events
            }
        }
    }

    /// What is known of builds, then what becomes of them, until the builder ends it. Throws as ``history()`` does, and
    /// what the body throws.
    func listen(_ body: @escaping @Sendable (BuildKitBuildHistoryEvent) async throws -> Void) async throws {
        try await explained("ListenBuildHistory") {
            try await control.listenBuildHistory(BuildKitBuildHistoryRequest(), options: options(nil)) { response in
                for try await event in response.messages { try await body(event) }
            }
        }
    }

    /// The progress of one build, from its beginning to its end. Throws ``EngineError`` (status 404 when the builder
    /// does not know it), `CancellationError`, and what the body throws.
    func status(
        of reference: String, _ body: @escaping @Sendable (BuildKitStatusResponse) async throws -> Void
    ) async throws {
        var request = BuildKitStatusRequest()
        request.ref = reference
        try await explained("Status") {
            try await control.status(request, options: options(limits.answer)) { response in
                for try await status in response.messages { try await body(status) }
            }
        }
    }

    private func options(_ time: Duration?, bytes: Int? = nil) -> CallOptions {
        var options = CallOptions.defaults
        options.timeout = time
        options.maxResponseMessageBytes = bytes ?? limits.messageBytes
        // The transport takes the limit of requests for answers, too; ours are a few bytes.
        options.maxRequestMessageBytes = options.maxResponseMessageBytes
        return options
    }

    private func explained<R>(_ call: String, _ body: () async throws -> R) async throws -> R {
        do {
            return try await body()
        } catch {
            // A call that was cancelled fails with gRPC's own error.
            try Task.checkCancellation()
            throw explain(error, call: call)
        }
    }
}

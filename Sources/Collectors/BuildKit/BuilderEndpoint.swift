import Foundation

/// Where a builder is that speaks BuildKit's API.
package struct BuilderEndpoint: Hashable, Sendable {
    /// How the API is reached there.
    package enum Way: Hashable, Sendable {
        /// `buildkitd` itself listens.
        case direct
        /// A Docker engine passes the connection on to its own builder (`POST /grpc`; moby, api/server/router/grpc).
        case engine
    }

    package var endpoint: EngineEndpoint
    package var way: Way

    package init(_ endpoint: EngineEndpoint, way: Way) {
        self.endpoint = endpoint
        self.way = way
    }

    /// The address, without any secret.
    package var location: String { endpoint.location }

    /// The builder that the user means: `builder`, an address of `buildkitd`; else the engine that `host` or `context`
    /// name; else what `BUILDKIT_HOST` says, as `buildctl` takes it; else the engine that `docker` would use. Throws
    /// ``EngineError``.
    package static func resolve(
        builder: String? = nil, host: String? = nil, context: String? = nil, certificatePath: String? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(EngineError) -> BuilderEndpoint {
        if let builder { return try parse(builder, certificatePath: certificatePath) }
        if host == nil, context == nil, let builder = environment["BUILDKIT_HOST"], !builder.isEmpty {
            return try parse(builder, certificatePath: certificatePath, origin: .environment("BUILDKIT_HOST"))
        }
        let endpoint = try EngineEndpoint.resolve(
            host: host, context: context, certificatePath: certificatePath, environment: environment)
        return BuilderEndpoint(endpoint, way: .engine)
    }

    private static func parse(
        _ address: String, certificatePath: String?, origin: EngineEndpoint.Origin = .explicit
    ) throws(EngineError) -> BuilderEndpoint {
        let subject = "builder address"
        let usage = "write unix:///path or tcp://host:port; a builder inside Docker is reached with --host"
        guard ["unix://", "tcp://", "/"].contains(where: { address.hasPrefix($0) }) else {
            throw EngineError(.configuration, subject, "is no address of buildkitd", hint: usage)
        }
        if address.hasPrefix("tcp://") {
            // An engine's usual port is not a builder's, and a builder has none.
            let authority = address.dropFirst("tcp://".count).prefix { $0 != "/" }
            guard try EngineEndpoint.split(String(authority)).port != nil else {
                throw EngineError(.configuration, subject, "has no port", hint: usage)
            }
        }
        let tls = certificatePath.map { EngineTLS(folder: $0) }
        let endpoint = try EngineEndpoint.parse(address, tls: tls, origin: origin)
        return BuilderEndpoint(endpoint, way: .direct)
    }
}

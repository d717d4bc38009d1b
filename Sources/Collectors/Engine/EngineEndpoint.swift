/// Where an engine is, and how it is reached.
package struct EngineEndpoint: Hashable, Sendable {
    /// The way to the engine.
    package enum Transport: Hashable, Sendable {
        /// A Unix socket.
        case socket(path: String)
        /// TCP, with TLS when there is any. `basePath` is empty or begins with a slash and goes before every path.
        case tcp(host: String, port: Int, basePath: String, tls: EngineTLS?)
        /// A program on another machine that passes the engine's socket through its input and output.
        case ssh(SSHTarget)
    }

    /// What told us of the endpoint.
    package enum Origin: Hashable, Sendable {
        /// The user named it.
        case explicit
        /// `DOCKER_HOST` or `CONTAINER_HOST`.
        case environment(String)
        /// A Docker context.
        case context(String)
        /// A usual place.
        case usualPlace
        /// Started by us, to be stopped again.
        case ownService
    }

    package var transport: Transport
    package var origin: Origin
    /// The name that the source has when the user gives none: `docker`, `podman`, or made from the address.
    package var defaultName: String

    package init(_ transport: Transport, origin: Origin = .explicit, defaultName: String? = nil) {
        self.transport = transport
        self.origin = origin
        self.defaultName = defaultName ?? Self.name(for: transport)
    }

    /// The address as Docker writes it, without any secret.
    package var location: String {
        switch transport {
        case .socket(let path): "unix://\(path)"
        case .tcp(let host, let port, let basePath, let tls):
            "\(tls == nil ? "tcp" : "https")://\(bracketed(host)):\(port)\(basePath)"
        case .ssh(let target): target.location
        }
    }

    /// Whether nothing but this machine takes part.
    package var isLocal: Bool {
        if case .socket = transport { true } else { false }
    }

    private static func name(for transport: Transport) -> String {
        switch transport {
        case .socket(let path): path.hasSuffix("/podman.sock") ? "podman:\(path)" : "docker:\(path)"
        case .tcp(let host, let port, let basePath, _): "docker:\(bracketed(host)):\(port)\(basePath)"
        case .ssh(let target): "\(target.program.rawValue):\(target.host)"
        }
    }
}

/// An IPv6 address in brackets, anything else as it is.
func bracketed(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }

import Foundation
import ImageModel

extension EngineEndpoint {
    /// Parses an engine's address: `unix:///path`, `tcp://host[:port][/base]`, `http(s)://…`,
    /// `ssh://[user@]host[:port][/socket]`, or the path of a socket. Throws ``EngineError``.
    ///
    /// - Parameter tls: what to use for `tcp://` and `https://`; `tcp://` becomes TLS when there is any.
    /// - Parameter sshProgram: what passes the socket through on the other machine.
    package static func parse(
        _ address: String, tls: EngineTLS? = nil, origin: Origin = .explicit, defaultName: String? = nil,
        sshProgram: SSHTarget.Program = .docker
    ) throws(EngineError) -> EngineEndpoint {
        let subject = "engine address"
        if address.hasPrefix("/") {
            return EngineEndpoint(.socket(path: address), origin: origin, defaultName: defaultName)
        }
        guard let separator = address.range(of: "://") else {
            throw EngineError(
                .configuration, subject, "has no scheme", hint: "write unix:///path, tcp://host:port or ssh://user@host"
            )
        }
        let scheme = address[..<separator.lowerBound].lowercased()
        let rest = String(address[separator.upperBound...])
        switch scheme {
        case "unix":
            guard rest.hasPrefix("/") else {
                throw EngineError(.configuration, subject, "\(quoted(address)) needs an absolute path")
            }
            return EngineEndpoint(.socket(path: rest), origin: origin, defaultName: defaultName)
        case "tcp", "http", "https":
            let transport = try tcp(scheme: scheme, rest, tls: tls)
            return EngineEndpoint(transport, origin: origin, defaultName: defaultName)
        case "ssh":
            let target = try SSHTarget.parse(rest, program: sshProgram)
            return EngineEndpoint(.ssh(target), origin: origin, defaultName: defaultName)
        default:
            throw EngineError(
                .configuration, subject, "scheme \(quoted(scheme)) cannot be used here",
                hint: "write unix:///path, tcp://host:port, https://host:port or ssh://user@host")
        }
    }

    private static func tcp(scheme: String, _ rest: String, tls: EngineTLS?) throws(EngineError) -> Transport {
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        var path = rest[authority.endIndex...]
        guard !path.contains("?"), !path.contains("#") else {
            throw EngineError(.configuration, "engine address", "has a query or fragment", hint: "leave it out")
        }
        // The address itself is not repeated: it may hold a password.
        guard !authority.contains("@") else {
            throw EngineError(
                .configuration, "engine address", "has a user or password, which engines do not take",
                hint: "use TLS client certificates, or ssh://")
        }
        while path.hasSuffix("/") { path = path.dropLast() }
        let usesTLS = scheme == "https" || (scheme == "tcp" && tls != nil)
        let (host, port) = try split(String(authority))
        guard !host.isEmpty else {
            throw EngineError(.configuration, "engine address", "has no host", hint: "write tcp://host:port")
        }
        let usual = scheme == "tcp" ? (usesTLS ? 2376 : 2375) : (usesTLS ? 443 : 80)
        return .tcp(
            host: host, port: port ?? usual, basePath: String(path), tls: usesTLS ? tls ?? EngineTLS() : nil)
    }

    /// Host and port of an authority; the host of `[::1]:2375` is `::1`.
    static func split(_ authority: String) throws(EngineError) -> (host: String, port: Int?) {
        var host = authority
        var port: Int?
        if let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") {
            guard let number = Int(authority[authority.index(after: colon)...]), (1...65535).contains(number) else {
                throw EngineError(.configuration, "engine address", "\(quoted(authority)) has an invalid port")
            }
            host = String(authority[..<colon])
            port = number
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        guard host.utf8.allSatisfy({ $0 > 32 && $0 != 127 }), !host.contains("[") else {
            throw EngineError(.configuration, "engine address", "\(quoted(authority)) has an invalid host")
        }
        return (host, port)
    }
}

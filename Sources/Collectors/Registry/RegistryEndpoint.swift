import ImageModel

/// Where a registry is: its address, and the key that Docker's configuration knows it by.
package struct RegistryEndpoint: Sendable, Equatable {
    /// `scheme://host[:port]`, without a path.
    package let origin: String
    /// Host and port as the user knows them: `docker.io`, not `registry-1.docker.io`.
    package let host: String
    /// The key in Docker's config.json.
    package let configurationKey: String
    package let isDockerHub: Bool
    package let isSecure: Bool

    private static let hubHosts: Set<String> = [
        "docker.io", "index.docker.io", "registry-1.docker.io", "hub.docker.com",
    ]

    /// Reads `host[:port]` or `http[s]://host[:port][/]`. Without a scheme it is HTTPS, except for the loopback
    /// without a CA file, and when plain HTTP is asked for. Throws ``RegistryError``.
    package init(_ options: RegistryOptions) throws(RegistryError) {
        var text = Substring(options.registry)
        var scheme: String?
        for known in ["https", "http"] where text.hasPrefix(known + "://") {
            scheme = known
            text = text.dropFirst(known.count + 3)
        }
        while text.last == "/" { text = text.dropLast() }
        if text.hasSuffix("/v2") { text = text.dropLast(3) }
        guard !text.isEmpty, !text.contains("@"), ImageReference.isWellFormedHost(text) else {
            throw RegistryError(
                .address,
                "\(quoted(redactedURL(options.registry))) is no registry; expected host[:port] or an http(s) URL without a path"
            )
        }
        let name = text.lowercased()
        isDockerHub = Self.hubHosts.contains(name)
        host = isDockerHub ? "docker.io" : name
        if isDockerHub {
            isSecure = true
            origin = "https://registry-1.docker.io"
            configurationKey = "https://index.docker.io/v1/"
            return
        }
        let isPlain = options.usesPlainHTTP || (Self.isLoopback(name) && options.caFile == nil && !options.isInsecure)
        if scheme == "http", !options.usesPlainHTTP, !Self.isLoopback(name) {
            throw RegistryError(
                .address, "\(name) is to be asked without TLS; allow plain HTTP for it if that is meant")
        }
        isSecure = scheme.map { $0 == "https" } ?? !isPlain
        origin = (isSecure ? "https://" : "http://") + name
        configurationKey = name
    }

    /// Whether a host (with or without port) is this machine itself.
    static func isLoopback(_ host: some StringProtocol) -> Bool {
        if host.hasPrefix("[") { return host.hasPrefix("[::1]") }
        let name = host.prefix { $0 != ":" }
        if name == "localhost" || name.hasSuffix(".localhost") { return true }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}

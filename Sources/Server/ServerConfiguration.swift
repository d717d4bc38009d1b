/// Where the server listens, and who may ask it.
package struct ServerConfiguration: Sendable {
    /// An address; loopback by default.
    package var host: String
    /// A port; 0 takes a free one.
    package var port: Int
    /// What callers have to present; nil only on loopback.
    package var token: AccessToken?

    /// Throws ``ServerError/tokenNeeded(host:)`` when the server would be open to others without a token.
    package init(host: String = "127.0.0.1", port: Int = 8080, token: AccessToken? = nil) throws(ServerError) {
        guard token != nil || Self.isLoopback(host) else { throw .tokenNeeded(host: host) }
        self.host = host
        self.port = port
        self.token = token
    }

    /// Whether an address or name means this machine alone.
    package static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || host == "[::1]" || isLoopbackAddress(host)
    }

    private static func isLoopbackAddress(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}

/// What the server cannot do.
package enum ServerError: Error, Sendable, Equatable, CustomStringConvertible {
    case tokenNeeded(host: String)
    case tokenTooShort

    package var description: String {
        switch self {
        case .tokenNeeded(let host):
            "\(host) is not loopback, so the server needs a token: set LAYERSCOPE_TOKEN or give --token-file"
        case .tokenTooShort:
            "the token has fewer than 16 characters: make one with `openssl rand -hex 24`"
        }
    }
}

/// A secret that callers present. It is compared in constant time and never printed.
package struct AccessToken: Sendable, CustomStringConvertible {
    private let bytes: [UInt8]

    /// Throws ``ServerError/tokenTooShort`` for fewer than 16 characters.
    package init(_ text: String) throws(ServerError) {
        guard text.utf8.count >= 16 else { throw .tokenTooShort }
        bytes = Array(text.utf8)
    }

    package var description: String { "(token)" }

    /// Whether a caller's text is the token. The time it takes tells nothing of where they differ.
    package func matches(_ text: some StringProtocol) -> Bool {
        let given = Array(text.utf8)
        var difference = given.count ^ bytes.count
        for position in bytes.indices {
            difference |= Int(bytes[position] ^ (position < given.count ? given[position] : 0))
        }
        return difference == 0
    }
}

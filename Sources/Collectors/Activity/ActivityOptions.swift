import ImageModel

/// A registry product that tells push or pull times through an API of its own.
package enum ActivityService: String, Sendable, CaseIterable {
    case harbor
    case dockerHub = "docker-hub"
    case quay
    case gitlab
    case ecr
    case dtr
}

/// Where and as whom a registry's product is asked for push and pull times.
package struct ActivityOptions: Sendable {
    package var service: ActivityService
    /// The API's base address, without the API's own path; nil for the registry's own host (Docker Hub:
    /// `hub.docker.com`; ECR: the region's endpoint).
    package var url: String?
    /// Nil for the registry's own credentials.
    package var credentials: Credentials?
    /// ECR: who signs the requests.
    package var aws: AWSCredentials?
    /// False when the product was told to record no pulls (Harbor: `pull_time_update_disable`).
    package var recordsPulls = true

    package init(_ service: ActivityService) { self.service = service }

    /// The base address, checked: `http` or `https`, a host, no credentials, no query. Throws ``RegistryError``.
    func base(default origin: String, allowsPlainHTTP: Bool) throws(RegistryError) -> String {
        guard let url else { return origin }
        var rest = Substring(url)
        while rest.last == "/" { rest = rest.dropLast() }
        let text = rest
        let isSecure = rest.hasPrefix("https://")
        guard isSecure || rest.hasPrefix("http://") else { throw Self.noAddress(url) }
        rest = rest.dropFirst(isSecure ? 8 : 7)
        let host = rest.prefix { $0 != "/" }
        guard ImageReference.isWellFormedHost(host), !rest.contains(where: { "@?#".contains($0) }),
            rest.utf8.allSatisfy({ $0 > 32 && $0 < 127 })
        else { throw Self.noAddress(url) }
        guard isSecure || allowsPlainHTTP || RegistryEndpoint.isLoopback(host) else {
            throw RegistryError(
                .address, "\(host) is to be asked for activity without TLS; allow plain HTTP if that is meant")
        }
        return String(text)
    }

    private static func noAddress(_ url: String) -> RegistryError {
        RegistryError(
            .address,
            "\(quoted(redactedURL(url))) is no address of an API; expected http(s)://host[:port][/path] without credentials"
        )
    }
}

/// Who signs requests to AWS, and the region they are for. Never printed.
package struct AWSCredentials: Sendable, Equatable {
    package var accessKey: String
    package var secretKey: String
    /// For temporary credentials.
    package var sessionToken: String?
    /// Nil for the one in the registry's host.
    package var region: String?

    package init(accessKey: String, secretKey: String, sessionToken: String? = nil, region: String? = nil) {
        self.accessKey = accessKey
        self.secretKey = secretKey
        self.sessionToken = sessionToken
        self.region = region
    }

    /// From the variables that AWS's own tools read; nil when they name no key.
    package init?(environment: [String: String]) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        guard let accessKey = value("AWS_ACCESS_KEY_ID"), let secretKey = value("AWS_SECRET_ACCESS_KEY") else {
            return nil
        }
        self.init(
            accessKey: accessKey, secretKey: secretKey, sessionToken: value("AWS_SESSION_TOKEN"),
            region: value("AWS_REGION") ?? value("AWS_DEFAULT_REGION"))
    }
}

extension AWSCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "AWS credentials" }
    package var debugDescription: String { description }
    /// Without children: a dump must not show a secret either.
    package var customMirror: Mirror { Mirror(self, children: []) }
}

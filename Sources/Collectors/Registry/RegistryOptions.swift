/// How a registry is read.
package struct RegistryOptions: Sendable {
    /// The registry's host, with or without port, or its URL.
    package var registry: String
    /// The source's name; nil for the registry's host.
    package var name: String?
    /// Nil for what Docker's own configuration says.
    package var credentials: Credentials?
    /// Repositories by name; empty for the registry's own catalog.
    package var repositories: [String] = []
    /// Docker Hub: the namespaces whose repositories are read.
    package var namespaces: [String] = []
    /// Requests under way at once.
    package var concurrency = 16
    /// A PEM file with authorities to trust besides the system's.
    package var caFile: String?
    /// Take any certificate.
    package var isInsecure = false
    /// Speak HTTP without TLS to a host that is not this one's loopback.
    package var usesPlainHTTP = false
    /// The registry keeps blobs for each repository by itself.
    package var blobsPerRepository = false
    /// Whether the referrers of every manifest are asked for.
    package var readsReferrers = true
    /// The longest that one request may take, its body included.
    package var requestTimeout = Duration.seconds(60)
    /// The longest that a connection may stay silent.
    package var idleTimeout = Duration.seconds(30)
    /// How often a request is tried again after a temporary failure.
    package var retries = 4
    /// The longest wait that a server's `Retry-After` is obeyed; what asks for more ends the reading.
    package var longestWait = Duration.seconds(60)
    /// The time after which no new request is made; nil for none.
    package var timeBudget: Duration?
    /// How many manifests Docker Hub's limit must still allow: the rest is left for pulls.
    package var rateLimitReserve = 5
    /// Docker Hub's listing API.
    package var hubURL = "https://hub.docker.com"

    /// Where push and pull times are asked for; nil for nowhere.
    package var activity: ActivityOptions?

    package init(registry: String) { self.registry = registry }

    /// The most bytes of a list (a page of tags or of the catalog).
    static let listByteLimit = 32 << 20
    /// The deepest nesting of indexes and referrers that is followed.
    static let depthLimit = 16
    /// The tags that are resolved and read together.
    static let chunk = 256
}

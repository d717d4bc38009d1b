import ImageModel

extension RegistryClient {
    /// A client for a registry, with the credentials that the options give, or else Docker's configuration. Its
    /// transport is to be shut down at the end.
    ///
    /// - Parameter retry: how long to wait between tries; its number of tries and longest wait are those of `options`.
    /// - Throws: ``RegistryError`` when credentials or certificates are not usable.
    static func open(
        _ endpoint: RegistryEndpoint, options: RegistryOptions, configuration: DockerConfiguration, retry: RetryPolicy
    ) async throws -> (RegistryClient, Credentials) {
        let credentials: Credentials
        if let given = options.credentials {
            credentials = given
        } else {
            credentials = try await configuration.credentials(for: endpoint)
        }
        var retry = retry
        retry.retries = options.retries
        retry.longestAsked = options.longestWait
        var settings = HTTPTransport.Settings()
        settings.connections = options.concurrency
        settings.requestTimeout = options.requestTimeout
        settings.idleTimeout = options.idleTimeout
        settings.caFile = options.caFile
        settings.isInsecure = options.isInsecure
        let transport = try HTTPTransport(settings)
        let tokens = BearerTokens(
            transport: transport, credentials: credentials, allowsPlainHTTP: !endpoint.isSecure, now: retry.now)
        let client = RegistryClient(
            endpoint: endpoint, transport: transport,
            authorization: RegistryAuthorization(credentials: credentials, tokens: tokens), options: options,
            retry: retry)
        return (client, credentials)
    }
}

import Collectors

extension RegistrySettings {
    /// How a registry is reached and read. Throws ``SecretError`` when a secret is not to be had.
    func options(name: String?) throws -> RegistryOptions {
        var options = RegistryOptions(registry: url)
        options.name = name
        if let token {
            options.credentials = .registryToken(try token.resolve())
        } else if let username, let password {
            options.credentials = .basic(username: username, password: try password.resolve())
        }
        options.repositories = repositories
        options.namespaces = namespace.map { [$0] } ?? []
        if let concurrency { options.concurrency = concurrency }
        options.caFile = caFile
        options.isInsecure = isInsecure
        options.usesPlainHTTP = usesPlainHTTP
        options.blobsPerRepository = keepsBlobsPerRepository
        options.activity = try activity?.options()
        return options
    }
}

import ArgumentParser
import Collectors
import Foundation
import Observations

/// One source that a run of `collect` collects.
struct CollectJob: Sendable {
    /// The source's name in the database.
    let name: String
    let kind: SourceKind
    let collector: any SourceCollector
    /// Where the source lies, if its name is only taken from there: another place may end in the same name.
    let namedAfter: String?

    init(_ kind: SourceKind, _ collector: any SourceCollector, namedAfter location: String? = nil) {
        name = collector.sourceName
        namedAfter = location
        self.kind = kind
        self.collector = collector
    }

    /// An engine. Throws ``Collectors/EngineError``.
    init(name: String?, engine: EngineSettings) throws {
        let endpoint = try EngineEndpoint.resolve(
            host: engine.host, context: engine.context, certificatePath: engine.certificatePath)
        self.init(name: name, endpoint: endpoint)
    }

    init(name: String?, endpoint: EngineEndpoint) {
        self.init(.engine, EngineCollector(endpoint, name: name))
    }

    /// An archive, a layout, or standard input (`-`).
    init(name: String?, archive: String) {
        let collector = ArchiveCollector(path: archive, name: name)
        self.init(.archive, collector, namedAfter: name == nil ? collector.location : nil)
    }

    /// A registry. Throws ``SecretError`` and ``Collectors/RegistryError``.
    init(name: String?, registry: RegistrySettings) throws {
        var options = RegistryOptions(registry: registry.url)
        options.name = name
        if let token = registry.token {
            options.credentials = .registryToken(try token.resolve())
        } else if let username = registry.username, let password = registry.password {
            options.credentials = .basic(username: username, password: try password.resolve())
        }
        options.repositories = registry.repositories
        options.namespaces = registry.namespace.map { [$0] } ?? []
        if let concurrency = registry.concurrency { options.concurrency = concurrency }
        options.caFile = registry.caFile
        options.isInsecure = registry.isInsecure
        options.usesPlainHTTP = registry.usesPlainHTTP
        options.blobsPerRepository = registry.keepsBlobsPerRepository
        self.init(.registry, try RegistryCollector(options))
    }

    /// Refuses names that could not be told from options or would break tables.
    static func checkName(_ name: String?) throws {
        guard let name, !SourceConfiguration.isSourceName(name) else { return }
        throw ValidationError("--name has 1 to 200 visible characters and does not begin with a hyphen")
    }
}

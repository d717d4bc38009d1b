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

    /// A registry's own storage folder.
    init(name: String?, storage: String) {
        self.init(.registry, RegistryStorageCollector(path: storage, name: name))
    }

    /// A registry. Throws ``SecretError`` and ``Collectors/RegistryError``.
    init(name: String?, registry: RegistrySettings) throws {
        self.init(.registry, try RegistryCollector(try registry.options(name: name)))
    }

    /// A builder.
    init(builder: BuilderCollector) { self.init(.builder, builder) }

    /// Refuses names that could not be told from options or would break tables.
    static func checkName(_ name: String?) throws {
        guard let name, !SourceConfiguration.isSourceName(name) else { return }
        throw ValidationError("--name has 1 to 200 visible characters and does not begin with a hyphen")
    }
}

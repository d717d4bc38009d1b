import Foundation
import Yams

extension SourceConfiguration {
    private enum Kind: String, CaseIterable {
        case engine
        case registry
        case archive
        case storage

        var keys: [String] {
            switch self {
            case .engine: ["host", "context", "certificate_path"]
            case .registry:
                [
                    "url", "username", "password", "token", "repositories", "namespace", "concurrency", "ca_file",
                    "insecure", "plain_http", "blobs_per_repository", "activity",
                ]
            case .archive, .storage: ["path"]
            }
        }
    }

    /// Reads one entry of `sources`. Throws ``ConfigurationError``.
    static func parse(
        _ node: Node, file: String, path: String, folder: String, warnings: inout [String]
    ) throws(ConfigurationError) -> Self {
        let every = ["name", "kind"]
        // Without a kind the keys of every kind are allowed, so that the missing kind is what the error names.
        let stated = node["kind"]?.string.flatMap(Kind.init(rawValue:))
        let mapping = try ConfigurationMapping(
            node, file: file, path: path,
            allowed: every + (stated?.keys ?? Set(Kind.allCases.flatMap(\.keys)).sorted()))
        guard let kind = try mapping.choice("kind", of: Kind.self) else {
            throw mapping.error("kind", "is missing; write engine, registry, archive or storage")
        }
        let name = try mapping.requiredText("name", "build-host")
        guard isSourceName(name) else {
            throw mapping.error("name", "has 1 to 200 visible characters and does not begin with a hyphen")
        }
        let place: Place =
            switch kind {
            case .engine: .engine(try engine(mapping, folder: folder))
            case .registry: .registry(try registry(mapping, folder: folder, warnings: &warnings))
            case .archive:
                .archive(ArchiveSettings(path: absolute(try mapping.requiredText("path", "images.tar"), from: folder)))
            case .storage:
                .storage(
                    StorageSettings(
                        path: absolute(try mapping.requiredText("path", "/var/lib/registry"), from: folder)))
            }
        return SourceConfiguration(name: name, place: place)
    }

    /// Whether a text may name a source: it stands in tables, addresses and error messages.
    static func isSourceName(_ name: String) -> Bool {
        !name.isEmpty && name.count <= 200 && !name.hasPrefix("-")
            && name.unicodeScalars.allSatisfy { !CharacterSet.controlCharacters.contains($0) }
            && name == name.trimmingCharacters(in: .whitespaces)
    }

    private static func engine(
        _ mapping: ConfigurationMapping, folder: String
    ) throws(ConfigurationError) -> EngineSettings {
        let host = try mapping.text("host")
        if host != nil && mapping.has("context") {
            throw mapping.error("context", "a context names its own host; give host or context")
        }
        if let host, !["unix://", "tcp://", "ssh://", "http://", "https://"].contains(where: { host.hasPrefix($0) }) {
            throw mapping.error("host", "must begin with unix://, tcp:// or ssh://")
        }
        return EngineSettings(
            host: host, context: try mapping.text("context"),
            certificatePath: try mapping.text("certificate_path").map { absolute($0, from: folder) })
    }

    private static func registry(
        _ mapping: ConfigurationMapping, folder: String, warnings: inout [String]
    ) throws(ConfigurationError) -> RegistrySettings {
        let url = try mapping.requiredText("url", "registry.example.org")
        if let user = URLComponents(string: url)?.user, !user.isEmpty {
            throw mapping.error("url", "must not hold credentials; use username and password")
        }
        var settings = RegistrySettings(
            url: url, username: try mapping.text("username"),
            password: try mapping.secret("password", relativeTo: folder),
            token: try mapping.secret("token", relativeTo: folder),
            repositories: try mapping.texts("repositories"), namespace: try mapping.text("namespace"),
            concurrency: try mapping.number("concurrency", in: 1...256),
            caFile: try mapping.text("ca_file").map { absolute($0, from: folder) },
            isInsecure: try mapping.flag("insecure"), usesPlainHTTP: try mapping.flag("plain_http"),
            keepsBlobsPerRepository: try mapping.flag("blobs_per_repository"))
        if (settings.username == nil) != (settings.password == nil) {
            throw mapping.error(settings.username == nil ? "password" : "username", "username and password go together")
        }
        if settings.token != nil && settings.password != nil {
            throw mapping.error("token", "give a token, or username and password, not both")
        }
        if settings.namespace != nil && !settings.repositories.isEmpty {
            throw mapping.error("namespace", "give a namespace, or repositories, not both")
        }
        if let activity = mapping.node("activity") {
            settings.activity = try ActivitySettings.parse(
                activity.node, file: mapping.file, path: activity.path, folder: folder, warnings: &warnings)
        }
        for (key, secret) in [("password", settings.password), ("token", settings.token)] {
            guard case .inline? = secret else { continue }
            let place = mapping.error(key, "stands in the file itself; write `\(key): {env: NAME}` or {file: PATH}")
            warnings.append(place.description)
        }
        return settings
    }
}

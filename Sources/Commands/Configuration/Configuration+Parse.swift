import Figures
import Foundation
import Reporting
import Yams

extension Configuration {
    /// The largest configuration file that is read, in bytes.
    package static let byteLimit = 256 << 10

    private static let keys = ["database", "sources", "owners", "cleanup", "report"]

    /// Parses a configuration. `file` names it in errors; relative paths are taken from its folder. Throws
    /// ``ConfigurationError`` with key and line.
    package static func parse(_ yaml: String, file: String = "layerscope.yml") throws(ConfigurationError) -> Self {
        guard yaml.utf8.count <= byteLimit else {
            throw ConfigurationError(file: file, "is larger than \(byteLimit) bytes")
        }
        guard let root = try compose(yaml, file: file), root.null == nil else { return Configuration(file: file) }
        let folder = URL(filePath: file).deletingLastPathComponent().path(percentEncoded: false)
        let mapping = try ConfigurationMapping(root, file: file, path: "", allowed: keys)
        var configuration = Configuration(file: file)
        configuration.database = try mapping.secret("database", relativeTo: folder)
        if case .inline(let url)? = configuration.database, holdsPassword(url) {
            configuration.warnings.append(
                mapping.error("database", "holds a password; write `database: {env: NAME}` or {file: PATH}").description
            )
        }
        for (node, path) in try mapping.elements("sources") {
            configuration.sources.append(
                try SourceConfiguration.parse(
                    node, file: file, path: path, folder: folder, warnings: &configuration.warnings))
        }
        try refuseDuplicates(configuration.sources, in: mapping)
        for (node, path) in try mapping.elements("owners") {
            configuration.owners.rules.append(try .parse(node, file: file, path: path))
        }
        if let (node, path) = mapping.node("cleanup") {
            configuration.cleanup = try CleanupConfiguration.parse(node, file: file, path: path, folder: folder)
        }
        if let (node, path) = mapping.node("report") {
            configuration.report = try Report.parse(node, file: file, path: path, folder: folder)
        }
        return configuration
    }

    private static func compose(_ yaml: String, file: String) throws(ConfigurationError) -> Node? {
        do {
            return try Yams.compose(yaml: yaml)
        } catch let error as YamlError {
            throw ConfigurationError(error, file: file)
        } catch {
            throw ConfigurationError(file: file, "is not valid YAML")
        }
    }

    private static func holdsPassword(_ url: String) -> Bool {
        URLComponents(string: url)?.password?.isEmpty == false || url.contains("password=")
    }

    private static func refuseDuplicates(
        _ sources: [SourceConfiguration], in mapping: ConfigurationMapping
    ) throws(ConfigurationError) {
        for (name, named) in Dictionary(grouping: sources, by: \.name).sorted(by: { $0.key < $1.key }) {
            if named.count == 1 || named.count == 2 && named[0].describesRegistry(of: named[1]) { continue }
            throw mapping.error("sources", "two sources are named \(name.debugDescription); names are unique")
        }
    }
}

extension OwnerRules.Rule {
    static func parse(_ node: Node, file: String, path: String) throws(ConfigurationError) -> Self {
        let mapping = try ConfigurationMapping(node, file: file, path: path, allowed: ["repository", "label", "owner"])
        switch (try mapping.text("repository"), try mapping.text("label")) {
        case (let pattern?, nil):
            return .repository(pattern: pattern, owner: try mapping.requiredText("owner", "team-a"))
        case (nil, let label?):
            return .label(key: label, owner: try mapping.text("owner"))
        default:
            throw ConfigurationError(
                file: file, line: mapping.line, key: path, "needs either repository (a pattern) or label (a key)")
        }
    }
}

extension Configuration.Report {
    static func parse(_ node: Node, file: String, path: String, folder: String) throws(ConfigurationError) -> Self {
        let mapping = try ConfigurationMapping(node, file: file, path: path, allowed: ["title", "output", "units"])
        return Self(
            title: try mapping.text("title"),
            output: try mapping.text("output").map { absolute($0, from: folder) },
            units: try mapping.choice("units", of: ByteUnits.self))
    }
}

extension ConfigurationError {
    /// What the YAML parser found wrong.
    init(_ error: YamlError, file: String) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            self.init(file: file, line: mark.line, "is not valid YAML: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            let keys = Set(duplicates).sorted().joined(separator: ", ")
            self.init(file: file, line: context.mark.line, key: keys, "stands here twice")
        case .reader(let problem, _, _, _):
            self.init(file: file, "is not valid YAML: \(problem)")
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            self.init(file: file, "is not valid YAML")
        }
    }
}

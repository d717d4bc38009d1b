import Foundation
import TestSupport

/// Dockerfiles of other projects that lie beside the project.
enum FixtureFiles {
    struct Fixture: Sendable, CustomStringConvertible {
        var name: String
        var bytes: [UInt8]
        /// What BuildKit's own parser makes of it, as an s-expression.
        var result: String?

        var description: String { name }
    }

    static let isThere = folder("testfiles") != nil

    static let positive = fixtures("testfiles")
    static let negative = fixtures("testfiles-negative")

    /// Every other Dockerfile among the fixtures.
    static let others: [Fixture] = {
        guard let root = SharedData.at("fixtures"),
            let paths = FileManager.default.enumerator(atPath: root.path)?.compactMap({ $0 as? String })
        else { return [] }
        return paths.sorted().compactMap { path in
            let name = (path as NSString).lastPathComponent
            guard name == "Dockerfile" || name.hasSuffix(".Dockerfile") || name.hasPrefix("Dockerfile."),
                !path.contains("parser/testfiles"), let data = try? Data(contentsOf: root.appending(path: path))
            else { return nil }
            return Fixture(name: path, bytes: [UInt8](data))
        }
    }()

    /// A table of BuildKit's shell lexer: `envVarTest`, `wordsTest`. Nil when it is not there.
    static func table(_ name: String) -> String? {
        SharedData.at("fixtures/moby-buildkit/frontend/dockerfile/shell/\(name)").flatMap {
            try? String(contentsOf: $0, encoding: .utf8)
        }
    }

    private static func folder(_ name: String) -> URL? {
        SharedData.at("fixtures/moby-buildkit/frontend/dockerfile/parser/\(name)")
    }

    private static func fixtures(_ name: String) -> [Fixture] {
        guard let folder = folder(name),
            let entries = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        else { return [] }
        return entries.sorted().compactMap { entry in
            let place = folder.appending(path: entry)
            guard let data = try? Data(contentsOf: place.appending(path: "Dockerfile")) else { return nil }
            let result = try? String(contentsOf: place.appending(path: "result"), encoding: .utf8)
            return Fixture(name: entry, bytes: [UInt8](data), result: result)
        }
    }
}

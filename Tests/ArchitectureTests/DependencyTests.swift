import Foundation
import Testing

/// The table of allowed edges: a target may depend on these targets of ours and on no other.
private let allowed: [String: Set<String>] = [
    "CLibPQ": [], "CZlib": [], "CZstd": [], "CCrypto": [],
    "ImageModel": ["CCrypto"],
    "BuildModel": ["ImageModel"],
    "Dockerfile": [],
    "BuildKitAPI": [], "BuildKitService": ["BuildKitAPI"],
    "BuildLog": ["ImageModel", "BuildModel", "BuildKitAPI"],
    "Observations": ["ImageModel", "BuildModel"],
    "Figures": ["ImageModel", "BuildModel"],
    "Analysis": ["ImageModel", "BuildModel", "Dockerfile", "Figures"],
    "Postgres": ["CLibPQ"],
    "Schema": [],
    "Archive": ["CZlib", "CZstd", "ImageModel"],
    "Collectors": [
        "ImageModel", "BuildModel", "BuildKitAPI", "BuildKitService", "BuildLog", "Observations", "Archive",
    ],
    "Database": ["ImageModel", "BuildModel", "Observations", "Figures", "Postgres", "Schema"],
    "Reporting": ["ImageModel", "BuildModel", "Figures"],
    "Server": ["ImageModel", "BuildModel", "Observations", "Figures", "Analysis", "Database", "Reporting"],
    "Commands": [
        "ImageModel", "BuildModel", "Dockerfile", "BuildLog", "Observations", "Figures", "Analysis", "Postgres",
        "Archive", "Collectors", "Database", "Reporting", "Server",
    ],
    "layerscope": ["Commands"],
]

private struct Package: Decodable {
    struct Target: Decodable {
        var name: String
        var type: String
        var path: String?
        var dependencies: [Dependency]
    }

    struct Dependency: Decodable {
        var byName: [String?]?
        var target: [String?]?
        var name: String? { (byName ?? target)?.first ?? nil }

        enum CodingKeys: String, CodingKey { case byName, target }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            byName = (try? values.decode([String?].self, forKey: .byName)) ?? nil
            target = (try? values.decode([String?].self, forKey: .target)) ?? nil
        }
    }

    var targets: [Target]
}

private let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

private func describePackage() throws -> Package {
    let scratch = FileManager.default.temporaryDirectory.appending(path: "layerscope-manifest-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: scratch) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
        "swift", "package", "dump-package", "--package-path", root.path, "--scratch-path", scratch.path,
    ]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return try JSONDecoder().decode(Package.self, from: data)
}

/// The modules that the Swift files under a folder import.
private func imports(under folder: URL) throws -> [(file: String, module: String)] {
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    var found: [(String, String)] = []
    while let file = files?.nextObject() as? URL {
        guard file.pathExtension == "swift" else { continue }
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let position = words.firstIndex(of: "import"), position <= 2, words.count > position + 1 else {
                continue
            }
            guard
                words[..<position].allSatisfy({
                    ["package", "public", "internal", "private", "@testable", "@preconcurrency"].contains($0)
                })
            else { continue }
            found.append((file.lastPathComponent, String(words[words.count - 1].prefix { $0 != "." })))
        }
    }
    return found
}

@Suite struct DependencyTests {
    @Test func `every target depends only on the targets that the table allows`() throws {
        let package = try describePackage()
        let ours = Set(package.targets.map(\.name))
        for target in package.targets where target.type != "test" && allowed[target.name] != nil {
            let edges = Set(target.dependencies.compactMap(\.name).filter { ours.contains($0) })
            let forbidden = edges.subtracting(allowed[target.name] ?? [])
            #expect(forbidden.isEmpty, "\(target.name) must not depend on \(forbidden.sorted())")
        }
    }

    @Test func `the table names every target that ships`() throws {
        let shipped = try describePackage().targets
            .filter { $0.type != "test" && $0.name != "TestSupport" && $0.name != "layerscope-bench" }
        #expect(Set(shipped.map(\.name)) == Set(allowed.keys))
    }

    @Test func `no source imports a module of ours that the table forbids`() throws {
        for (target, edges) in allowed {
            let folder = target == "Schema" ? root.appending(path: "sql") : root.appending(path: "Sources/\(target)")
            for (file, module) in try imports(under: folder) where allowed[module] != nil || module == "TestSupport" {
                #expect(edges.contains(module), "\(target)/\(file) imports \(module)")
            }
        }
    }

    @Test func `no file is named for nothing in particular`() throws {
        let files = FileManager.default.enumerator(at: root.appending(path: "Sources"), includingPropertiesForKeys: nil)
        while let file = files?.nextObject() as? URL {
            let name = file.deletingPathExtension().lastPathComponent
            // What Docker calls a credential helper has no other name.
            if name == "CredentialHelper" { continue }
            for vague in ["Util", "Utils", "Helper", "Helpers", "Common", "Manager", "Misc"] {
                #expect(!name.hasSuffix(vague), "\(file.lastPathComponent)")
            }
        }
    }
}

import Foundation
import TestSupport

/// The images of an engine under test.
enum EngineImages {
    static let files = ["f1": content(6, seed: 1), "f2": content(5_000, seed: 2), "f3": content(70_001, seed: 3)]

    /// Both builders, several stages, a squashed image, a commit, two names, dangling images, images between.
    static func fill(_ engine: DockerEngine) async throws {
        try await engine.docker(["import", "-", "base:1"], input: layerTar(["a": 123_000, "b": 77], seed: 10))
        let steps = "LABEL a=b\nWORKDIR /w\nCOPY f1 /w/\nWORKDIR /w\nCOPY f2 /w/\nENV X=1\nCMD [\"x\"]"
        for buildKit in [false, true] {
            let name = buildKit ? "kit" : "classic"
            try await engine.build("\(name)/base:1", "FROM base:1\nCOPY f3 /b", files: files, buildKit: buildKit)
            try await engine.build("\(name)/app:1", "FROM \(name)/base:1\n\(steps)", files: files, buildKit: buildKit)
            try await engine.docker(["tag", "\(name)/app:1", "localhost:5000/team/\(name):1"])
            try await engine.build(
                "\(name)/multi:1", "FROM base:1 AS build\nCOPY f3 /big\nFROM scratch\nCOPY --from=build /big /\(name)",
                files: files, buildKit: buildKit)
            for version in ["one", "two"] {
                try await engine.build(
                    "\(name)/moved:1", "FROM \(name)/app:1\nCOPY f1 /\(version)\nCOPY f3 /\(version)3", files: files,
                    buildKit: buildKit)
            }
            try await engine.build(
                "\(name)/above:1", "FROM \(name)/app:1\nCOPY f2 /u", files: files, buildKit: buildKit)
            try await engine.build("\(name)/used:1", "FROM base:1\nCOPY f2 /\(name)", files: files, buildKit: buildKit)
            try await engine.docker(["create", "--name", name, "--network", "host", "\(name)/used:1", "/none"])
        }
        for other in ["kit/multi:2", "other/multi:1"] { try await engine.docker(["tag", "kit/multi:1", other]) }
        try await engine.build(
            "squashed:1", "FROM classic/app:1\nCOPY f3 /s1\nCOPY f2 /s2", files: files, buildKit: false,
            options: ["--squash"])
        let container = try await engine.docker(["create", "--network", "host", "kit/app:1", "/none"])
        try await engine.docker(["cp", "-", "\(container):/"], input: layerTar(["committed": 4_321], seed: 30))
        try await engine.docker(["commit", container, "committed:1"])
        try await engine.docker(["rm", container])
    }

    /// Two images that lost their name to another, a first stage, and what was there before it was squashed.
    static func fillDangling(_ engine: DockerEngine) async throws {
        try await engine.docker(["import", "-", "base:1"], input: layerTar(["a": 123_000], seed: 10))
        for buildKit in [false, true] {
            let name = buildKit ? "kit" : "classic"
            for version in ["one", "two"] {
                try await engine.build(
                    "\(name)/moved:1", "FROM base:1\nCOPY f1 /\(name)\nCOPY f3 /\(version)", files: files,
                    buildKit: buildKit)
            }
        }
        try await engine.build(
            "multi:1", "FROM base:1 AS build\nCOPY f3 /big\nFROM scratch\nCOPY --from=build /big /big", files: files,
            buildKit: false)
        try await engine.build(
            "squashed:1", "FROM classic/moved:1\nCOPY f3 /s1\nCOPY f2 /s2", files: files, buildKit: false,
            options: ["--squash"])
        // An image of nothing but what another one has, too.
        try await engine.build("shared:1", "FROM base:1\nCOPY f2 /shared", files: files, buildKit: false)
        try await engine.build("shared:1", "FROM base:1\nCOPY f2 /shared\nLABEL a=b", files: files, buildKit: false)
        try await engine.build("shared:2", "FROM base:1\nCOPY f2 /shared\nLABEL a=c", files: files, buildKit: false)
        try await engine.build("shared:2", "FROM base:1\nCOPY f2 /shared\nLABEL a=d", files: files, buildKit: false)
    }

    /// Images with and without others between, names, a dangling one, one in use.
    static func fill(_ engine: PodmanEngine) async throws {
        let tar = try engine.folder.write(layerTar(["a": 123_000], seed: 10), to: "base.tar").path
        try await engine.podman(["import", tar, "localhost/base:1"])
        let builds: [(name: String, text: String, layers: Bool)] = [
            ("app:1", "FROM localhost/base:1\nLABEL a=b\nWORKDIR /w\nCOPY f1 /w/\nCOPY f2 /w/\nCMD [\"x\"]", true),
            ("layered:1", "FROM localhost/app:1\nCOPY f3 /l\nCOPY f1 /l1", true),
            ("above:1", "FROM localhost/app:1\nCOPY f2 /above", true),
            ("flat:1", "FROM localhost/base:1\nCOPY f3 /\nCOPY f1 /", false),
            ("used:1", "FROM localhost/base:1\nCOPY f2 /used", false),
            ("two:1", "FROM scratch\nCOPY f3 /two", true),
            ("moved:1", "FROM localhost/app:1\nCOPY f3 /one", false),
            ("moved:1", "FROM localhost/app:1\nCOPY f3 /two", false),
        ]
        for build in builds {
            try await engine.build(
                build.name, build.text, files: files, options: ["--layers=\(build.layers)"])
        }
        for name in ["localhost/app:latest", "registry.example.org:5000/team/app:1"] {
            try await engine.podman(["tag", "localhost/app:1", name])
        }
        try await engine.podman(["create", "--name", "used", "--network", "host", "localhost/used:1", "/none"])
    }
}

/// Content that nothing compresses away and no two seeds share.
func content(_ bytes: Int, seed: UInt64) -> Data {
    var generator = SeededGenerator(seed: seed)
    return Data((0..<bytes).map { _ in UInt8.random(in: 0...255, using: &generator) })
}

/// A tar with files, for `docker import`.
func layerTar(_ files: [String: Int], seed: UInt64) -> Data {
    var tar = TarBuilder()
    for (position, file) in files.sorted(by: { $0.key < $1.key }).enumerated() {
        tar.add(file: file.key, content(file.value, seed: seed + UInt64(position)))
    }
    return tar.finished()
}

func ask<T: Decodable>(_ type: T.Type, socket: URL, _ path: String) async throws -> T {
    let answer = try await Program.run(
        Program.find("curl") ?? "curl",
        ["--silent", "--fail", "--unix-socket", socket.path, "http://localhost" + path])
    return try JSONDecoder().decode(type, from: answer)
}

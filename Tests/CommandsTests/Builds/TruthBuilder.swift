import BuildLog
import BuildModel
import Foundation
import TestSupport

/// A real builder whose builds are read from what it prints.
protocol TruthBuilder: Sendable {
    /// Makes a base image of these files, under the same name each time.
    func makeBase(_ tar: Data) async throws
    /// Builds from a folder, and returns what a terminal would show.
    func build(_ folder: URL) async throws -> String
    /// Takes away all that the builder could take from its cache.
    func prune() async throws
}

/// dockerd, with BuildKit or with the builder before it.
struct DockerTruth: TruthBuilder {
    var engine: DockerEngine
    var buildKit: Bool

    func makeBase(_ tar: Data) async throws { try await engine.docker(["import", "-", "base:1"], input: tar) }

    func build(_ folder: URL) async throws -> String {
        try await engine.docker(
            ["build", "--network", "none", "--tag", "app:1", folder.path], buildKit: buildKit, mergingErrors: true)
    }

    func prune() async throws {
        if buildKit {
            try await engine.docker(["builder", "prune", "--all", "--force"], buildKit: true)
        } else {
            try await engine.docker(["rmi", "app:1"])
            try await engine.docker(["image", "prune", "--force"])
        }
    }
}

/// podman, or buildah on the same storage.
struct PodmanTruth: TruthBuilder {
    var engine: PodmanEngine
    /// buildah's options; nil for podman.
    var buildah: [String]?

    static let buildahProgram = Program.find("buildah")

    func makeBase(_ tar: Data) async throws {
        let file = try engine.folder.write(tar, to: "base.tar")
        try await engine.podman(["import", file.path, "localhost/base:1"])
    }

    func build(_ folder: URL) async throws -> String {
        let options = ["--network=host", "--isolation=chroot", "--tag", "app:1", folder.path]
        guard let buildah, let program = Self.buildahProgram else {
            return try await engine.podman(["build"] + options, mergingErrors: true)
        }
        // buildah knows no `--tmpdir`.
        var storage = engine.storage.options
        if let index = storage.firstIndex(of: "--tmpdir") { storage.removeSubrange(index...(index + 1)) }
        let output = try await Program.run(program, storage + ["bud"] + buildah + options, mergingErrors: true)
        return String(decoding: output, as: UTF8.self)
    }

    func prune() async throws {
        try await engine.podman(["rmi", "app:1"])
        try await engine.podman(["image", "prune", "--force"])
    }
}

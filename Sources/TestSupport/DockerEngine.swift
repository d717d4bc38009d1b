package import Collectors
package import Foundation

/// A Docker engine of a test's own: private data, private socket, no network. It must be stopped.
package final class DockerEngine: Sendable {
    package let folder: ScratchFolder
    /// The storage driver that this machine permits.
    package let driver: String
    private let process: EngineProcess
    private let run: ShortFolder

    private static let daemon = "/usr/sbin/dockerd"
    private static let client = "/usr/bin/docker"

    /// Whether one can be started: the programs are there, and the user may.
    package static let isAvailable =
        getuid() == 0 && Program.find(daemon) != nil && Program.find(client) != nil && Program.find("containerd") != nil

    private init(folder: ScratchFolder, run: ShortFolder, driver: String, process: EngineProcess) {
        self.run = run
        self.folder = folder
        self.driver = driver
        self.process = process
    }

    /// Starts an engine, runs the body, and stops the engine whatever happens.
    package static func run<R>(_ body: (DockerEngine) async throws -> R) async throws -> R {
        let engine = try await start()
        do {
            let result = try await body(engine)
            await engine.stop()
            return result
        } catch {
            await engine.stop()
            throw error
        }
    }

    /// Starts an engine and waits until it answers: overlay2 where the file system permits, else vfs.
    package static func start() async throws -> DockerEngine {
        do {
            return try await start(driver: "overlay2")
        } catch is EngineProcess.Failure {
            return try await start(driver: "vfs")
        }
    }

    private static func start(driver: String) async throws -> DockerEngine {
        let folder = try ScratchFolder("docker")
        let run = try ShortFolder("docker")
        let socket = folder("d.sock").path
        let process = try EngineProcess.start(
            daemon,
            [
                "--experimental", "--iptables=false", "--ip6tables=false", "--bridge=none", "--storage-driver", driver,
                "--data-root", folder("data").path, "--exec-root", run.path, "-H", "unix://\(socket)",
                "--pidfile", folder("pid").path, "--config-file", try folder.write(Data("{}".utf8), to: "d.json").path,
            ], log: folder("log"))
        do {
            try await process.waitUntilReady(EngineEndpoint(.socket(path: socket)))
        } catch {
            await unmount(folder)
            throw error
        }
        return DockerEngine(folder: folder, run: run, driver: driver, process: process)
    }

    package var endpoint: EngineEndpoint { EngineEndpoint(.socket(path: folder("d.sock").path), defaultName: "docker") }

    /// Ends the engine, with all its containers.
    package func stop() async {
        await process.stop()
        await Self.unmount(folder)
    }

    /// Undoes the mount that the engine leaves on its own data folder.
    private static func unmount(_ folder: ScratchFolder) async {
        _ = try? await Program.run("/bin/umount", ["-R", folder("data").path])
    }

    /// Runs the Docker client on this engine, and returns what it prints without the line's end.
    @discardableResult
    package func docker(
        _ arguments: [String], input: Data = Data(), buildKit: Bool = false, mergingErrors: Bool = false
    ) async throws -> String {
        let output = try await Program.run(
            Self.client, ["--config", folder("client").path, "--host", "unix://\(folder("d.sock").path)"] + arguments,
            environment: [
                "DOCKER_BUILDKIT": buildKit ? "1" : "0", "DOCKER_HOST": "", "DOCKER_CONTEXT": "",
                "BUILDKIT_PROGRESS": "plain",
            ], input: input, mergingErrors: mergingErrors)
        return String(decoding: output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Builds an image from a Dockerfile and files. `FROM scratch` works; RUN needs a shell in the image.
    @discardableResult
    package func build(
        _ tag: String?, _ dockerfile: String, files: [String: Data] = [:], buildKit: Bool, options: [String] = []
    ) async throws -> String {
        let context = try ScratchFolder("context")
        try context.write(Data(dockerfile.utf8), to: "Dockerfile")
        for (name, content) in files { try context.write(content, to: name) }
        let tags = tag.map { ["--tag", $0] } ?? []
        return try await docker(["build", "--quiet"] + options + tags + [context.url.path], buildKit: buildKit)
    }
}

package import Collectors
package import Foundation

/// A Podman of a test's own: private storage, and its service on a private socket. It must be stopped.
package final class PodmanEngine: Sendable {
    package let storage: PodmanStorage
    private let process: EngineProcess

    private static let program = Program.find("podman")

    /// Whether one can be started.
    package static let isAvailable = getuid() == 0 && program != nil

    private init(storage: PodmanStorage, process: EngineProcess) {
        self.storage = storage
        self.process = process
    }

    /// Starts a Podman, runs the body, and stops it whatever happens.
    package static func run<R>(_ body: (PodmanEngine) async throws -> R) async throws -> R {
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

    /// Starts Podman's service and waits until it answers: overlay where the file system permits, else vfs.
    package static func start() async throws -> PodmanEngine {
        do {
            return try await start(driver: "overlay")
        } catch is EngineProcess.Failure {
            return try await start(driver: "vfs")
        }
    }

    private static func start(driver: String) async throws -> PodmanEngine {
        let storage = try PodmanStorage(driver: driver)
        let socket = storage.folder("p.sock").path
        let process = try EngineProcess.start(
            program ?? "podman", storage.options + ["system", "service", "--time=0", "unix://\(socket)"],
            log: storage.folder("log"))
        try await process.waitUntilReady(EngineEndpoint(.socket(path: socket)))
        return PodmanEngine(storage: storage, process: process)
    }

    package var folder: ScratchFolder { storage.folder }

    package var endpoint: EngineEndpoint { EngineEndpoint(.socket(path: folder("p.sock").path), defaultName: "podman") }

    /// Ends the service.
    package func stop() async {
        await process.stop()
        await storage.unmount()
    }

    /// Runs Podman on this storage, and returns what it prints without the line's end.
    @discardableResult
    package func podman(
        _ arguments: [String], input: Data = Data(), mergingErrors: Bool = false
    ) async throws -> String {
        let output = try await Program.run(
            Self.program ?? "podman", storage.options + arguments, input: input, mergingErrors: mergingErrors)
        return String(decoding: output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Builds an image from a Dockerfile and files.
    @discardableResult
    package func build(
        _ tag: String?, _ dockerfile: String, files: [String: Data] = [:], options: [String] = []
    ) async throws -> String {
        let context = try ScratchFolder("context")
        try context.write(Data(dockerfile.utf8), to: "Dockerfile")
        for (name, content) in files { try context.write(content, to: name) }
        let tags = tag.map { ["--tag", $0] } ?? []
        return try await podman(
            ["build", "--quiet", "--network=host"] + options + tags + [context.url.path])
    }
}

/// The private storage of one Podman.
package final class PodmanStorage: Sendable {
    package let folder: ScratchFolder
    /// The options that go before every command.
    package let options: [String]
    /// What goes between the brackets of a `containers-storage:` name.
    package let name: String
    private let run: ShortFolder

    package init(driver: String) throws {
        folder = try ScratchFolder("podman")
        // Podman takes no path of more than 50 characters here.
        run = try ShortFolder("podman")
        options = [
            "--root", folder("data").path, "--runroot", run.path, "--tmpdir", folder("tmp").path, "--storage-driver",
            driver,
        ]
        name = "[\(driver)@\(folder("data").path)+\(run.path)]"
    }

    /// Undoes the mount that Podman leaves on its own folder.
    package func unmount() async {
        _ = try? await Program.run("/bin/umount", ["-R", folder("data/overlay").path])
    }
}

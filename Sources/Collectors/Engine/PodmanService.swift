import Foundation
import Synchronization

/// A `podman system service` of our own, on a private socket, for as long as a collection takes: Podman runs no server
/// of itself.
///
/// Call ``stop()`` at the end.
package final class PodmanService: Sendable {
    package let endpoint: EngineEndpoint
    private let process: Mutex<Process?>
    private let folder: String

    private init(endpoint: EngineEndpoint, process: Process, folder: String) {
        self.endpoint = endpoint
        self.process = Mutex(process)
        self.folder = folder
    }

    deinit { stop() }

    /// Whether Podman is installed and has an image. Throws ``EngineError`` when Podman is installed and fails.
    ///
    /// - Parameter options: what goes before every command, such as `--root`.
    package static func hasImages(
        options: [String] = [], environment: [String: String] = ProcessInfo.processInfo.environment
    ) async throws -> Bool {
        guard let program = find("podman", environment) else { return false }
        // To a file, which no amount of output can block.
        let listing = FileManager.default.temporaryDirectory.appending(path: "layerscope-podman-\(UUID().uuidString)")
        guard
            FileManager.default.createFile(atPath: listing.path, contents: nil, attributes: [.posixPermissions: 0o600]),
            let output = FileHandle(forWritingAtPath: listing.path)
        else { throw failure("no temporary file can be made for its answer") }
        defer { try? FileManager.default.removeItem(at: listing) }
        let process = Process()
        process.executableURL = program
        process.arguments = options + ["images", "--all", "--quiet"]
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        let status: Int32 = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: failure("cannot be started"))
            }
        }
        guard status == 0 else { throw failure("`podman images` ended with status \(status)") }
        let size = try? FileManager.default.attributesOfItem(atPath: listing.path)[.size] as? Int
        return (size ?? 0) > 0
    }

    /// Starts the service and waits until it answers. Throws ``EngineError`` or `CancellationError`.
    package static func start(
        options: [String] = [], environment: [String: String] = ProcessInfo.processInfo.environment,
        within time: Duration = .seconds(30)
    ) async throws -> PodmanService {
        guard let program = find("podman", environment) else { throw failure("is not installed") }
        var template = Array((FileManager.default.temporaryDirectory.path + "/layerscope-podman-XXXXXX").utf8CString)
        guard let name = mkdtemp(&template) else { throw failure("no private folder can be made for its socket") }
        let folder = String(cString: name)
        let socket = folder + "/podman.sock"
        let process = Process()
        process.executableURL = program
        process.arguments = options + ["system", "service", "--time=0", "unix://\(socket)"]
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            try? FileManager.default.removeItem(atPath: folder)
            throw failure("cannot be started")
        }
        let service = PodmanService(
            endpoint: EngineEndpoint(.socket(path: socket), origin: .ownService, defaultName: "podman"),
            process: process, folder: folder)
        do {
            try await service.waitUntilReady(process, within: time)
            return service
        } catch {
            service.stop()
            throw error
        }
    }

    /// Stops the service and removes its socket. Stopping twice does nothing.
    package func stop() {
        let running = process.withLock { process in
            defer { process = nil }
            return process
        }
        guard let running else { return }
        if running.isRunning { running.terminate() }
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func waitUntilReady(_ process: Process, within time: Duration) async throws {
        let end = ContinuousClock.now + time
        while true {
            do {
                _ = try await endpoint.probe(within: .seconds(5))
                return
            } catch let error as EngineError {
                guard process.isRunning else {
                    throw Self.failure("ended before it answered; try `podman system service`")
                }
                guard ContinuousClock.now < end else { throw error }
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private static func failure(_ detail: String) -> EngineError {
        EngineError(.program, "podman", detail, hint: "see `podman info`")
    }

    private static func find(_ name: String, _ environment: [String: String]) -> URL? {
        let folders = (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
        return folders.map { URL(fileURLWithPath: "\($0)/\(name)") }.first {
            FileManager.default.isExecutableFile(atPath: $0.path)
        }
    }
}

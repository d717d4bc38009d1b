package import Collectors
package import Foundation
import Synchronization

/// A daemon started for a test.
package final class EngineProcess: Sendable {
    /// A daemon that ended, or did not answer in time; with the end of its log.
    package struct Failure: Error, CustomStringConvertible {
        package var program: String
        package var log: String

        package var description: String { "\(program) did not come up: \(log)" }
    }

    private let process: Mutex<Process>
    private let program: String
    private let log: URL
    private let ended: AsyncStream<Void>

    private init(process: Process, program: String, log: URL, ended: AsyncStream<Void>) {
        self.process = Mutex(process)
        self.program = program
        self.log = log
        self.ended = ended
    }

    /// Starts a daemon that writes to a log.
    package static func start(_ program: String, _ arguments: [String], log: URL) throws -> EngineProcess {
        guard FileManager.default.createFile(atPath: log.path, contents: nil) else {
            throw Failure(program: program, log: "no log can be written")
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        let handle = try FileHandle(forWritingTo: log)
        process.standardOutput = handle
        process.standardError = handle
        let (ended, end) = AsyncStream<Void>.makeStream()
        process.terminationHandler = { _ in end.finish() }
        try process.run()
        return EngineProcess(process: process, program: program, log: log, ended: ended)
    }

    /// Waits until an engine answers. Throws ``Failure`` when the daemon ends, or half a minute has passed.
    package func waitUntilReady(_ endpoint: EngineEndpoint) async throws {
        let end = ContinuousClock.now + .seconds(30)
        while process.withLock({ $0.isRunning }), ContinuousClock.now < end {
            do {
                _ = try await endpoint.probe(within: .seconds(2))
                return
            } catch is EngineError {
                try await Task.sleep(for: .milliseconds(50))
            }
        }
        await stop()
        let text = (try? Data(contentsOf: log)) ?? Data()
        throw Failure(program: program, log: String(decoding: text.suffix(1_000), as: UTF8.self))
    }

    /// Asks the daemon to end, and waits for it; after 20 seconds it is killed.
    package func stop() async {
        let identifier = process.withLock { process in
            if process.isRunning { process.terminate() }
            return process.processIdentifier
        }
        let killer = Task {
            try await Task.sleep(for: .seconds(20))
            kill(identifier, SIGKILL)
        }
        for await _ in ended {}
        killer.cancel()
    }
}

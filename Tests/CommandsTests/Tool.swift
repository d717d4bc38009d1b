import Foundation
import TestSupport

/// The built program as a user runs it: with a home, a database and a working folder of its own.
final class Tool: Sendable {
    /// What a run left behind.
    struct Outcome: Sendable {
        var status: Int32
        var output: String
        var errors: String

        /// Standard output as a JSON object.
        func json() throws -> [String: Any] {
            try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any] ?? [:]
        }

        /// `rows` of a JSON listing.
        func rows() throws -> [[String: Any]] { try json()["rows"] as? [[String: Any]] ?? [] }
    }

    /// `.build/debug/layerscope` beside the tests, or what `LAYERSCOPE_BINARY` names.
    static let binary: URL = {
        if let named = ProcessInfo.processInfo.environment["LAYERSCOPE_BINARY"] { return URL(filePath: named) }
        #if DEBUG
            let configuration = "debug"
        #else
            let configuration = "release"
        #endif
        return URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: ".build/\(configuration)/layerscope")
    }()

    let folder: ScratchFolder
    let environment: [String: String]

    init(_ more: [String: String] = [:]) throws {
        folder = try ScratchFolder("cli")
        var environment = ProcessInfo.processInfo.environment.filter {
            !$0.key.hasPrefix("LAYERSCOPE_") && !$0.key.hasPrefix("DOCKER_") && !$0.key.hasPrefix("CONTAINER_")
                && !$0.key.hasPrefix("XDG_") && !$0.key.hasPrefix("PG")
        }
        environment["HOME"] = folder.url.path
        environment["LAYERSCOPE_HOME"] = folder("state").path
        environment["DOCKER_HOST"] = "unix://" + folder("no-engine.sock").path
        self.environment = environment.merging(more) { $1 }
    }

    /// Starts the program; the caller ends it.
    func start(_ arguments: [String], output: Any? = nil, errors: Any? = nil) throws -> Process {
        let process = Process()
        process.executableURL = Self.binary
        process.arguments = arguments
        process.environment = environment
        process.currentDirectoryURL = folder.url
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output ?? FileHandle.nullDevice
        process.standardError = errors ?? FileHandle.nullDevice
        try process.run()
        return process
    }

    /// Runs the program to its end.
    func run(_ arguments: String...) async throws -> Outcome { try await run(arguments) }

    /// Runs the program to its end.
    func run(_ arguments: [String], input: String? = nil) async throws -> Outcome {
        // Into files: a pipe that nobody empties would stop a program that says much.
        let name = UUID().uuidString
        let output = try folder.write(Data(), to: "\(name).out")
        let errors = try folder.write(Data(), to: "\(name).err")
        let process = Process()
        process.executableURL = Self.binary
        process.arguments = arguments
        process.environment = environment
        process.currentDirectoryURL = folder.url
        process.standardInput =
            if let input { try FileHandle(forReadingFrom: try folder.write(Data(input.utf8), to: "\(name).in")) } else {
                FileHandle.nullDevice
            }
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        let status = try await withCheckedThrowingContinuation { (done: CheckedContinuation<Int32, any Error>) in
            process.terminationHandler = { done.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { done.resume(throwing: error) }
        }
        return Outcome(
            status: status, output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
    }

    /// Stops the database that the program started.
    func stop() async throws { _ = try await run("database", "stop") }
}

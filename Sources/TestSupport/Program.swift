package import Foundation

/// Runs other programs to their end, for tests.
package enum Program {
    /// A program that did not end with status 0.
    package struct Failure: Error, CustomStringConvertible {
        package var command: String
        package var status: Int32
        package var errors: String

        package var description: String { "\(command) ended with \(status): \(errors)" }
    }

    /// Where a program is: the path given, or in the folders of PATH and of administrators. Nil when it is missing.
    package static func find(_ name: String) -> String? {
        if name.hasPrefix("/") { return FileManager.default.isExecutableFile(atPath: name) ? name : nil }
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders = path.split(separator: ":").map(String.init) + ["/usr/local/sbin", "/usr/sbin", "/sbin"]
        return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Runs a program and returns what it wrote on standard output. Throws ``Failure`` when it fails.
    ///
    /// - Parameters:
    ///   - input: what it reads on standard input.
    ///   - mergingErrors: whether what it writes on standard error is returned, too, as a terminal would show it.
    @discardableResult
    package static func run(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], input: Data = Data(),
        mergingErrors: Bool = false
    ) async throws -> Data {
        let folder = try ScratchFolder("program")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        // Files, which no amount of output can block.
        process.standardInput = try FileHandle(forReadingFrom: folder.write(input, to: "input"))
        let output = try FileHandle(forWritingTo: folder.write(Data(), to: "output"))
        let errors = try FileHandle(forWritingTo: folder.write(Data(), to: "errors"))
        process.standardOutput = output
        process.standardError = mergingErrors ? output : errors
        let status: Int32 = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        guard status == 0 else {
            throw Failure(
                command: ([program] + arguments).joined(separator: " "), status: status,
                errors: String(
                    decoding: try Data(contentsOf: folder(mergingErrors ? "output" : "errors")).suffix(2_000),
                    as: UTF8.self))
        }
        return try Data(contentsOf: folder("output"))
    }
}

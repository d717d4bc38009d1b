import Foundation

/// A real `docker-registry` on loopback, over a folder, with its access log in a file.
final class RunningRegistry {
    let host: String
    private let server = Process()
    private let log: URL

    /// The number of its process.
    var process: Int32 { server.processIdentifier }

    /// Starts it and waits until it answers.
    init(over folder: URL) async throws {
        let port = try freePort()
        host = "127.0.0.1:\(port)"
        log = folder.appending(path: "access.log")
        let settings = folder.appending(path: "config.yml")
        try Data(
            """
            version: 0.1
            log: {level: error, accesslog: {disabled: false}}
            storage:
              filesystem: {rootdirectory: \(folder.path)}
              cache: {blobdescriptor: inmemory}
            http: {addr: "127.0.0.1:\(port)"}

            """.utf8
        ).write(to: settings)
        try Data().write(to: log)
        let output = try FileHandle(forWritingTo: log)
        server.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        server.arguments = ["docker-registry", "serve", settings.path]
        server.standardOutput = output
        server.standardError = output
        try server.run()
        for _ in 0..<200 {
            if isListening(port) { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw BenchError("docker-registry did not answer at \(host)")
    }

    /// The requests that it answered so far.
    func requests() throws -> [LoggedRequest] {
        try String(contentsOf: log, encoding: .utf8).split(separator: "\n").compactMap { line in
            // Apache's combined log: the request stands in the first quotation marks.
            let parts = line.split(separator: "\"", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { return nil }
            let words = parts[1].split(separator: " ")
            guard words.count == 3, words[1].hasPrefix("/v2/"), let status = parts[2].split(separator: " ").first
            else { return nil }
            return LoggedRequest(method: String(words[0]), path: String(words[1]), status: Int(status) ?? 0)
        }
    }

    func stop() {
        server.terminate()
        server.waitUntilExit()
    }
}

/// A request in a registry's access log.
struct LoggedRequest: Sendable {
    let method: String
    let path: String
    let status: Int
}

/// Something that a benchmark needs is missing or does not answer.
struct BenchError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// A port that nobody listens on now.
private func freePort() throws -> UInt16 {
    let port = onLoopback(0) { descriptor, address, length in
        var length = length
        guard bind(descriptor, address, length) == 0, getsockname(descriptor, address, &length) == 0 else {
            return false
        }
        return true
    }
    guard let port else { throw BenchError("no free port on loopback") }
    return port
}

/// Whether somebody takes connections there.
private func isListening(_ port: UInt16) -> Bool {
    onLoopback(port) { connect($0, $1, $2) == 0 } != nil
}

/// Does something with a socket and a loopback address; returns the address's port after that, nil when it failed.
private func onLoopback(
    _ port: UInt16, _ body: (Int32, UnsafeMutablePointer<sockaddr>, socklen_t) -> Bool
) -> UInt16? {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let isDone = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            body(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
    return isDone ? UInt16(bigEndian: address.sin_port) : nil
}

/// Runs a program to its end.
@discardableResult
func runProgram(_ words: [String], mayFail: Bool = false) async throws -> (status: Int32, output: String) {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = try output.fileHandleForReading.readToEnd().map { String(decoding: $0, as: UTF8.self) } ?? ""
    process.waitUntilExit()
    guard mayFail || process.terminationStatus == 0 else {
        throw BenchError("\(words[0]) failed with status \(process.terminationStatus)")
    }
    return (process.terminationStatus, text)
}

/// Whether a program is there.
func isInstalled(_ program: String) async throws -> Bool {
    try await runProgram(["which", program], mayFail: true).status == 0
}

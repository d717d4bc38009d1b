package import Foundation
import Synchronization

/// A private docker-registry (distribution) on a port of the system's choice, with a folder of its own or one that is
/// given. Stopped when the last one who knows it lets go, or by ``stop()``.
package final class DistributionRegistry: Sendable {
    /// What a registry that did not start says.
    package struct Failure: Error, CustomStringConvertible {
        package var description: String
    }

    /// How it is served.
    package struct Settings: Sendable {
        /// The `rootdirectory`; nil for an empty one of its own.
        package var root: URL?
        /// A file of names and bcrypt passwords, for Basic authentication.
        package var htpasswd: URL?
        /// A token server: its address, the service and issuer that tokens must name, and the certificate of who signs
        /// them.
        package var token: (realm: String, service: String, issuer: String, certificate: URL)?
        /// A certificate and key, for TLS.
        package var certificate: ServerCertificate?
        /// Whether schema 1 manifests may be pushed.
        package var allowsSchema1 = false
        /// Where events are sent (`notifications.endpoints`); nil for nowhere.
        package var eventsURL: String?
        /// The `Authorization` header that they are sent with; nil for none.
        package var eventsAuthorization: String?
        /// Whether manifests may be deleted.
        package var allowsDeletion = true

        package init(root: URL? = nil) { self.root = root }
    }

    /// Where Debian's package puts it; nil when it is not installed.
    package static let program: String? = ["/usr/bin/docker-registry", "/usr/local/bin/registry"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }
    package static var isInstalled: Bool { program != nil }

    private let process: Mutex<Process?>
    private let scratch: ScratchFolder
    package let root: URL
    /// Host and port.
    package let host: String
    private let isSecure: Bool

    /// The base address, without a slash at the end.
    package var url: String { (isSecure ? "https://" : "http://") + host }

    private init(process: Process, scratch: ScratchFolder, root: URL, host: String, isSecure: Bool) {
        self.process = Mutex(process)
        self.scratch = scratch
        self.root = root
        self.host = host
        self.isSecure = isSecure
    }

    /// Starts a registry and waits until it listens.
    package static func start(_ settings: Settings = Settings()) async throws -> DistributionRegistry {
        guard let program else { throw Failure(description: "docker-registry is not installed") }
        let scratch = try ScratchFolder("registry")
        let root = settings.root ?? scratch("root")
        let configuration = try scratch.write(Data(text(settings, root: root).utf8), to: "config.yml")
        let log = try scratch.write(Data(), to: "log")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["serve", configuration.path]
        process.environment = ["PATH": "/usr/bin:/bin", "OTEL_TRACES_EXPORTER": "none"]
        let handle = try FileHandle(forWritingTo: log)
        process.standardError = handle
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        do {
            let host = try await address(in: log, of: process)
            return DistributionRegistry(
                process: process, scratch: scratch, root: root, host: host, isSecure: settings.certificate != nil)
        } catch {
            process.terminate()
            throw error
        }
    }

    /// The log tells the port that the system chose.
    private static func address(in log: URL, of process: Process) async throws -> String {
        let end = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < end {
            let text = String(decoding: try Data(contentsOf: log), as: UTF8.self)
            if let start = text.range(of: "listening on ")?.upperBound {
                let address = text[start...].prefix { $0 != "\"" && $0 != "," }
                return String(address)
            }
            guard process.isRunning else { throw Failure(description: "docker-registry ended: \(text)") }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw Failure(description: "docker-registry does not listen")
    }

    private static func text(_ settings: Settings, root: URL) -> String {
        var lines = [
            "version: 0.1", "log: {level: info, accesslog: {disabled: true}}",
            "storage: {filesystem: {rootdirectory: \(root.path)}, delete: {enabled: \(settings.allowsDeletion)}, maintenance: {uploadpurging: {enabled: false}}}",
        ]
        var http = "http: {addr: '127.0.0.1:0', secret: test"
        if let certificate = settings.certificate {
            http += ", tls: {certificate: \(certificate.certificate.path), key: \(certificate.key.path)}"
        }
        lines.append(http + "}")
        if let htpasswd = settings.htpasswd {
            lines.append("auth: {htpasswd: {realm: test, path: \(htpasswd.path)}}")
        }
        if let token = settings.token {
            lines.append(
                "auth: {token: {realm: '\(token.realm)', service: '\(token.service)', issuer: '\(token.issuer)', rootcertbundle: \(token.certificate.path)}}"
            )
        }
        if settings.allowsSchema1 { lines.append("compatibility: {schema1: {enabled: true}}") }
        if let url = settings.eventsURL {
            let headers = settings.eventsAuthorization.map { ", headers: {Authorization: ['\($0)']}" } ?? ""
            lines.append(
                "notifications: {endpoints: [{name: test, url: '\(url)', timeout: 5s, threshold: 5, backoff: 100ms"
                    + headers + "}]}")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Runs `registry garbage-collect` over the folder, whether or not the server runs: it keeps nothing in memory.
    /// Throws ``Program/Failure`` when it does not end with status 0.
    package func garbageCollect(deleteUntagged: Bool = false) async throws {
        guard let program = Self.program else { throw Failure(description: "docker-registry is not installed") }
        let options = deleteUntagged ? ["--delete-untagged"] : []
        try await Program.run(
            program, ["garbage-collect"] + options + [scratch("config.yml").path],
            environment: ["OTEL_TRACES_EXPORTER": "none"])
    }

    /// Ends the server.
    package func stop() {
        let running: Process? = process.withLock { process in
            defer { process = nil }
            return process
        }
        running?.terminate()
        running?.waitUntilExit()
    }

    deinit { stop() }
}

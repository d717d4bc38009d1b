import Foundation

/// What there is of the embedded server.
package struct EmbeddedServerStatus: Sendable, Equatable {
    package enum State: String, Sendable {
        /// No cluster has been made yet.
        case absent
        case stopped
        /// It runs, but takes no connections yet: it recovers after a crash, or is going down.
        case busy
        case running
    }

    package var state: State
    /// The server's process number while it runs.
    package var process: Int32?
    /// The major version of PostgreSQL that the cluster was made by.
    package var version: String?
    /// The folder with the data, the log and the socket.
    package var folder: String
    /// The server's log.
    package var log: String
}

extension EmbeddedServer {
    /// How long a server may take to write everything to disk.
    private static let secondsToStop = 120

    /// What there is of the server, without changing anything.
    package func status() -> EmbeddedServerStatus {
        let process = EmbeddedServerProcess(in: data)
        let version = clusterVersion
        let state: EmbeddedServerStatus.State =
            if let process { process.isReady ? .running : .busy } else { version == nil ? .absent : .stopped }
        return EmbeddedServerStatus(
            state: state, process: process?.process, version: version, folder: folder.path, log: log.path)
    }

    /// Stops the server: open connections are ended, what was committed is on disk.
    ///
    /// - Returns: whether it was running.
    /// - Throws: ``EmbeddedServerError``, `CancellationError`.
    @discardableResult
    package func stop() async throws -> Bool {
        guard FileManager.default.fileExists(atPath: home.path) else { return false }
        let lock = try await EmbeddedServerLock(in: home)
        defer { withExtendedLifetime(lock) {} }
        guard let server = EmbeddedServerProcess(in: data) else { return false }
        // SIGINT: "fast shutdown" (PostgreSQL manual, 19.5).
        guard kill(server.process, SIGINT) == 0 || errno == ESRCH else {
            throw EmbeddedServerFolder.failed(folder.path, errno)
        }
        let start = ContinuousClock.now
        while EmbeddedServerProcess.isServer(server.process, of: data) {
            guard .now - start < .seconds(EmbeddedServer.secondsToStop) else {
                throw EmbeddedServerError.tookTooLong(
                    what: "stopping PostgreSQL", seconds: EmbeddedServer.secondsToStop, log: log.path)
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        return true
    }
}

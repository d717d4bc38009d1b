import Foundation

/// The right to start or stop the server in a folder, which one process has at a time.
///
/// The kernel gives it back when the process that holds it dies, however it dies.
final class EmbeddedServerLock: Sendable {
    private let file: Int32

    /// Waits for the right. Throws `locked` after two minutes, `CancellationError`.
    init(in home: URL) async throws {
        let path = home.appending(path: "postgres.lock").path
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw EmbeddedServerFolder.failed(path, errno) }
        self.file = file
        let start = ContinuousClock.now
        while flock(file, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else {
                throw EmbeddedServerFolder.failed(path, errno)
            }
            guard .now - start < .seconds(120) else { throw EmbeddedServerError.locked(folder: home.path) }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    deinit { close(file) }
}

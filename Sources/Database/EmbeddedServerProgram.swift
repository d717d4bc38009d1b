import Foundation
import Synchronization

/// A program that is run apart from us: in a session of its own, so that no terminal's Ctrl-C reaches it, with none of
/// our open files, from the root folder, and with an environment that no setting of ours or the user's can reach.
struct EmbeddedServerProgram {
    var command: [String]

    /// A program that was started and will be waited for.
    final class Running: Sendable {
        let process: pid_t
        private let status = Mutex<Int32?>(nil)

        fileprivate init(_ process: pid_t) {
            self.process = process
            // Somebody has to take the exit status, or the process stays in the table as long as we live.
            Thread.detachNewThread { [self] in
                var raw: Int32 = 0
                while waitpid(process, &raw, 0) < 0, errno == EINTR {}
                let signal = raw & 0x7f
                let code = signal == 0 ? (raw >> 8) & 0xff : 128 + signal
                status.withLock { $0 = code }
            }
        }

        /// The exit status, 128 and the signal's number after a signal; nil while it runs.
        var exitStatus: Int32? { status.withLock { $0 } }
    }

    /// Starts the program with its output going to an open file.
    func start(output: Int32) throws -> Running {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, output, 2)
        // A file of ours that stayed open in the server, such as the lock, would be held as long as the server runs.
        let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        for file in open.compactMap({ Int32($0) }) where file > 2 {
            posix_spawn_file_actions_addclose(&actions, file)
        }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(
            &attributes, EmbeddedServerProgram.newSession | Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        // PostgreSQL's programs want a working folder that they can enter.
        let arguments = (["/bin/sh", "-c", "cd / && exec \"$@\"", "sh"] + command).map { (text: String) in strdup(text)
        }
        let environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", "TZ=UTC"].map { (text: String) in
            strdup(text)
        }
        defer { for text in arguments + environment { free(text) } }
        var process: pid_t = 0
        let failure = posix_spawn(
            &process, "/bin/sh", &actions, &attributes, arguments + [nil], environment + [nil])
        guard failure == 0 else {
            throw EmbeddedServerError.programFailed(
                program: command[0], status: 127, output: String(cString: strerror(failure)))
        }
        return Running(process)
    }

    /// Runs the program to its end. Returns its exit status and the last 4 KB of what it said.
    func run() async throws -> (status: Int32, output: String) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else {
            throw EmbeddedServerError.programFailed(
                program: command[0], status: 127, output: String(cString: strerror(errno)))
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let (reading, writing) = (ends[0], ends[1])
        let running: Running
        do { running = try start(output: writing) } catch {
            close(reading)
            close(writing)
            throw error
        }
        close(writing)
        let output = Output()
        Thread.detachNewThread { output.read(reading) }
        while true {
            if let status = running.exitStatus, let text = output.text { return (status, text) }
            do { try await Task.sleep(for: .milliseconds(5)) } catch {
                kill(running.process, SIGTERM)
                throw error
            }
        }
    }

    /// What a program says, read to its end on a thread that may wait.
    private final class Output: Sendable {
        private let whole = Mutex<String?>(nil)

        /// Nil while the program may say more.
        var text: String? { whole.withLock { $0 } }

        func read(_ file: Int32) {
            var last: [UInt8] = []
            var piece = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = Foundation.read(file, &piece, piece.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                last = (last + piece.prefix(count)).suffix(4096)
            }
            close(file)
            let text = EmbeddedServerProgram.oneLine(last)
            whole.withLock { $0 = text }
        }
    }

    /// The last 4 KB of an open file, from an offset on, as one line.
    static func tail(of file: Int32, from offset: off_t) -> String {
        let size = lseek(file, 0, SEEK_END)
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = pread(file, &bytes, bytes.count, max(offset, size - 4096))
        return oneLine(bytes.prefix(max(0, count)))
    }

    private static func oneLine(_ bytes: some Collection<UInt8>) -> String {
        String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).suffix(8).joined(separator: "; ")
    }

    /// POSIX_SPAWN_SETSID of glibc's spawn.h, which Swift does not see.
    private static let newSession: Int16 = 0x80
}

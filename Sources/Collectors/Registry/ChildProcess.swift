import Foundation

/// A program that is run for its output, and left alone when it does not end in time.
///
/// Foundation's `Process` waits for whatever the program leaves behind; this does not.
struct ChildProcess {
    private let id: pid_t
    private let stdout: Int32

    /// Starts a program with its input ready, and its errors thrown away. Throws ``RegistryError`` when it cannot be
    /// run. The input has to fit a pipe (4 KiB does).
    static func start(
        _ path: String, arguments: [String], environment: [String: String], input: [UInt8]
    ) throws -> ChildProcess {
        let failure = RegistryError(.credentials, "\(path) cannot be run")
        guard let stdin = privatePipe() else { throw failure }
        defer { close(stdin[0]) }
        // Written before the start, while we hold the other end: a helper that leaves early cannot break the pipe.
        let written = write(stdin[1], input, input.count)
        close(stdin[1])
        guard written == input.count, let stdout = privatePipe() else { throw failure }
        defer { close(stdout[1]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, stdin[0], 0)
        posix_spawn_file_actions_adddup2(&actions, stdout[1], 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for pointer in words + variables { free(pointer) } }
        var id = pid_t()
        guard posix_spawn(&id, path, &actions, nil, &words, &variables) == 0 else {
            close(stdout[0])
            throw failure
        }
        return ChildProcess(id: id, stdout: stdout[0])
    }

    /// Both ends of a pipe that other programs do not inherit.
    private static func privatePipe() -> [Int32]? {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return ends
    }

    /// Everything the program says; nil when that is too much, or does not end in time. Called once.
    func output(limit: Int, until end: ContinuousClock.Instant) -> Data? {
        defer { close(stdout) }
        var output = Data()
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let left = end - .now
            guard left > .zero else { return nil }
            var entry = pollfd(fd: stdout, events: Int16(POLLIN), revents: 0)
            let ready = poll(&entry, 1, Int32(min(left / .milliseconds(1) + 1, 1_000_000)))
            if ready < 0 && errno != EINTR { return nil }
            guard ready > 0 else { continue }
            let count = read(stdout, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0, output.count + count <= limit else { return nil }
            if count == 0 { return output }
            output.append(contentsOf: buffer[..<count])
        }
    }

    /// The exit status, or minus the signal that ended the program; nil when it does not end in time.
    func wait(until end: ContinuousClock.Instant) -> Int32? {
        var status: Int32 = 0
        while true {
            let ended = waitpid(id, &status, WNOHANG)
            if ended == id {
                let signal = status & 0x7f
                return signal == 0 ? (status >> 8) & 0xff : -signal
            }
            if ended < 0 && errno != EINTR { return nil }
            guard ContinuousClock.now < end else { return nil }
            usleep(2000)
        }
    }

    /// Ends the program, whatever it does.
    func end() {
        kill(id, SIGKILL)
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0 && errno == EINTR {}
    }
}

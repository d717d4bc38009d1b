import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// The end of a command that was run for the user: the process ends with its status.
struct WrappedEnd: Error {
    /// The command's exit status, or 128 and the number of the signal that ended it.
    let status: Int32
}

/// The command that signals are passed on to; 0 when there is none.
private let signalled = Atomic<Int32>(0)

/// Runs a command as it stands: standard input is its own, what it prints is passed on as it comes.
struct WrappedCommand {
    let words: [String]

    /// What asks a command to end, or to tell something.
    private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2]
    /// What a command left behind may go on printing; it is waited for as long as it does.
    private static let silence: Int32 = 1000

    /// Runs the command to its end. Blocks.
    ///
    /// - Parameter sink: is given what the command printed on standard output (1) and standard error (2).
    /// - Returns: its exit status, 128 and the number of the signal that ended it, or 127 or 126 when it is not there or
    ///   cannot be run, as shells have it.
    func run(_ sink: (Int32, ArraySlice<UInt8>) -> Void) -> Int32 {
        guard let output = Self.pipeEnds(), let errors = Self.pipeEnds(), let done = Self.pipeEnds() else {
            StandardError.line("error: no pipe for \(words[0]): \(String(cString: strerror(errno)))")
            return 126
        }
        defer { for end in [output[0], errors[0], done[0]] { close(end) } }
        // Touched before a signal may, whose handler must not begin it.
        signalled.store(0, ordering: .sequentiallyConsistent)
        let id: pid_t
        switch Self.spawn(words, output[1], errors[1]) {
        case .success(let started): id = started
        case .failure(let failure):
            for end in [output[1], errors[1], done[1]] { close(end) }
            StandardError.line("error: \(words[0]): \(String(cString: strerror(failure.code)))")
            return failure.code == ENOENT ? 127 : 126
        }
        close(output[1])
        close(errors[1])
        signalled.store(id, ordering: .sequentiallyConsistent)
        let before = Self.passSignalsOn()
        defer { Self.restore(before) }
        // Waits beside the reading of what is printed, and says when the command has ended.
        let end = CommandEnd()
        Thread.detachNewThread { [end, done = done[1]] in
            end.status.store(Self.wait(for: id), ordering: .sequentiallyConsistent)
            signalled.store(0, ordering: .sequentiallyConsistent)
            end.hasCome.signal()
            close(done)
        }
        Self.pass(from: [(output[0], STDOUT_FILENO), (errors[0], STDERR_FILENO)], until: done[0], sink)
        end.hasCome.wait()
        return end.status.load(ordering: .sequentiallyConsistent)
    }

    /// How the command ended, once it has.
    private final class CommandEnd: Sendable {
        let status = Atomic<Int32>(0)
        let hasCome = DispatchSemaphore(value: 0)
    }

    private struct Failure: Error { let code: Int32 }

    /// Both ends of a pipe that other programs do not inherit.
    private static func pipeEnds() -> [Int32]? {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return ends
    }

    private static func spawn(_ words: [String], _ output: Int32, _ errors: Int32) -> Result<pid_t, Failure> {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
        // What layerscope ignores or blocks for itself, the command shall not.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var all = sigset_t()
        sigfillset(&all)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for pointer in arguments { free(pointer) } }
        var id = pid_t()
        let code = posix_spawnp(&id, words[0], &actions, &attributes, &arguments, environ)
        return code == 0 ? .success(id) : .failure(Failure(code: code))
    }

    /// Passes signals on that were sent to this process alone. One from the terminal the command got by itself.
    private static func passSignalsOn() -> [(Int32, sigaction)] {
        signals.map { number in
            var action = sigaction()
            action.__sigaction_handler.sa_sigaction = { number, info, _ in
                let id = signalled.load(ordering: .sequentiallyConsistent)
                if id > 0, let info, info.pointee.si_code <= 0 { kill(id, number) }
            }
            action.sa_flags = SA_SIGINFO | SA_RESTART
            var before = sigaction()
            sigaction(number, &action, &before)
            return (number, before)
        }
    }

    private static func restore(_ actions: [(Int32, sigaction)]) {
        for (number, action) in actions {
            var action = action
            sigaction(number, &action, nil)
        }
    }

    private static func wait(for id: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0 {
            guard errno == EINTR else { return 127 }
        }
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal
    }

    /// Copies what comes, until both ends are closed, or the command has ended and nothing came for a while.
    private static func pass(
        from pipes: [(from: Int32, to: Int32)], until done: Int32, _ sink: (Int32, ArraySlice<UInt8>) -> Void
    ) {
        var open = pipes.map { (from: $0.from, to: $0.to, isWritten: true) }
        var hasEnded = false
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while !open.isEmpty {
            var entries = open.map { pollfd(fd: $0.from, events: Int16(POLLIN), revents: 0) }
            if !hasEnded { entries.append(pollfd(fd: done, events: Int16(POLLIN), revents: 0)) }
            let ready = poll(&entries, nfds_t(entries.count), hasEnded ? silence : -1)
            if ready == 0 { return }
            guard ready > 0 else { continue }
            if !hasEnded, entries.last?.revents != 0 { hasEnded = true }
            for place in open.indices.reversed() where entries[place].revents != 0 {
                let count = read(open[place].from, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else {
                    open.remove(at: place)
                    continue
                }
                if open[place].isWritten { open[place].isWritten = write(buffer[..<count], to: open[place].to) }
                sink(open[place].to, buffer[..<count])
            }
        }
    }

    /// Writes all of it; false when nobody reads it any more.
    private static func write(_ bytes: ArraySlice<UInt8>, to file: Int32) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if written > 0 {
                rest = rest.dropFirst(written)
            } else if errno == EAGAIN {
                var waiting = pollfd(fd: file, events: Int16(POLLOUT), revents: 0)
                poll(&waiting, 1, 1000)
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }
}

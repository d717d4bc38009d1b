import Foundation
import Synchronization

/// A private Unix socket whose every connection is an `ssh` of its own: the program on the other machine passes the
/// engine's socket through its input and output (docker/cli, cli/connhelper).
///
/// The accepted connection itself becomes input and output of `ssh`, so no byte passes through us.
final class SSHBridge: Sendable {
    private struct State {
        var processes: [ObjectIdentifier: Process] = [:]
        var isStopped = false
        var lastWords = ""
        var waiting: [CheckedContinuation<Void, Never>] = []
        var source: (any DispatchSourceRead)?
    }

    let socketPath: String
    private let folder: String
    private let target: SSHTarget
    private let listener: Int32
    private let state = Mutex(State())
    /// The most that is kept of what an `ssh` says on standard error, in bytes.
    private static let lastWordsLimit = 2_000

    /// Opens the socket, in a folder that only this user can enter. Throws ``EngineError``.
    init(_ target: SSHTarget) throws(EngineError) {
        self.target = target
        var template = Array((FileManager.default.temporaryDirectory.path + "/layerscope-ssh-XXXXXX").utf8CString)
        guard let name = mkdtemp(&template) else {
            throw EngineError(.program, target.location, "no private folder can be made for the connection")
        }
        folder = String(cString: name)
        socketPath = folder + "/engine.sock"
        guard let listener = Self.openListener(at: socketPath) else {
            try? FileManager.default.removeItem(atPath: folder)
            throw EngineError(
                .program, target.location, "no socket can be opened in \(folder)", hint: "set TMPDIR to a short path")
        }
        self.listener = listener
        state.withLock { state in
            let source = DispatchSource.makeReadSource(fileDescriptor: listener, queue: .global())
            source.setEventHandler { [weak self] in self?.takeConnection() }
            source.setCancelHandler { close(listener) }
            source.activate()
            state.source = source
        }
    }

    deinit { stop() }

    /// Ends every connection and removes the socket.
    func stop() {
        let running: [Process]? = state.withLock { state in
            if state.isStopped { return nil }
            state.isStopped = true
            state.source?.cancel()
            state.source = nil
            defer { state.processes = [:] }
            return Array(state.processes.values)
        }
        guard let running else { return }
        for process in running where process.isRunning { process.terminate() }
        tellEnd()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// What the last `ssh` that failed said; empty when none did.
    var lastWords: String { state.withLock { $0.lastWords } }

    /// Waits until an `ssh` that has ended was heard of: a connection breaks before that. Not for long, as it may have
    /// broken while its `ssh` lives.
    func awaitEnd() async {
        await withCheckedContinuation { continuation in
            let isWaiting = state.withLock { state in
                guard state.lastWords.isEmpty, !state.isStopped else { return false }
                state.waiting.append(continuation)
                return true
            }
            guard isWaiting else { return continuation.resume() }
            DispatchQueue.global().asyncAfter(deadline: .now() + 1) { self.tellEnd() }
        }
    }

    private func tellEnd() {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    private func takeConnection() {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { return }
        _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [target.client] + target.arguments
        let handle = FileHandle(fileDescriptor: connection, closeOnDealloc: false)
        // A file, not a pipe: an `ssh` that stays behind as a master would keep a pipe open, and a full one stops it.
        let errors =
            FileManager.default.createFile(atPath: errorPath, contents: nil)
            ? FileHandle(forWritingAtPath: errorPath) : nil
        process.standardInput = handle
        process.standardOutput = handle
        process.standardError = errors ?? FileHandle.nullDevice
        let key = ObjectIdentifier(process)
        process.terminationHandler = { [weak self] ended in
            guard let self else { return }
            let words = ended.terminationStatus == 0 ? "" : readErrors()
            state.withLock { state in
                state.processes[key] = nil
                if !words.isEmpty { state.lastWords = words }
            }
            tellEnd()
        }
        do {
            try process.run()
            let isLate = state.withLock { state in
                if state.isStopped { return true }
                if process.isRunning { state.processes[key] = process }
                return false
            }
            if isLate { process.terminate() }
        } catch {
            state.withLock { $0.lastWords = "ssh cannot be started" }
            tellEnd()
        }
        close(connection)
    }

    private var errorPath: String { folder + "/ssh.err" }

    private func readErrors() -> String {
        guard let handle = FileHandle(forReadingAtPath: errorPath) else { return "" }
        defer { try? handle.close() }
        guard let words = try? handle.read(upToCount: Self.lastWordsLimit) else { return "" }
        return String(decoding: words, as: UTF8.self)
    }

    private static func openListener(at path: String) -> Int32? {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            close(descriptor)
            return nil
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard isBound, listen(descriptor, 64) == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }
}

import Foundation
import Postgres

extension EmbeddedServer {
    /// What a new cluster takes, with its first write-ahead log.
    static let bytesToCreate: Int64 = 160 << 20
    /// Less than that, and a server that did not come up had no room.
    static let bytesToStart: Int64 = 24 << 20
    /// How long recovery after a crash may take.
    private static let secondsToStart = 300

    /// Makes sure that the server runs, creating the cluster on first use, and returns ``url``.
    ///
    /// Safe to be called by any number of processes at once: one starts, the others wait for it and use what runs.
    /// - Throws: ``EmbeddedServerError``, `PostgresError` when the roles cannot be made, `CancellationError`.
    @discardableResult
    package func start() async throws -> String {
        // Found running is the common case, and needs no lock.
        if EmbeddedServerProcess(in: data)?.isReady == true, isSetUp { return url }
        try EmbeddedServerFolder(home).create()
        let lock = try await EmbeddedServerLock(in: home)
        defer { withExtendedLifetime(lock) {} }
        // One that is neither ready nor gone is on its way up, or down.
        try await waitWhileBusy()
        if EmbeddedServerProcess(in: data) == nil { try await launch() }
        if !isSetUp { try await setUp() }
        return url
    }

    private func launch() async throws {
        let account = try EmbeddedServerAccount.forServer(in: data)
        let binaries = try await EmbeddedServerBinaries.find(
            for: clusterVersion, in: data, environment: environment)
        try prepareFolders(account)
        if clusterVersion == nil { try await create(binaries, account) }
        try await endLeftOvers()
        try EmbeddedServerProcess.disarm(in: data)
        try writeConfiguration(account)
        let output = try openLog()
        defer { close(output) }
        let start = lseek(output, 0, SEEK_END)
        let command = try account.command(binaries.postgres, ["-D", data.path])
        let server = try EmbeddedServerProgram(command: command).start(output: output)
        let limit = ContinuousClock.now + .seconds(EmbeddedServer.secondsToStart)
        while EmbeddedServerProcess(in: data)?.isReady != true {
            if let status = server.exitStatus { throw failure("postgres", status, try lastWords(from: start)) }
            try await wait(until: limit)
        }
    }

    private func waitWhileBusy() async throws {
        let limit = ContinuousClock.now + .seconds(EmbeddedServer.secondsToStart)
        while let process = EmbeddedServerProcess(in: data), !process.isReady { try await wait(until: limit) }
    }

    private func wait(until limit: ContinuousClock.Instant) async throws {
        guard .now < limit else {
            throw EmbeddedServerError.tookTooLong(
                what: "starting PostgreSQL", seconds: EmbeddedServer.secondsToStart, log: log.path)
        }
        try await Task.sleep(for: .milliseconds(10))
    }

    /// The major version that the cluster was made by; nil when there is no cluster.
    var clusterVersion: String? {
        (try? String(contentsOf: data.appending(path: "PG_VERSION"), encoding: .utf8))?
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func prepareFolders(_ account: EmbeddedServerAccount) throws {
        try EmbeddedServerFolder(home).letPass(account)
        if let barrier = EmbeddedServerFolder(home).barrier(for: account) {
            throw EmbeddedServerError.unusableFolder(
                folder: home.path,
                reason: "the account \(account.name ?? "") that PostgreSQL runs as cannot pass \(barrier)",
                nextStep: "set LAYERSCOPE_HOME to a folder that it can reach, such as /var/lib/layerscope")
        }
        try EmbeddedServerFolder(folder).makePrivate(to: account)
        try EmbeddedServerFolder(socketFolder).makePrivate(to: account)
    }

    /// Waits for processes of a server that was killed, and asks them to go.
    private func endLeftOvers() async throws {
        let start = ContinuousClock.now
        while case let processes = EmbeddedServerProcess.leftOver(in: data), !processes.isEmpty {
            let waited = ContinuousClock.now - start
            // SIGQUIT: end at once, without touching shared memory (PostgreSQL manual, 19.5).
            if waited > .seconds(2) { for process in processes { kill(process, SIGQUIT) } }
            guard waited < .seconds(30) else {
                throw EmbeddedServerError.tookTooLong(what: "the end of a killed server", seconds: 30, log: log.path)
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// What a program's failure means: no room on the disk, or what the program said.
    func failure(_ program: String, _ status: Int32, _ output: String) -> EmbeddedServerError {
        if let free = EmbeddedServerFolder(folder).freeBytes, free < EmbeddedServer.bytesToStart {
            return .diskFull(folder: folder.path, freeBytes: free, neededBytes: EmbeddedServer.bytesToStart)
        }
        return .programFailed(program: program, status: status, output: output)
    }

    /// What the log says from an offset on.
    private func lastWords(from offset: off_t) throws -> String {
        let file = open(log.path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw EmbeddedServerFolder.failed(log.path, errno) }
        defer { close(file) }
        return EmbeddedServerProgram.tail(of: file, from: offset)
    }

    /// Opens the log for appending; one that has grown is kept beside a new one.
    private func openLog() throws -> Int32 {
        var status = stat()
        if stat(log.path, &status) == 0, status.st_size > 4 << 20 { rename(log.path, log.path + ".1") }
        let file = open(log.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw EmbeddedServerFolder.failed(log.path, errno) }
        return file
    }
}

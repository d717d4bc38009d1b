package import Database
import Foundation
import Postgres
import Synchronization

/// Runs a test in an empty database of its own, in the server that this process keeps for its tests.
///
/// The body gets the connection string of the role `layerscope`, which owns the database. Roles are shared by all
/// scratch databases. No more than a few tests have one at a time; not to be nested.
package func withScratchDatabase<R>(
    _ body: nonisolated(nonsending) (_ url: String) async throws -> R
) async throws -> R {
    await ScratchServer.shared.enter()
    do {
        let result = try await withDatabase(body)
        await ScratchServer.shared.leave()
        return result
    } catch {
        await ScratchServer.shared.leave()
        throw error
    }
}

private func withDatabase<R>(_ body: nonisolated(nonsending) (_ url: String) async throws -> R) async throws -> R {
    let server = try await ScratchServer.shared.running()
    let name = "scratch_\(UUID().uuidString.replacing("-", with: "").lowercased())"
    try await asAdmin(of: server) { try await server.createDatabase(name, on: $0) }
    do {
        let result = try await body(server.url(role: EmbeddedServer.ownerRole, database: name))
        try await drop(name, from: server)
        return result
    } catch {
        try await drop(name, from: server)
        throw error
    }
}

/// The connection string of the role `layerscope_reader` for the database of another connection string from
/// ``withScratchDatabase(_:)``.
package func scratchReaderURL(_ url: String) -> String {
    url.replacing("user=\(EmbeddedServer.ownerRole)", with: "user=\(EmbeddedServer.readerRole)")
}

/// Whether PostgreSQL is installed, so that tests can have a server.
package let hasPostgres: Bool = {
    if ProcessInfo.processInfo.environment["LAYERSCOPE_POSTGRES_BIN"] != nil { return true }
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
    return versions.contains { FileManager.default.isExecutableFile(atPath: "/usr/lib/postgresql/\($0)/bin/postgres") }
}()

private func asAdmin(of server: EmbeddedServer, _ body: (PostgresConnection) async throws -> Void) async throws {
    let admin = try await PostgresConnection.connect(server.adminURL)
    do { try await body(admin) } catch {
        await admin.close()
        throw error
    }
    await admin.close()
}

private func drop(_ name: String, from server: EmbeddedServer) async throws {
    // Shielded: the database goes also when the test was cancelled.
    try await Task {
        try await asAdmin(of: server) { _ = try await $0.execute("DROP DATABASE IF EXISTS \(name) WITH (FORCE)") }
    }.value
}

/// The server of this process's tests.
package actor ScratchServer {
    package static let shared = ScratchServer()
    private var start: Task<EmbeddedServer, any Error>?
    /// How many tests may have a database at a time.
    private var places = 16
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Waits for a place.
    func enter() async {
        guard places == 0 else {
            places -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    /// Hands the place to who waits longest.
    func leave() {
        if waiting.isEmpty { places += 1 } else { waiting.removeFirst().resume() }
    }

    /// Starts the server for the first who asks.
    package func running() async throws -> EmbeddedServer {
        if let start { return try await start.value }
        let task = Task {
            ScratchFolders.removeAbandoned()
            let home = try ScratchFolders.claim()
            // Nobody misses these data after a power cut.
            let server = EmbeddedServer(
                home: home,
                settings: [
                    "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off",
                    "shared_buffers": "128MB", "max_connections": "300",
                ])
            try await server.start()
            atexit { ScratchFolders.removeOwn() }
            return server
        }
        start = task
        return try await task.value
    }
}

/// The folders of test servers. Each is locked by the process that it belongs to, so that one whose process died can
/// be told.
private enum ScratchFolders {
    private static let prefix = "layerscope-test-server-"
    private static let parent = FileManager.default.temporaryDirectory
    private static let own = Mutex<(folder: URL, lock: Int32)?>(nil)

    static func claim() throws -> URL {
        let folder = parent.appending(path: prefix + UUID().uuidString.prefix(8))
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let lock = open(folder.appending(path: "owner.lock").path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0, flock(lock, LOCK_EX | LOCK_NB) == 0 else { throw CocoaError(.fileWriteUnknown) }
        own.withLock { $0 = (folder, lock) }
        return folder
    }

    static func removeOwn() {
        if let folder = own.withLock({ $0?.folder }) { remove(folder) }
    }

    /// Ends servers, and removes folders, of processes that died without doing so.
    static func removeAbandoned() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent.path)) ?? []
        for name in names where name.hasPrefix(prefix) {
            let folder = parent.appending(path: name)
            let lock = open(folder.appending(path: "owner.lock").path, O_RDWR | O_CLOEXEC)
            guard lock >= 0 else { continue }
            if flock(lock, LOCK_EX | LOCK_NB) == 0 { remove(folder) }
            close(lock)
        }
    }

    private static func remove(_ folder: URL) {
        if let process = EmbeddedServer(home: folder).status().process {
            kill(process, SIGQUIT)
            // The files must not be written again after they are gone.
            for _ in 0..<200 where EmbeddedServer(home: folder).status().process != nil { usleep(10_000) }
        }
        try? FileManager.default.removeItem(at: folder)
    }
}

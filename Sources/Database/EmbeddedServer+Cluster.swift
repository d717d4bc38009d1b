import Foundation
package import Postgres

extension EmbeddedServer {
    /// Creates the cluster beside its place and moves it there when it is whole: an `initdb` that dies leaves nothing
    /// that could be taken for a cluster.
    func create(_ binaries: EmbeddedServerBinaries, _ account: EmbeddedServerAccount) async throws {
        if let free = EmbeddedServerFolder(folder).freeBytes, free < EmbeddedServer.bytesToCreate {
            throw EmbeddedServerError.diskFull(
                folder: folder.path, freeBytes: free, neededBytes: EmbeddedServer.bytesToCreate)
        }
        let unfinished = folder.appending(path: "data.new-\(getpid())")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        for name in names where name.hasPrefix("data.new-") {
            // Where an `initdb` whose starter was killed still writes, this fails, and succeeds at the next start.
            try? FileManager.default.removeItem(at: folder.appending(path: name))
        }
        // We never leave a cluster without its version file: what is there is damaged, or not ours.
        if let content = try? FileManager.default.contentsOfDirectory(atPath: data.path), !content.isEmpty {
            throw EmbeddedServerError.unusableFolder(
                folder: data.path, reason: "it is not empty and holds no PostgreSQL data",
                nextStep: "move it away and collect again, or choose another folder with LAYERSCOPE_HOME")
        }
        var arguments = [
            "--pgdata=\(unfinished.path)", "--username=\(EmbeddedServer.adminRole)", "--auth-local=trust",
            "--auth-host=reject", "--encoding=UTF8", "--locale=C", "--data-checksums",
        ]
        if settings["fsync"] == "off" { arguments.append("--no-sync") }
        let command = try account.command(binaries.initdb, arguments)
        let (status, output) = try await EmbeddedServerProgram(command: command).run()
        guard status == 0 else { throw failure("initdb", status, output) }
        let access =
            "# Who can enter the folder of the socket is trusted; there is no other way in.\nlocal all all trust\n"
        try write(access, to: unfinished.appending(path: "pg_hba.conf"), account)
        try write("include 'layerscope.conf'\n", to: unfinished.appending(path: "postgresql.conf"), account)
        guard rename(unfinished.path, data.path) == 0 else { throw EmbeddedServerFolder.failed(data.path, errno) }
    }

    /// Writes our settings, anew at each start: the folder may have moved, and memory may have changed.
    func writeConfiguration(_ account: EmbeddedServerAccount) throws {
        let memory = Int64(clamping: ProcessInfo.processInfo.physicalMemory) >> 20
        let buffers = min(max(memory / 8, 128), 1024)
        // A checkpoint is forced before the log fills a small disk.
        let free = (EmbeddedServerFolder(folder).freeBytes ?? 0) >> 20
        let log = min(max(free / 8, 64), 2048)
        var all: [String: String] = [
            "listen_addresses": "", "port": port,
            "unix_socket_directories": "\"\(socketFolder.path)\"", "unix_socket_permissions": "0700",
            "cluster_name": "layerscope", "max_connections": "64", "timezone": "UTC", "log_timezone": "UTC",
            "lc_messages": "C", "log_destination": "stderr", "logging_collector": "off", "log_min_messages": "warning",
            "log_line_prefix": "%m [%p] ",
            // A collection is one large transaction of COPY: long checkpoints, little log, room to sort.
            "shared_buffers": "\(buffers)MB", "work_mem": "\(min(max(memory / 64, 16), 128))MB",
            "maintenance_work_mem": "\(min(max(memory / 16, 64), 512))MB",
            "effective_cache_size": "\(max(memory / 2, 256))MB", "wal_level": "minimal", "max_wal_senders": "0",
            "max_wal_size": "\(log)MB", "checkpoint_timeout": "15min", "wal_compression": "on",
            "random_page_cost": "1.1", "jit": "off", "dynamic_shared_memory_type": sharedMemory,
        ]
        all.merge(settings) { _, given in given }
        let lines = all.sorted { $0.key < $1.key }
            .map { "\($0.key) = '\($0.value.replacingOccurrences(of: "'", with: "''"))'" }
        let text = "# Written at each start; changes are lost.\n" + lines.joined(separator: "\n") + "\n"
        try write(text, to: data.appending(path: "layerscope.conf"), account)
    }

    /// Containers get 64 MB of /dev/shm by default, which a parallel query can exceed.
    private var sharedMemory: String {
        (EmbeddedServerFolder(URL(fileURLWithPath: "/dev/shm")).freeBytes ?? 0) > 1 << 30 ? "posix" : "sysv"
    }

    private func write(_ text: String, to file: URL, _ account: EmbeddedServerAccount) throws {
        let handle = open(file.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard handle >= 0 else { throw EmbeddedServerFolder.failed(file.path, errno) }
        defer { close(handle) }
        var text = text
        let written = text.withUTF8 { Foundation.write(handle, $0.baseAddress, $0.count) }
        guard written == text.utf8.count else {
            throw EmbeddedServerFolder.failed(file.path, written < 0 ? errno : ENOSPC)
        }
        guard fchown(handle, account.user, account.group) == 0 else {
            throw EmbeddedServerFolder.failed(file.path, errno)
        }
    }

    /// Whether the roles and the database have been made.
    var isSetUp: Bool { FileManager.default.fileExists(atPath: setUpMark.path) }

    private var setUpMark: URL { data.appending(path: "layerscope.ready") }

    /// Makes the roles and the database, as far as they are not there.
    func setUp() async throws {
        let admin = try await PostgresConnection.connect(adminURL)
        do {
            for role in [EmbeddedServer.ownerRole, EmbeddedServer.readerRole]
            where try await admin.query("SELECT FROM pg_roles WHERE rolname = $1", [.text(role)]).rows.isEmpty {
                try await admin.execute("CREATE ROLE \(role) LOGIN")
            }
            let reader = EmbeddedServer.readerRole
            try await admin.execute("ALTER ROLE \(reader) SET default_transaction_read_only = on")
            // So that the owner can give the reader what it has.
            try await admin.execute("GRANT \(reader) TO \(EmbeddedServer.ownerRole)")
            let isThere = try await admin.query(
                "SELECT FROM pg_database WHERE datname = $1", [.text(EmbeddedServer.database)])
            if isThere.rows.isEmpty { try await createDatabase(EmbeddedServer.database, on: admin) }
        } catch {
            await admin.close()
            throw error
        }
        await admin.close()
        guard FileManager.default.createFile(atPath: setUpMark.path, contents: nil) else {
            throw EmbeddedServerFolder.failed(setUpMark.path, errno)
        }
    }

    /// Creates a database that the owner's role owns and in which nobody else may make anything.
    package func createDatabase(_ name: String, on admin: PostgresConnection) async throws {
        try await admin.execute("CREATE DATABASE \(name) OWNER \(EmbeddedServer.ownerRole)")
        try await admin.execute("REVOKE TEMPORARY ON DATABASE \(name) FROM PUBLIC")
    }
}

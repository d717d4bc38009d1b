import Database
import Foundation
import Postgres
import TestSupport
import Testing

/// Whether a process is there and not merely waiting to be taken off the table (proc(5)).
private func isAlive(_ process: Int32) -> Bool {
    guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return false }
    return !status.contains(") Z ")
}

@Suite(.enabled(if: hasPostgres), .serialized, .timeLimit(.minutes(3))) struct EmbeddedServerCrashTests {
    @Test func `after SIGKILL the server starts again with what was committed`() async throws {
        try await withEmbeddedServer { server, _ in
            let connection = try await PostgresConnection.connect(try await server.start())
            try await connection.run(script: "CREATE TABLE kept (a int4); INSERT INTO kept VALUES (42)")
            try await connection.run(script: "BEGIN; INSERT INTO kept VALUES (43)")
            let killed = try #require(server.status().process)
            kill(killed, SIGKILL)
            let error = await #expect(throws: PostgresError.self) {
                try await connection.execute("SELECT pg_sleep(600)")
            }
            #expect(error?.kind == .connectionFailed)
            await connection.close()

            let again = try await PostgresConnection.connect(try await server.start())
            #expect(try await again.query("SELECT sum(a) FROM kept").rows[0].int(0) == 42)
            await again.close()
            #expect(server.status().process != killed)
        }
    }

    @Test func `a server process that outlives its killed parent is ended before the next start`() async throws {
        try await withEmbeddedServer { server, _ in
            let url = try await server.start()
            let killed = try #require(server.status().process)
            let connection = try await PostgresConnection.connect(url)
            let process = try await connection.query("SELECT pg_backend_pid()").rows[0].int4(0)
            // Never waits for anything, so it does not notice that the parent has gone.
            let busy = Task { try await connection.run(script: "DO $$BEGIN LOOP END LOOP; END$$") }
            let observer = try await PostgresConnection.connect(url)
            let active =
                "SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND state = 'active' AND query LIKE 'DO%'"
            while try await observer.query(active, [.int4(process)]).rows[0].int(0) == 0 { await Task.yield() }
            await observer.close()
            kill(killed, SIGKILL)
            while server.status().process != nil { await Task.yield() }
            #expect(isAlive(process))
            try await server.start()
            #expect(!isAlive(process))
            let error = await #expect(throws: PostgresError.self) { try await busy.value }
            #expect(error?.kind == .connectionFailed)
            await connection.close()
        }
    }

    @Test func `a stale pid file whose number belongs to somebody else by now is no obstacle`() async throws {
        try await withEmbeddedServer { server, _ in
            try await server.start()
            let data = server.folder.appending(path: "data")
            let pidFile = data.appending(path: "postmaster.pid")
            let lines = try String(contentsOf: pidFile, encoding: .utf8).split(separator: "\n")
            try await server.stop()

            // A process of the server's own account, so that PostgreSQL takes it for a living server.
            let other = Process()
            let user = try ownership(data.path).user
            other.executableURL = URL(fileURLWithPath: getuid() == 0 ? "/usr/bin/setpriv" : "/usr/bin/env")
            other.arguments = (getuid() == 0 ? ["--reuid=\(user)", "--clear-groups"] : []) + ["sleep", "600"]
            try other.run()
            defer {
                // Not SIGTERM: the threads of a test block it, and children inherit that.
                kill(other.processIdentifier, SIGKILL)
                other.waitUntilExit()
            }
            let stale = (["\(other.processIdentifier)"] + lines.dropFirst().map(String.init)).joined(separator: "\n")
            try Data((stale + "\n").utf8).write(to: pidFile)
            try FileManager.default.setAttributes([.ownerAccountID: user], ofItemAtPath: pidFile.path)

            #expect(server.status().state == .stopped)
            let connection = try await PostgresConnection.connect(try await server.start())
            #expect(try await connection.query("SELECT 1").rows.count == 1)
            await connection.close()
            #expect(other.isRunning)
        }
    }

    @Test func `a server killed in the middle of a statement ends it, and a pool finds the next one`() async throws {
        try await withEmbeddedServer { server, _ in
            let url = try await server.start()
            let pool = PostgresPool(url: url, maximum: 2)
            let ready = AsyncStream.makeStream(of: Void.self)
            let task = Task {
                try await pool.withConnection { connection in
                    var sent = false
                    try await connection.stream("SELECT generate_series(1, 1000000000)") { _ in
                        if !sent { ready.continuation.yield() }
                        sent = true
                    }
                }
            }
            for await _ in ready.stream { break }
            let process = try #require(server.status().process)
            // SIGQUIT: the server tells its processes to go at once.
            kill(process, SIGQUIT)
            let error = await #expect(throws: PostgresError.self) { try await task.value }
            #expect(error?.kind == .connectionFailed)
            try await server.start()
            let answer = try await pool.withConnection { try await $0.query("SELECT 7").rows[0].int(0) }
            #expect(answer == 7)
            await pool.close()
        }
    }
}

import Database
import Foundation
import Postgres
import TestSupport
import Testing

/// Runs a test with the embedded server of a home of its own, which is stopped and removed afterwards.
func withEmbeddedServer<R>(
    home name: String = "home", _ body: nonisolated(nonsending) (EmbeddedServer, ScratchFolder) async throws -> R
) async throws -> R {
    let folder = try ScratchFolder("embedded")
    let server = EmbeddedServer(home: folder(name), settings: quick)
    do {
        let result = try await body(server, folder)
        try await server.stop()
        return result
    } catch {
        try await server.stop()
        throw error
    }
}

/// Nobody misses the data of a test after a power cut.
let quick = ["fsync": "off", "shared_buffers": "32MB"]

/// The owner and the permissions of a file.
func ownership(_ path: String) throws -> (user: Int, permissions: Int) {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return (
        try #require(attributes[.ownerAccountID] as? Int), try #require(attributes[.posixPermissions] as? Int)
    )
}

@Suite(.enabled(if: hasPostgres), .serialized, .timeLimit(.minutes(3))) struct EmbeddedServerTests {
    @Test func `a server is made on first use, stopped when told, and found again with its data`() async throws {
        try await withEmbeddedServer { server, folder in
            #expect(server.status().state == .absent)
            #expect(try await server.stop() == false)
            // What an initdb that was killed leaves behind is no obstacle.
            try folder.write(Data("half".utf8), to: "home/postgres/data.new-1/PG_VERSION")
            let url = try await server.start()
            #expect(url == server.url)
            let first = server.status()
            #expect(first.state == .running)
            #expect(!FileManager.default.fileExists(atPath: folder("home/postgres/data.new-1").path))
            #expect(first.version.flatMap { Int($0) } ?? 0 >= 13)

            var connection = try await PostgresConnection.connect(url)
            try await connection.run(script: "CREATE TABLE kept (a int4); INSERT INTO kept VALUES (42)")
            try await server.start()
            #expect(EmbeddedServer(home: server.home).status() == first)
            #expect(try await server.stop())
            #expect(server.status().state == .stopped)
            #expect(try await server.stop() == false)
            await #expect(throws: PostgresError.self) { try await connection.query("SELECT 1") }
            await connection.close()

            connection = try await PostgresConnection.connect(try await server.start())
            #expect(try await connection.query("SELECT a FROM kept").rows[0].int(0) == 42)
            await connection.close()
        }
    }

    @Test func `nobody but the owner gets in, and there is no way but the socket`() async throws {
        try await withEmbeddedServer { server, _ in
            try await server.start()
            let connection = try await PostgresConnection.connect(server.adminURL)
            let row = try await connection.query(
                "SELECT current_setting('listen_addresses'), current_setting('unix_socket_directories')"
            ).rows[0]
            #expect(try row.text(0) == "")
            let socket = try row.text(1).replacing("\"", with: "")
            #expect(socket.hasPrefix(server.folder.path))
            await connection.close()
            for path in [server.folder.path, socket, server.folder.path + "/data"] {
                let (user, permissions) = try ownership(path)
                #expect(permissions == 0o700, "\(path)")
                #expect(user != 0, "\(path)")
            }
            let process = try #require(server.status().process)
            #expect(try ownership("/proc/\(process)").user != 0)
        }
    }

    @Test func `the owner's role owns the database and no more, the reader's role may not write`() async throws {
        try await withEmbeddedServer { server, _ in
            let owner = try await PostgresConnection.connect(try await server.start())
            let rights = try await owner.query(
                """
                SELECT rolsuper OR rolcreaterole OR rolcreatedb, pg_get_userbyid(datdba) = current_user
                FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()
                """
            ).rows[0]
            #expect(try rights.bool(0) == false)
            #expect(try rights.bool(1))
            try await owner.run(
                script: """
                    CREATE SCHEMA s; CREATE TABLE s.t (a int4); INSERT INTO s.t VALUES (1);
                    GRANT USAGE ON SCHEMA s TO layerscope_reader; GRANT SELECT ON s.t TO layerscope_reader
                    """)
            await owner.close()
            let reader = try await PostgresConnection.connect(server.readerURL)
            #expect(try await reader.query("SELECT a FROM s.t").rows[0].int(0) == 1)
            for sql in [
                "INSERT INTO s.t VALUES (2)", "CREATE TABLE s.u (a int4)", "CREATE TEMPORARY TABLE u (a int4)",
                "CREATE SCHEMA mine", "COPY s.t TO PROGRAM 'true'", "SET ROLE layerscope", "DROP TABLE s.t",
            ] {
                // Also for one who switches off what is only a default.
                for mode in ["on", "off"] {
                    try await reader.execute("SET default_transaction_read_only = \(mode)")
                    await #expect(throws: PostgresError.self, "\(sql)") { try await reader.execute(sql) }
                }
            }
            await reader.close()
        }
    }

    @Test func `of many starts at once one starts, and all use it`() async throws {
        try await withEmbeddedServer { server, _ in
            let processes = try await withThrowingTaskGroup(of: Int32.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        let url = try await EmbeddedServer(home: server.home, settings: quick).start()
                        let connection = try await PostgresConnection.connect(url)
                        try await connection.execute("SELECT 1")
                        await connection.close()
                        return try #require(server.status().process)
                    }
                }
                return try await group.reduce(into: Set<Int32>()) { $0.insert($1) }
            }
            #expect(processes.count == 1)
        }
    }

    @Test func `a home whose name is too long for a socket gets a short private folder for it`() async throws {
        let name = String(repeating: "long/", count: 30) + "home, \"quoted\" $HOME"
        try await withEmbeddedServer(home: name) { server, _ in
            try await server.start()
            let connection = try await PostgresConnection.connect(server.adminURL)
            let socket = try await connection.query("SHOW unix_socket_directories").rows[0].text(0)
                .replacing("\"", with: "")
            await connection.close()
            #expect(socket.utf8.count < 60)
            #expect(try ownership(socket).permissions == 0o700)
            #expect(EmbeddedServer(home: server.home).url == server.url)
            try await server.stop()
            try FileManager.default.removeItem(atPath: socket)
        }
    }

    @Test(arguments: [
        (["LAYERSCOPE_HOME": "/a", "XDG_DATA_HOME": "/b", "HOME": "/c"], "/a"),
        (["XDG_DATA_HOME": "/b", "HOME": "/c"], "/b/layerscope"),
        (["XDG_DATA_HOME": "relative", "HOME": "/c"], nil), (["LAYERSCOPE_HOME": "", "HOME": "/c"], nil),
    ])
    func `the home is where the environment says`(_ environment: [String: String], _ expected: String?) {
        let otherwise = getuid() == 0 ? "/var/lib/layerscope" : "/c/.local/share/layerscope"
        #expect(EmbeddedServer.defaultHome(environment: environment).path == expected ?? otherwise)
    }
}

import Foundation
import Postgres
import TestSupport
import Testing

@Suite(.enabled(if: hasPostgres)) struct ErrorTests {
    @Test func `a violated constraint is named, with its table and the server's detail`() async throws {
        try await withConnection { connection in
            try await connection.execute(
                """
                CREATE TABLE owner (id int4 CONSTRAINT owner_key PRIMARY KEY,
                    name text NOT NULL, age int4 CONSTRAINT owner_age CHECK (age > 0))
                """)
            try await connection.execute("INSERT INTO owner VALUES (1, 'a', 1)")
            for (sql, state, constraint, column) in [
                ("INSERT INTO owner VALUES (1, 'b', 1)", "23505", "owner_key", nil),
                ("INSERT INTO owner VALUES (2, 'b', 0)", "23514", "owner_age", nil),
                ("INSERT INTO owner VALUES (2, NULL, 1)", "23502", nil, "name"),
            ] as [(String, String, String?, String?)] {
                let error = await #expect(throws: PostgresError.self) { try await connection.execute(sql) }
                #expect(error?.kind == .statementFailed)
                #expect(error?.sqlState == state)
                #expect(error?.constraint == constraint)
                #expect(error?.column == column)
                #expect(error?.table == "public.owner")
                #expect(error?.detail != nil)
                #expect(error?.statement == sql)
            }
            #expect(try await connection.query("SELECT count(*) FROM owner").rows[0].int(0) == 1)
        }
    }

    @Test func `a statement in an error is cut to 200 characters`() async throws {
        try await withConnection { connection in
            let error = await #expect(throws: PostgresError.self) {
                try await connection.query("SELECT nothing -- " + String(repeating: "x", count: 1000))
            }
            #expect(error?.sqlState == "42703")
            #expect(error?.statement?.count == 200)
        }
    }

    @Test func `a statement with a null character is refused rather than cut`() async throws {
        try await withConnection { connection in
            await #expect(throws: PostgresError.self) { try await connection.execute("SELECT 1\0; garbage") }
            try await expectUsable(connection)
        }
    }

    @Test func `a server that is not there is a failed connection`() async throws {
        let folder = try ScratchFolder("no-server")
        let error = await #expect(throws: PostgresError.self) {
            try await PostgresConnection.connect("host=\(folder.url.path) port=5432 user=u dbname=d password=hunter2")
        }
        #expect(error?.kind == .connectionFailed)
        #expect(error?.hint != nil)
    }

    @Test func `a closed connection says so`() async throws {
        try await withConnection { connection in
            await connection.close()
            let error = await #expect(throws: PostgresError.self) { try await connection.execute("SELECT 1") }
            #expect(error?.kind == .connectionFailed)
        }
    }

    @Test(arguments: [
        "postgresql://user:s3cr=t%ZZ@localhost:1/db", "postgresql://user:s3cr=t@localhost:notaport/db",
        "postgresql://user:s3cr=t@127.0.0.1:1/db?connect_timeout=2", "host=127.0.0.1 port=1 password=s3cr=t user=u",
        "password=s3cr=t' user='", "postgresql://u:s3cr=t@localhost/db?nonsense=1", "s3cr=t",
        "postgresql://u@127.0.0.1:1/db?password=s3cr%3Dt", "host=/nonexistent/s3cr=t password=s3cr=t user=u",
        "postgresql://localhost?sslmode=s3cr=t", "postgresql://u:s3cr%3Dt@[::1/db",
    ])
    func `no password appears in any error`(_ url: String) async throws {
        let error = await #expect(throws: PostgresError.self) { try await PostgresConnection.connect(url) }
        let text = try #require(error).description + String(reflecting: error)
        #expect(error?.kind == .connectionFailed)
        #expect(!text.contains("s3cr"), "\(text)")
        let place = (try? postgresPlace(of: url)) ?? ""
        #expect(!place.contains("s3cr"))
    }

    @Test func `the statements of a script run as one, and its error names the statement's code`() async throws {
        try await withConnection { connection in
            try await connection.run(script: "CREATE TABLE a (x int4); INSERT INTO a VALUES (1), (2);")
            let error = await #expect(throws: PostgresError.self) {
                try await connection.run(script: "INSERT INTO a VALUES (3); SELECT nothing; INSERT INTO a VALUES (4)")
            }
            #expect(error?.sqlState == "42703")
            #expect(try await connection.query("SELECT count(*) FROM a").rows[0].int(0) == 2)
        }
    }

    @Test func `a statement can be described without running it`() async throws {
        try await withConnection { connection in
            try await connection.execute("CREATE TABLE a (x int4, y text)")
            let (parameters, columns) = try await connection.describe("SELECT x, y AS z FROM a WHERE x > $1 AND y = $2")
            #expect(parameters == [PostgresType.int4, PostgresType.text])
            #expect(columns.map(\.0) == ["x", "z"])
            #expect(columns.map(\.1) == [PostgresType.int4, PostgresType.text])
            let none = try await connection.describe("DELETE FROM a")
            #expect(none.parameters.isEmpty && none.columns.isEmpty)
            await #expect(throws: PostgresError.self) { try await connection.describe("SELECT nothing") }
            #expect(try await connection.execute("INSERT INTO a VALUES (1, 'a'), (2, 'b')") == 2)
            #expect(try await connection.execute("UPDATE a SET y = 'c' WHERE x = $1", [.int4(1)]) == 1)
        }
    }
}

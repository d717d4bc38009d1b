import Postgres
import TestSupport
import Testing

@Suite(.enabled(if: hasPostgres)) struct TimeoutTests {
    @Test func `a statement beyond its time limit is timed out, and the connection goes on`() async throws {
        try await withConnection(statementTimeout: .milliseconds(100)) { connection in
            let error = await #expect(throws: PostgresError.self) {
                try await connection.execute("SELECT pg_sleep(600)")
            }
            #expect(error?.kind == .timedOut)
            #expect(error?.sqlState == "57014")
            #expect(error?.statement == "SELECT pg_sleep(600)")
            try await expectUsable(connection)
        }
    }

    @Test func `a limit of a transaction ends with it`() async throws {
        try await withConnection { connection in
            let error = await #expect(throws: PostgresError.self) {
                try await connection.transaction(readOnly: true, statementTimeout: .milliseconds(50)) { transaction in
                    try await transaction.query("SELECT pg_sleep(600)")
                }
            }
            #expect(error?.kind == .timedOut)
            let limit = try await connection.query("SHOW statement_timeout").rows[0].text(0)
            #expect(limit == "0")
        }
    }

    @Test func `a limit can be lifted`() async throws {
        try await withConnection(statementTimeout: .milliseconds(1)) { connection in
            try await connection.limitStatements(to: nil)
            try await connection.execute("SELECT pg_sleep(0.05)")
            try await connection.limitStatements(to: .seconds(90))
            #expect(try await connection.query("SHOW statement_timeout").rows[0].text(0) == "90s")
        }
    }
}

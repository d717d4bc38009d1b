import Postgres
import TestSupport
import Testing

/// Runs a test on a connection to an empty database.
func withConnection<R>(
    statementTimeout: Duration? = nil, _ body: nonisolated(nonsending) (PostgresConnection) async throws -> R
) async throws -> R {
    try await withScratchDatabase { url in
        let connection = try await PostgresConnection.connect(url, statementTimeout: statementTimeout)
        do {
            let result = try await body(connection)
            await connection.close()
            return result
        } catch {
            await connection.close()
            throw error
        }
    }
}

/// Whether a connection takes the next statement.
func expectUsable(_ connection: PostgresConnection) async throws {
    let answer = try await connection.query("SELECT 7").rows[0].int(0)
    #expect(answer == 7)
}

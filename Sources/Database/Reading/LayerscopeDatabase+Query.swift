package import Figures
import Postgres

/// The answer to a query.
package struct QueryAnswer: Sendable, Equatable {
    package var table: Table
    /// Whether there were more rows than were asked for.
    package var isCut: Bool
}

extension LayerscopeDatabase {
    /// Runs one statement that anybody may have written.
    ///
    /// It runs as the role `layerscope_reader`, which can read the views and nothing else, in a read-only transaction
    /// that is rolled back, on a connection that is closed afterwards: by that role's own login where there is one,
    /// else in a function that runs with its rights. Views need no schema in front.
    ///
    /// - Parameters:
    ///   - values: texts for `$1`, `$2` and so on; at most 4.
    ///   - timeout: how long the server works on it.
    ///   - rowLimit: how many rows are returned at most.
    /// - Throws: ``DatabaseError/notAQuery``, ``DatabaseError/noReader``, `PostgresError` (of kind `timedOut` when it
    ///   took too long), `CancellationError`.
    package func query(
        _ sql: String, _ values: [String] = [], timeout: Duration = .seconds(30), rowLimit: Int = 100_000
    ) async throws -> QueryAnswer {
        guard values.count <= 4 else {
            throw DatabaseError.wrongParameters(query: "a query", expected: ["at most 4"], given: values.count)
        }
        let connection = try await PostgresConnection.connect(readerURL ?? url, applicationName: "layerscope query")
        do {
            let answer = try await read(sql, values, timeout, max(0, rowLimit), connection)
            // Closed without a commit: the transaction is rolled back.
            await connection.close()
            return answer
        } catch {
            await connection.close()
            throw error
        }
    }

    private func read(
        _ sql: String, _ values: [String], _ timeout: Duration, _ rowLimit: Int, _ connection: PostgresConnection
    ) async throws -> QueryAnswer {
        if readerURL == nil {
            let rights = try await connection.query(try Statements.sql("reader_rights"))
            guard try rights.rows.first?.bool("can_read") == true else { throw DatabaseError.noReader }
        }
        try await connection.limitStatements(to: timeout)
        // The first statement fixes the transaction's mode: it cannot be made writable any more.
        try await connection.run(
            script: "BEGIN READ ONLY; SET LOCAL search_path = layerscope, pg_catalog, pg_temp; SELECT 1")
        let columns = try await connection.describe(sql).columns
        guard !columns.isEmpty else { throw DatabaseError.notAQuery }
        let texts = values.map { StoredText.clean($0) }
        var statement = sql
        var parameters = texts.map { PostgresValue.text($0) }
        if readerURL == nil {
            let types = try await typeNames(columns.map(\.1), connection)
            // Names of columns may repeat, and are anybody's text: the function's result has its own.
            let result = types.enumerated().map { "c\($0) \($1)" }.joined(separator: ", ")
            statement = "SELECT * FROM layerscope_data.read_as_reader($1, $2, $3) AS result (\(result))"
            parameters = [.text(sql), .textArray(texts), .int8(Int64(rowLimit) + 1)]
        }
        // The result comes in one form: as text when a column has a type that we do not read otherwise.
        let isText = !columns.allSatisfy { Table.Column.isReadable($0.1) }
        var table = Table(
            name: "query", columns: columns.map { Table.Column($0.0, type: isText ? 0 : $0.1) })
        let width = columns.count
        do {
            try await connection.stream(statement, parameters, text: isText) { row in
                guard table.rows.count < rowLimit else { throw EnoughRows() }
                table.rows.append(try (0..<width).map { try Value(try row[$0]) })
            }
        } catch is EnoughRows {
            return QueryAnswer(table: table, isCut: true)
        }
        return QueryAnswer(table: table, isCut: false)
    }

    private func typeNames(_ types: [UInt32], _ connection: PostgresConnection) async throws -> [String] {
        let found = try await connection.query(
            "SELECT pg_catalog.format_type(type::oid, NULL) FROM unnest($1::int8[]) WITH ORDINALITY AS t (type, place) "
                + "ORDER BY place", [.int8Array(types.map { Int64($0) })])
        return try found.rows.map { try $0.text(0) }
    }

    private struct EnoughRows: Error {}
}

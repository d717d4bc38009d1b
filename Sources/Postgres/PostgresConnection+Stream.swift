extension PostgresConnection {
    /// Runs one statement and hands its rows to the body as they come, without ever holding more than a few hundred.
    ///
    /// The body runs where the caller runs. When it throws, the statement is cancelled on the server and the
    /// connection is ready for the next one. It must not use this connection.
    ///
    /// - Parameter text: as in ``query(_:_:text:)``.
    nonisolated(nonsending) package func stream(
        _ sql: String, _ parameters: [PostgresValue] = [], text: Bool = false, _ body: (PostgresRow) throws -> Void
    ) async throws {
        let cancellation = StatementCancellation()
        try await withTaskCancellationHandler {
            try await link.startStream(sql, parameters, binary: !text, cancellation)
            do {
                var columns: ResultColumns?
                while case let results = try await link.nextRows(), !results.isEmpty {
                    for result in results {
                        let names = columns ?? ResultColumns(result)
                        columns = names
                        for row in PostgresRows(handle: result, columns: names) { try body(row) }
                    }
                }
            } catch {
                await link.abandon()
                throw error
            }
        } onCancel: {
            cancellation.cancel()
        }
    }
}

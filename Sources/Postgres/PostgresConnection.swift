package import Logging

/// A connection to PostgreSQL.
///
/// One statement at a time: two tasks that want to talk at once need a connection each. Cancelling the task that waits
/// for a statement cancels the statement on the server and throws `CancellationError`; the connection stays usable.
package final class PostgresConnection: Sendable {
    let link: Link

    private init(_ link: Link) { self.link = link }

    /// Connects, with everything that libpq takes: URL or keywords, several hosts, TLS, password files.
    ///
    /// - Parameters:
    ///   - url: the connection string. No part of it that is secret appears in any error.
    ///   - applicationName: what `pg_stat_activity` shows, unless the URL says otherwise.
    ///   - statementTimeout: how long the server lets a statement run; nil leaves what the server is set to.
    ///   - logger: takes the server's notices.
    /// - Throws: ``PostgresError`` of kind `connectionFailed`, `CancellationError`.
    package static func connect(
        _ url: String, applicationName: String = "layerscope", statementTimeout: Duration? = nil,
        logger: Logger = Logger(label: "postgres")
    ) async throws -> PostgresConnection {
        let link = Link(info: try ConnectionInfo(url), logger: logger)
        let connection = PostgresConnection(link)
        try await connection.cancellable { try await link.open(applicationName: applicationName, cancellation: $0) }
        if let statementTimeout { try await connection.limitStatements(to: statementTimeout) }
        return connection
    }

    /// Sets how long the server lets each following statement run; nil is without end. Not for use inside
    /// ``transaction(isolation:readOnly:statementTimeout:_:)``, which takes a limit of its own.
    package func limitStatements(to timeout: Duration?) async throws {
        try await limitStatements(to: timeout, scope: "SESSION")
    }

    func limitStatements(to timeout: Duration?, scope: String) async throws {
        let milliseconds = timeout.map { Int64(max(1, ($0 / .milliseconds(1)).rounded(.up))) } ?? 0
        try await execute("SET \(scope) statement_timeout = \(milliseconds)")
        await link.setStatementTimeout(timeout)
    }

    /// Runs one statement and returns all its rows.
    ///
    /// - Parameter text: asks the server for text instead of binary, in which columns of any type can be read; numbers
    ///   and flags still come as such, everything else as PostgreSQL writes it.
    /// - Throws: ``PostgresError``, `CancellationError`.
    package func query(
        _ sql: String, _ parameters: [PostgresValue] = [], text: Bool = false
    ) async throws -> PostgresResult {
        PostgresResult(try await cancellable { try await self.link.query(sql, parameters, binary: !text, $0) })
    }

    /// Runs one statement and returns how many rows it changed.
    @discardableResult
    package func execute(_ sql: String, _ parameters: [PostgresValue] = []) async throws -> Int {
        try await cancellable { try await self.link.query(sql, parameters, $0) }.affectedRows
    }

    /// Runs a script of many statements, as `psql` would: together they are one transaction, unless the script has its
    /// own. Their rows are thrown away.
    package func run(script: String) async throws {
        _ = try await cancellable { try await self.link.run(script: script, $0) }
    }

    /// What a statement takes and gives, without running it: type OIDs of the parameters, names and type OIDs of the
    /// columns.
    package func describe(_ sql: String) async throws -> (parameters: [UInt32], columns: [(String, UInt32)]) {
        try await cancellable { try await self.link.describe(sql, $0) }
    }

    /// Ends the connection. Doing so twice does no harm.
    package func close() async { await link.close() }

    /// Whether the connection is usable and in no transaction. Looks whether the server has ended it.
    package var isIdle: Bool { get async { await link.isIdle() } }

    /// Runs something that a cancelled task has to stop.
    func cancellable<R: Sendable>(_ body: @Sendable (StatementCancellation) async throws -> R) async throws -> R {
        let cancellation = StatementCancellation()
        return try await withTaskCancellationHandler {
            try await body(cancellation)
        } onCancel: {
            cancellation.cancel()
        }
    }
}

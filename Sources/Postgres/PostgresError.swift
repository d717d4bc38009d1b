/// What went wrong between us and PostgreSQL. No password and no connection string is ever part of it.
package struct PostgresError: Error, Sendable, Equatable {
    /// What kind of failure it is; decide on this and on ``sqlState``, never on text.
    package enum Kind: String, Sendable {
        /// The server cannot be reached, refused us, or went away.
        case connectionFailed
        /// The server refused the statement; ``PostgresError/sqlState`` says why.
        case statementFailed
        /// The statement was cancelled on the server by somebody else (`pg_cancel_backend`).
        case cancelled
        /// The statement ran longer than its limit.
        case timedOut
        /// The two sides do not understand each other: an unexpected answer, a value of another type, a column that
        /// is not there, a connection used twice at once.
        case protocolViolation
    }

    package var kind: Kind
    /// The five characters of PostgreSQL's error code (PostgreSQL manual, appendix A); nil when the server did not
    /// say one.
    package var sqlState: String?
    /// What happened, in one sentence.
    package var message: String
    /// The server's detail; it may quote values of the row concerned.
    package var detail: String?
    /// What to do next.
    package var hint: String?
    /// The name of the constraint that was violated.
    package var constraint: String?
    /// The table concerned, with its schema, when the server names one.
    package var table: String?
    /// The column concerned, when the server names one.
    package var column: String?
    /// Where the server was: the line of a COPY, the function that was called.
    package var context: String?
    /// The first 200 characters of the statement.
    package var statement: String?

    package init(
        _ kind: Kind, _ message: String, sqlState: String? = nil, detail: String? = nil, hint: String? = nil,
        constraint: String? = nil, statement: String? = nil
    ) {
        self.kind = kind
        self.sqlState = sqlState
        self.message = message
        self.detail = detail
        self.hint = hint
        self.constraint = constraint
        self.statement = statement.map { String($0.prefix(200)) }
    }
}

extension PostgresError: CustomStringConvertible {
    /// The message with everything that helps to find the cause.
    package var description: String {
        var text = message
        if let sqlState { text += " (SQLSTATE \(sqlState))" }
        if let constraint { text += "; constraint \(constraint)" }
        if let detail { text += "; \(detail)" }
        if let context { text += "; at \(context.split(separator: "\n").joined(separator: ", "))" }
        if let statement {
            text += "; in \"\(statement.split(whereSeparator: \.isWhitespace).joined(separator: " "))\""
        }
        if let hint { text += "; \(hint)" }
        return text
    }
}

extension PostgresError {
    /// The errors after which a transaction may succeed when it is tried again from its beginning: serialization
    /// failure and deadlock.
    package var mayBeRetried: Bool { sqlState == "40001" || sqlState == "40P01" }

    static func closed(_ statement: String? = nil) -> PostgresError {
        PostgresError(
            .connectionFailed, "the connection to PostgreSQL is closed", hint: "open a new one", statement: statement)
    }
}

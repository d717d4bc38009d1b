import CLibPQ

/// The codes of PQresultErrorField (postgres_ext.h, PG_DIAG_*).
private enum Diagnostic: Unicode.Scalar {
    case severity = "V"
    case sqlState = "C"
    case message = "M"
    case detail = "D"
    case hint = "H"
    case context = "W"
    case schema = "s"
    case table = "t"
    case column = "c"
    case constraint = "n"
}

private func field(_ code: Diagnostic, of result: OpaquePointer?) -> String? {
    PQresultErrorField(result, Int32(code.rawValue.value)).map { String(cString: $0) }
}

extension PostgresError {
    /// The error that a result carries.
    init(result: OpaquePointer, connection: OpaquePointer, statement: String?, redacting secrets: Secrets) {
        let state = field(.sqlState, of: result)
        let isGone = PQstatus(connection) == CONNECTION_BAD
        let text = field(.message, of: result) ?? String(cString: PQresultErrorMessage(result))
        self.init(
            PostgresError.kind(of: state, connectionIsGone: isGone), secrets.redacted(text), sqlState: state,
            detail: field(.detail, of: result).map(secrets.redacted),
            hint: field(.hint, of: result).map(secrets.redacted), constraint: field(.constraint, of: result),
            statement: statement.map(secrets.redacted))
        table = field(.table, of: result).map { name in
            field(.schema, of: result).map { "\($0).\(name)" } ?? name
        }
        column = field(.column, of: result)
        context = field(.context, of: result).map(secrets.redacted)
        if kind == .connectionFailed, hint == nil { hint = "check that the server is running and try again" }
    }

    /// The error that libpq keeps for the connection itself.
    init(connection: OpaquePointer, doing what: String, statement: String? = nil, redacting secrets: Secrets) {
        let said = String(cString: PQerrorMessage(connection)).split(separator: "\n").joined(separator: "; ")
        let isGone = PQstatus(connection) == CONNECTION_BAD
        self.init(
            isGone ? .connectionFailed : .protocolViolation,
            said.isEmpty ? "\(what) failed" : "\(what) failed: \(secrets.redacted(said))",
            hint: isGone ? "check that the server is running and try again" : nil,
            statement: statement.map(secrets.redacted))
    }

    /// Class 08 is "connection exception"; 57P01 to 57P05 are the server's own reasons to end a connection.
    private static func kind(of state: String?, connectionIsGone: Bool) -> Kind {
        guard let state else { return connectionIsGone ? .connectionFailed : .protocolViolation }
        if connectionIsGone || state.hasPrefix("08") || state.hasPrefix("57P") { return .connectionFailed }
        return state == "57014" ? .cancelled : .statementFailed
    }
}

/// A notice of the server: how severe it is, and what it says.
struct Notice {
    var isWarning: Bool
    /// The reason why the server ends the connection, said while no statement was running.
    var isGoodbye: Bool
    var message: String

    init(result: OpaquePointer?) {
        let severity = field(.severity, of: result)
        isWarning = severity == "WARNING"
        isGoodbye = severity == "FATAL" || severity == "PANIC"
        message = field(.message, of: result) ?? ""
    }
}

import CLibPQ
import Foundation

/// C strings for the time of a call.
func withCStrings<R>(
    _ strings: [String], _ body: ([UnsafePointer<CChar>?]) throws -> R
) rethrows -> R {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return try body(copies.map { UnsafePointer($0) } + [nil])
}

extension Link {
    /// Opens the connection. Options in front of the URL are defaults that it may change, those behind it are not.
    func open(applicationName: String, cancellation: StatementCancellation) throws {
        let options = [
            ("fallback_application_name", applicationName),
            // A peer that vanished is noticed within minutes rather than hours.
            ("keepalives_idle", "60"), ("keepalives_interval", "10"), ("keepalives_count", "6"),
            ("dbname", info.text), ("client_encoding", "UTF8"),
        ]
        let started = withCStrings(options.map(\.0)) { keywords in
            withCStrings(options.map(\.1)) { values in PQconnectStartParams(keywords, values, 1) }
        }
        guard let started else { throw PostgresError(.connectionFailed, "out of memory while connecting") }
        let handle = ConnectionHandle(started, logger: logger, redacting: info.secrets)
        try finishConnecting(started, cancellation)
        try attach(handle)
    }

    private func finishConnecting(_ connection: OpaquePointer, _ cancellation: StatementCancellation) throws {
        let limit = info.secondsToConnect.map { Duration.seconds($0 * Double(max(info.hosts, 1))) }
        let start = ContinuousClock.now
        var step = PGRES_POLLING_WRITING
        while true {
            switch step {
            case PGRES_POLLING_OK: return
            case PGRES_POLLING_FAILED: throw connectingFailed(connection)
            default: break
            }
            let events = step == PGRES_POLLING_READING ? POLLIN : POLLOUT
            guard PQstatus(connection) != CONNECTION_BAD else { throw connectingFailed(connection) }
            // Short waits, because nothing else wakes this thread when the task is cancelled.
            while waitFor(connection, events, milliseconds: 50) == 0 {
                if cancellation.cancelledAt != nil { throw CancellationError() }
                if let limit, .now - start > limit {
                    throw PostgresError(
                        .connectionFailed, "PostgreSQL at \(info.place) did not answer within \(limit)",
                        hint: "check host, port and firewall")
                }
            }
            step = PQconnectPoll(connection)
        }
    }

    private func connectingFailed(_ connection: OpaquePointer) -> PostgresError {
        var error = PostgresError(
            connection: connection, doing: "connecting to PostgreSQL at \(info.place)", redacting: info.secrets)
        error.kind = .connectionFailed
        error.hint = "check that the server runs, and the database URL"
        return error
    }
}

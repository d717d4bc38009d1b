import CLibPQ
import Foundation

/// Waits until the connection's socket is ready for one of the events. Returns what it is ready for, 0 after the time.
func waitFor(_ connection: OpaquePointer, _ events: Int32, milliseconds: Int32) -> Int32 {
    var descriptor = pollfd(fd: PQsocket(connection), events: Int16(events), revents: 0)
    // A negative descriptor is ignored by poll, which would then wait for nothing.
    guard descriptor.fd >= 0 else { return POLLERR }
    let ready = poll(&descriptor, 1, milliseconds)
    return ready > 0 ? Int32(descriptor.revents) : 0
}

extension Link {
    /// Sends what libpq has in hand, reading meanwhile so that neither side waits for the other.
    func flush(_ connection: OpaquePointer) throws {
        while true {
            switch PQflush(connection) {
            case 0: return
            case 1:
                if try wait(connection, POLLIN | POLLOUT) & POLLIN != 0, PQconsumeInput(connection) == 0 {
                    throw failure(connection, doing: "sending")
                }
            default: throw failure(connection, doing: "sending")
            }
        }
    }

    /// The next result of the statement, nil after the last.
    func nextResult(_ connection: OpaquePointer) throws -> ResultHandle? {
        while PQisBusy(connection) == 1 {
            try flush(connection)
            _ = try wait(connection, POLLIN)
            guard PQconsumeInput(connection) == 1 else { throw failure(connection, doing: "reading") }
        }
        return PQgetResult(connection).map(ResultHandle.init)
    }

    /// Waits for one of the events as long as it takes. A server that does not react to a cancellation is given up.
    func wait(_ connection: OpaquePointer, _ events: Int32) throws -> Int32 {
        while true {
            let ready = waitFor(connection, events, milliseconds: 1000)
            if ready != 0 { return ready }
            if let cancelledAt = ongoing?.cancellation.cancelledAt, .now - cancelledAt > Link.cancellationGrace {
                close()
                throw PostgresError(
                    .connectionFailed, "the server did not react to a cancellation", hint: "check the network")
            }
        }
    }

    /// Throws the error that a result carries.
    func check(_ result: ResultHandle, _ connection: OpaquePointer) throws {
        switch result.status {
        case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE, PGRES_NONFATAL_ERROR:
            throw PostgresError(
                result: result.pointer, connection: connection, statement: ongoing?.statement, redacting: info.secrets)
        default: return
        }
    }

    /// Brings the connection back to where it takes a new statement: reads what is left, and stops what runs first.
    func drain(_ connection: OpaquePointer, stopping: Bool) {
        let mayBeCancelled = ongoing?.mayBeCancelled != false
        guard mayBeCancelled || ongoing?.cancellation.cancelledAt == nil else { return close() }
        do {
            while PQtransactionStatus(connection) == PQTRANS_ACTIVE {
                if stopping, mayBeCancelled { ongoing?.cancellation.cancel() }
                guard let result = try nextResult(connection) else { break }
                switch result.status {
                case PGRES_COPY_IN, PGRES_COPY_BOTH: try endCopyIn(connection, failure: "given up")
                case PGRES_COPY_OUT: try skipCopyOut(connection)
                default: continue
                }
            }
            while try nextResult(connection) != nil {}
        } catch {
            // The connection cannot be brought back; whoever uses it next is told that it is closed.
            close()
        }
    }
}

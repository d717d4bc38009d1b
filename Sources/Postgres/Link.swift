import CLibPQ
import Foundation
import Logging

/// One connection on its own thread. All that talks to libpq about this connection happens in here, and may wait.
actor Link {
    /// How long the server has to answer after it was asked to cancel; then the connection is given up.
    static let cancellationGrace = Duration.seconds(15)

    nonisolated let info: ConnectionInfo
    nonisolated let logger: Logger
    private let thread = ConnectionThread()
    private var handle: ConnectionHandle?
    private var cancelHandle: CancelHandle?
    /// The statement that goes on between two calls: a stream or a COPY.
    var ongoing: Ongoing?
    /// How many transactions and savepoints are open.
    var transactionDepth = 0
    /// The time limit that the server was told, by which a cancelled statement is told from one that took too long.
    var statementTimeout: Duration?

    /// A statement that was started and is not over.
    struct Ongoing {
        var statement: String
        var cancellation: StatementCancellation
        var startedAt: ContinuousClock.Instant
        /// False while the server waits for the rows of a COPY in the extended protocol, where a cancellation would
        /// leave one answer too many. The COPY is ended instead.
        var mayBeCancelled = true
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(info: ConnectionInfo, logger: Logger) {
        self.info = info
        self.logger = logger
    }

    deinit { thread.stop() }

    func attach(_ handle: ConnectionHandle) throws {
        self.handle = handle
        guard PQsetnonblocking(handle.pointer, 1) == 0, let cancel = CancelHandle(handle.pointer) else {
            self.handle = nil
            throw PostgresError(
                connection: handle.pointer, doing: "setting up the connection", redacting: info.secrets)
        }
        cancelHandle = cancel
    }

    /// Ends the connection. What goes on is given up.
    func close() {
        ongoing?.cancellation.finish()
        ongoing = nil
        handle = nil
        cancelHandle = nil
    }

    /// The connection. Throws `connectionFailed` when it is closed or broken.
    func open(_ statement: String? = nil) throws -> OpaquePointer {
        guard let handle, PQstatus(handle.pointer) == CONNECTION_OK else { throw PostgresError.closed(statement) }
        return handle.pointer
    }

    /// What the server last said about the transaction that the connection is in.
    var transactionStatus: PGTransactionStatusType {
        handle.map { PQtransactionStatus($0.pointer) } ?? PQTRANS_UNKNOWN
    }

    /// Whether a transaction is open, failed or not.
    var isInTransaction: Bool { [PQTRANS_INTRANS, PQTRANS_INERROR].contains(transactionStatus) }

    /// Whether the connection can take a statement outside any transaction. Notices a server that went away.
    func isIdle() -> Bool {
        guard ongoing == nil, let connection = try? open() else { return false }
        // A server that ended the connection has left something to read: its last words, and the end.
        while waitFor(connection, POLLIN, milliseconds: 0) != 0 {
            guard PQconsumeInput(connection) == 1 else { return false }
            // Has libpq look at what came; last words come to light as a notice.
            _ = PQisBusy(connection)
            if handle?.hasSaidGoodbye == true { return false }
        }
        return PQstatus(connection) == CONNECTION_OK && transactionStatus == PQTRANS_IDLE
    }

    /// Claims the connection for a statement and sends it.
    func begin(
        _ statement: String, _ cancellation: StatementCancellation, send: (OpaquePointer) -> Int32
    ) throws -> OpaquePointer {
        let connection = try open(statement)
        guard !statement.utf8.contains(0) else {
            throw PostgresError(.protocolViolation, "the statement contains a null character", statement: statement)
        }
        guard ongoing == nil, let cancelHandle else {
            throw PostgresError(
                .protocolViolation, "the connection is busy with another statement", hint: "use a second connection",
                statement: statement)
        }
        try cancellation.begin(cancelHandle)
        ongoing = Ongoing(statement: statement, cancellation: cancellation, startedAt: .now)
        guard send(connection) == 1 else {
            let error = PostgresError(
                connection: connection, doing: "sending the statement", statement: statement, redacting: info.secrets)
            end()
            throw error
        }
        return connection
    }

    /// The ongoing statement is over: nothing of it is left to read.
    func end() {
        ongoing?.cancellation.finish()
        ongoing = nil
    }

    /// Ends the ongoing statement after a failure: asks the server to stop, reads what is left, and returns what is
    /// to be thrown.
    func fail(_ error: any Error) -> any Error {
        guard let ongoing else { return error }
        let wasCancelled = ongoing.cancellation.cancelledAt != nil
        // After an error of its own the server ends the statement by itself; all others have to be stopped.
        let isOver = (error as? PostgresError)?.sqlState != nil
        if let connection = try? open() { drain(connection, stopping: !isOver) }
        end()
        guard let error = error as? PostgresError else { return error }
        if wasCancelled, error.kind != .statementFailed { return CancellationError() }
        return classified(error, startedAt: ongoing.startedAt)
    }

    /// SQLSTATE 57014 is "somebody cancelled" as well as "it took too long": the clock tells which.
    private func classified(_ error: PostgresError, startedAt: ContinuousClock.Instant) -> PostgresError {
        guard error.kind == .cancelled, let statementTimeout, .now - startedAt >= statementTimeout else { return error }
        var error = error
        error.kind = .timedOut
        error.message = "the statement took longer than \(statementTimeout)"
        error.hint = error.hint ?? "ask for less, or allow more time"
        return error
    }

    /// An error of the connection itself.
    func failure(_ connection: OpaquePointer, doing what: String) -> PostgresError {
        PostgresError(
            connection: connection, doing: what, statement: ongoing?.statement, redacting: info.secrets)
    }

    func setStatementTimeout(_ timeout: Duration?) { statementTimeout = timeout }
}

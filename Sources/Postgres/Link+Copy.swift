import CLibPQ
import Foundation

extension Link {
    /// Starts a COPY and checks that it goes the way that is wanted, in binary.
    ///
    /// By the simple protocol: in the extended one, a COPY that is cancelled before the server has read the Sync behind
    /// it answers twice, once to that and once to the Sync that ends the COPY, and all later answers are one off.
    private func startCopy(_ sql: String, _ cancellation: StatementCancellation, _ way: ExecStatusType) throws {
        let connection = try begin(sql, cancellation) { PQsendQuery($0, sql) }
        do {
            try flush(connection)
            guard let result = try nextResult(connection) else {
                throw PostgresError(.protocolViolation, "the server answered nothing", statement: sql)
            }
            try check(result, connection)
            guard result.status == way, PQbinaryTuples(result.pointer) == 1 else {
                throw PostgresError(
                    .protocolViolation, "the statement is no binary COPY \(way == PGRES_COPY_IN ? "in" : "out")",
                    hint: "write COPY ... FROM STDIN or TO STDOUT (FORMAT binary)", statement: sql)
            }
        } catch {
            throw fail(error)
        }
    }

    /// Reads results until the statement is over. Returns how many rows were copied.
    private func finishCopy(_ connection: OpaquePointer) throws -> Int {
        var rows = 0
        while let result = try nextResult(connection) {
            try check(result, connection)
            rows = result.affectedRows
        }
        end()
        return rows
    }

    func startCopyOut(_ sql: String, _ cancellation: StatementCancellation) throws {
        try startCopy(sql, cancellation, PGRES_COPY_OUT)
    }

    /// The next piece of a COPY, ending with the end of a row; nil after the last.
    ///
    /// `PQgetlineAsync` rather than `PQgetCopyData`: it copies rows into our memory, where the other allocates each.
    func nextPiece(into buffer: CopyBuffer) throws -> CopyBuffer? {
        guard let statement = ongoing?.statement else { return nil }
        let connection = try open(statement)
        buffer.count = 0
        do {
            while true {
                let place = (buffer.base + buffer.count).assumingMemoryBound(to: CChar.self)
                let space = buffer.space
                let count = Int(PQgetlineAsync(connection, place, Int32(clamping: space)))
                if count < 0 {
                    _ = try finishCopy(connection)
                    return buffer.count > 0 ? buffer : nil
                }
                buffer.count += count
                if count == space {
                    // Perhaps a part of a row only: the rest of it must come into the same piece.
                    guard buffer.capacity < CopyFormat.maximumRowBytes else { throw CopyBuffer.tooLarge }
                    buffer.grow(buffer.capacity)
                } else if buffer.count >= CopyFormat.pieceBytes {
                    return buffer
                } else if count == 0 {
                    _ = try wait(connection, POLLIN)
                    guard PQconsumeInput(connection) == 1 else { throw failure(connection, doing: "reading a COPY") }
                }
            }
        } catch {
            throw fail(error)
        }
    }

    /// Reads the rest of a COPY that nobody wants.
    func skipCopyOut(_ connection: OpaquePointer) throws {
        let scrap = CopyBuffer(capacity: 64 << 10)
        while true {
            let count = PQgetlineAsync(
                connection, scrap.base.assumingMemoryBound(to: CChar.self), Int32(scrap.capacity))
            if count < 0 { return }
            guard count == 0 else { continue }
            _ = try wait(connection, POLLIN)
            guard PQconsumeInput(connection) == 1 else { throw failure(connection, doing: "reading a COPY") }
        }
    }

    func startCopyIn(_ sql: String, _ cancellation: StatementCancellation) throws {
        try startCopy(sql, cancellation, PGRES_COPY_IN)
    }

    /// Sends a piece of rows.
    func put(_ buffer: CopyBuffer) throws {
        guard let ongoing else { throw PostgresError(.protocolViolation, "no COPY is going on") }
        let connection = try open(ongoing.statement)
        do {
            // The server throws away what comes after a cancellation; there is no use in sending it.
            if ongoing.cancellation.cancelledAt != nil { throw CancellationError() }
            let bytes = buffer.base.assumingMemoryBound(to: CChar.self)
            while true {
                switch PQputCopyData(connection, bytes, Int32(clamping: buffer.count)) {
                case 1: return try flush(connection)
                case 0: try flush(connection)
                default: throw failure(connection, doing: "writing a COPY")
                }
            }
        } catch {
            throw fail(error)
        }
    }

    /// Ends a COPY: for good, or with the reason why it has to be undone.
    func endCopyIn(_ connection: OpaquePointer, failure reason: String?) throws {
        while true {
            switch PQputCopyEnd(connection, reason) {
            case 1: return try flush(connection)
            case 0: try flush(connection)
            default: throw failure(connection, doing: "ending a COPY")
            }
        }
    }

    /// Ends a COPY. Returns how many rows the server took; throws what it found wrong with them.
    func finishCopyIn() throws -> Int {
        guard let ongoing else { throw PostgresError(.protocolViolation, "no COPY is going on") }
        let connection = try open(ongoing.statement)
        do {
            try endCopyIn(connection, failure: nil)
            return try finishCopy(connection)
        } catch {
            throw fail(error)
        }
    }

    /// Runs a whole COPY on the connection's thread.
    func copyIn(
        _ sql: String, _ cancellation: StatementCancellation, _ body: @Sendable (inout CopyWriter) throws -> Void
    ) throws -> Int {
        try startCopyIn(sql, cancellation)
        let buffer = CopyBuffer(capacity: CopyFormat.pieceBytes + (64 << 10))
        do {
            buffer.startCopy()
            try withoutActuallyEscaping({ piece in try self.put(piece) }) { send in
                var writer = CopyWriter(buffer, send: send)
                try body(&writer)
            }
            buffer.endCopy()
            try put(buffer)
            return try finishCopyIn()
        } catch {
            throw fail(error)
        }
    }
}

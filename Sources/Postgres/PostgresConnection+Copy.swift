extension PostgresConnection {
    /// Runs a binary COPY ... TO STDOUT (FORMAT binary).
    ///
    /// The body is called for each piece of about 256 KB, where the caller runs, and reads all rows of it:
    /// `{ reader in while try reader.next() { a.append(try reader.int8()) } }`.
    nonisolated(nonsending) package func copyOut(
        _ sql: String, _ body: (inout CopyReader) throws -> Void
    ) async throws {
        let cancellation = StatementCancellation()
        try await withTaskCancellationHandler {
            try await link.startCopyOut(sql, cancellation)
            do {
                let buffer = CopyBuffer(capacity: CopyFormat.pieceBytes + (64 << 10))
                var isFirst = true
                var reachedEnd = false
                while let piece = try await link.nextPiece(into: buffer) {
                    reachedEnd = try read(piece, isFirst: isFirst, body)
                    isFirst = false
                }
                guard reachedEnd else { throw CopyReader.malformed }
            } catch {
                await link.abandon()
                throw error
            }
        } onCancel: {
            cancellation.cancel()
        }
    }

    /// Has the body read one piece to its end. Returns whether it was the last one.
    private func read(
        _ piece: CopyBuffer, isFirst: Bool, _ body: (inout CopyReader) throws -> Void
    ) throws -> Bool {
        var reader = try CopyReader(piece.bytes, isFirst: isFirst)
        while !reader.isExhausted {
            let before = (reader.cursor, reader.fieldsLeft)
            try body(&reader)
            guard before != (reader.cursor, reader.fieldsLeft) else {
                throw PostgresError(.protocolViolation, "the rows of a COPY were not read")
            }
        }
        return reader.reachedEnd
    }

    /// Runs a binary COPY ... FROM STDIN (FORMAT binary): `{ writer in try writer.row { $0.int8(x); $0.null() } }`.
    ///
    /// The body runs on the connection's own thread, where waiting for the server holds up nobody else. When it
    /// throws, the server is told to undo the COPY.
    /// - Returns: how many rows were copied.
    @discardableResult
    package func copyIn(
        _ sql: String, _ body: @escaping @Sendable (inout CopyWriter) throws -> Void
    ) async throws -> Int {
        try await cancellable { try await self.link.copyIn(sql, $0, body) }
    }

    /// Runs a binary COPY ... FROM STDIN with one row per element; `encode` runs where the caller runs.
    @discardableResult
    nonisolated(nonsending) package func copyIn<Rows: Sequence>(
        _ sql: String, rows: Rows, _ encode: (inout CopyRow, Rows.Element) throws -> Void
    ) async throws -> Int {
        try await copyIn(sql) { feed in try await feed.send(rows, encode) }
    }

    /// Runs a binary COPY ... FROM STDIN whose rows come bit by bit: the body may wait for more of them.
    @discardableResult
    nonisolated(nonsending) package func copyIn(
        _ sql: String, feeding body: nonisolated(nonsending) (CopyFeed) async throws -> Void
    ) async throws -> Int {
        let cancellation = StatementCancellation()
        return try await withTaskCancellationHandler {
            try await link.startCopyIn(sql, cancellation)
            do {
                let feed = CopyFeed(link)
                try await body(feed)
                return try await feed.finish()
            } catch {
                await link.abandon()
                throw error
            }
        } onCancel: {
            cancellation.cancel()
        }
    }
}

/// Takes the rows of a COPY bit by bit.
package final class CopyFeed {
    private let link: Link
    private let buffer = CopyBuffer(capacity: CopyFormat.pieceBytes + (64 << 10))

    init(_ link: Link) {
        self.link = link
        buffer.startCopy()
    }

    /// Writes one row per element, waiting whenever the server is slower.
    nonisolated(nonsending) package func send<Rows: Sequence>(
        _ rows: Rows, _ encode: (inout CopyRow, Rows.Element) throws -> Void
    ) async throws {
        for element in rows {
            try buffer.row { try encode(&$0, element) }
            if buffer.isFull { try await flush() }
        }
    }

    nonisolated(nonsending) func finish() async throws -> Int {
        buffer.endCopy()
        try await flush()
        return try await link.finishCopyIn()
    }

    nonisolated(nonsending) private func flush() async throws {
        try await link.put(buffer)
        buffer.count = 0
    }
}

/// Writes the rows of a binary COPY ... FROM STDIN.
///
/// The values must have exactly the types of the columns: COPY converts nothing. Give every row all of them, in order.
package struct CopyWriter {
    @usableFromInline let buffer: CopyBuffer
    private let send: (CopyBuffer) throws -> Void

    init(_ buffer: CopyBuffer, send: @escaping (CopyBuffer) throws -> Void) {
        self.buffer = buffer
        self.send = send
    }

    /// Writes one row: `writer.row { $0.int8(x); $0.text(y); $0.null() }`.
    ///
    /// Throws when the body does, and when the connection fails; what the server thinks of the row shows at the end.
    @inlinable
    package mutating func row(_ body: (inout CopyRow) throws -> Void) throws {
        try buffer.row(body)
        if buffer.isFull { try flush() }
    }

    @usableFromInline
    func flush() throws {
        try send(buffer)
        buffer.count = 0
    }
}

extension CopyBuffer {
    @inlinable var isFull: Bool { count >= CopyBuffer.pieceBytes }
    @usableFromInline static var pieceBytes: Int { CopyFormat.pieceBytes }

    /// Appends a row: the number of fields, then each behind its length. After an error the row is not there.
    @inlinable
    func row(_ body: (inout CopyRow) throws -> Void) throws {
        let start = count
        append(Int16(0))
        var row = CopyRow(buffer: self)
        do { try body(&row) } catch {
            count = start
            throw error
        }
        guard row.fields <= Int(Int16.max), count - start <= CopyBuffer.maximumRowBytes else {
            count = start
            try CopyBuffer.refuse()
            return
        }
        replace(at: start, with: Int16(row.fields))
    }

    @usableFromInline static var maximumRowBytes: Int { CopyFormat.maximumRowBytes }
    @usableFromInline static func refuse() throws { throw tooLarge }
    static var tooLarge: PostgresError {
        PostgresError(.protocolViolation, "a row for COPY is larger than PostgreSQL takes")
    }

    func startCopy() {
        CopyFormat.signature.withUnsafeBytes { append($0) }
        append(Int32(0))
        append(Int32(0))
    }

    func endCopy() { append(Int16(-1)) }
}

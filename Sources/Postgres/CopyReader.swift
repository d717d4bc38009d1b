/// Reads the rows of a binary COPY ... TO STDOUT, straight from the bytes that the server sent.
///
/// `while try reader.next() { ids.append(try reader.int8()) }`: call ``next()`` for each row, then one accessor per
/// column, in order; columns left unread are skipped. Not to be kept beyond the closure that it was given to.
package struct CopyReader {
    @usableFromInline var cursor: UnsafeRawPointer
    @usableFromInline let end: UnsafeRawPointer
    @usableFromInline var fieldsLeft = 0
    /// Whether the mark behind the last row was read.
    @usableFromInline var reachedEnd = false

    /// A reader of one piece, which ends with a row's end. The first piece starts with the header.
    init(_ bytes: UnsafeRawBufferPointer, isFirst: Bool) throws(PostgresError) {
        guard let base = bytes.baseAddress else { throw CopyReader.malformed }
        cursor = base
        end = base + bytes.count
        guard isFirst else { return }
        let signature = CopyFormat.signature
        guard bytes.count >= signature.count + 8, bytes.prefix(signature.count).elementsEqual(signature) else {
            throw PostgresError(
                .protocolViolation, "COPY did not answer in binary", hint: "write COPY ... TO STDOUT (FORMAT binary)")
        }
        cursor += signature.count + 4
        let length = Int(loadInt32())
        guard length >= 0, length <= end - cursor - 4 else { throw CopyReader.malformed }
        cursor += 4 + length
    }

    /// Whether there is nothing more to read in this piece.
    var isExhausted: Bool { cursor == end && fieldsLeft == 0 }

    /// Goes to the next row. False when there is none.
    @inlinable
    package mutating func next() throws(PostgresError) -> Bool {
        while fieldsLeft > 0 { _ = try field() }
        guard end - cursor >= 2 else {
            if cursor == end { return false }
            throw CopyReader.malformed
        }
        let count = Int16(bigEndian: cursor.loadUnaligned(as: Int16.self))
        cursor += 2
        guard count >= 0 else {
            guard cursor == end else { throw CopyReader.malformed }
            reachedEnd = true
            return false
        }
        fieldsLeft = Int(count)
        return true
    }

    @inlinable
    func loadInt32() -> Int32 { Int32(bigEndian: cursor.loadUnaligned(as: Int32.self)) }

    /// The bytes of the next field, nil for null.
    @inlinable
    mutating func field() throws(PostgresError) -> UnsafeRawBufferPointer? {
        guard fieldsLeft > 0 else { throw CopyReader.noField }
        guard end - cursor >= 4 else { throw CopyReader.malformed }
        let length = Int(loadInt32())
        cursor += 4
        fieldsLeft -= 1
        guard length >= 0 else { return nil }
        guard length <= end - cursor else { throw CopyReader.malformed }
        defer { cursor += length }
        return UnsafeRawBufferPointer(start: cursor, count: length)
    }

    @inlinable
    mutating func number<Number: FixedWidthInteger>(_: Number.Type) throws(PostgresError) -> Number {
        let size = MemoryLayout<Number>.size
        guard fieldsLeft > 0, end - cursor >= 4 + size, Int(loadInt32()) == size else {
            throw CopyReader.wrongSize(size)
        }
        let number = Number(bigEndian: (cursor + 4).loadUnaligned(as: Number.self))
        cursor += 4 + size
        fieldsLeft -= 1
        return number
    }

    @inlinable
    mutating func optionalNumber<Number: FixedWidthInteger>(_ type: Number.Type) throws(PostgresError) -> Number? {
        if fieldsLeft > 0, end - cursor >= 4, loadInt32() < 0 {
            cursor += 4
            fieldsLeft -= 1
            return nil
        }
        return try number(type)
    }

    @usableFromInline static var malformed: PostgresError {
        PostgresError(.protocolViolation, "the server sent a COPY that cannot be read")
    }
    @usableFromInline static var noField: PostgresError {
        PostgresError(.protocolViolation, "more columns were read than the row of the COPY has")
    }
    @usableFromInline static func wrongSize(_ size: Int) -> PostgresError {
        PostgresError(
            .protocolViolation, "a column of the COPY is null or not \(size) bytes wide",
            hint: "cast it in the statement, or read it as optional")
    }
}

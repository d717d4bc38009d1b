/// One field of a result, as the server sent it.
struct Field {
    var oid: UInt32
    /// Nil is null.
    var bytes: UnsafeRawBufferPointer?
    /// False when the server was asked for text.
    var isBinary: Bool
    var column: String

    func number<Number: FixedWidthInteger>(_ bytes: UnsafeRawBufferPointer, at offset: Int = 0) throws -> Number {
        guard offset + MemoryLayout<Number>.size <= bytes.count else { throw malformed }
        return Number(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Number.self))
    }

    func text(_ bytes: UnsafeRawBufferPointer) -> String { String(decoding: bytes, as: UTF8.self) }

    var malformed: PostgresError {
        PostgresError(.protocolViolation, "column \"\(column)\" has a value that cannot be read (type OID \(oid))")
    }

    func mismatch(_ wanted: String) -> PostgresError {
        PostgresError(
            .protocolViolation,
            bytes == nil
                ? "column \"\(column)\" is null where \(wanted) is wanted"
                : "column \"\(column)\" (type OID \(oid)) is no \(wanted)",
            hint: bytes == nil ? nil : "cast it in the statement")
    }

    /// The value in its own type.
    func value() throws -> PostgresValue {
        guard let bytes else { return .null }
        guard isBinary else { return try valueFromText(text(bytes)) }
        switch oid {
        case PostgresType.bool: return .bool(try number(bytes) as UInt8 != 0)
        case PostgresType.int2: return .int2(try number(bytes))
        case PostgresType.int4: return .int4(try number(bytes))
        case PostgresType.int8: return .int8(try number(bytes))
        case PostgresType.oid: return .int8(Int64(try number(bytes) as UInt32))
        case PostgresType.float4: return .float8(Double(Float(bitPattern: try number(bytes))))
        case PostgresType.float8: return .float8(Double(bitPattern: try number(bytes)))
        case PostgresType.numeric: return .numeric(try numeric(bytes))
        case PostgresType.bytea: return .bytea(Array(bytes))
        case PostgresType.timestamp, PostgresType.timestamptz:
            return .timestamptz(PostgresTimestamp.date(try number(bytes)))
        case PostgresType.date: return .text(PostgresTimestamp.day(try number(bytes)))
        case PostgresType.interval:
            return .text(
                PostgresTimestamp.interval(
                    microseconds: try number(bytes), days: try number(bytes, at: 8), months: try number(bytes, at: 12)))
        case PostgresType.uuid: return .text(try uuid(bytes))
        case PostgresType.jsonb:
            // The first byte is the version of the form, 1 since there is jsonb.
            guard bytes.first == 1 else { throw malformed }
            return .jsonb(text(UnsafeRawBufferPointer(rebasing: bytes.dropFirst())))
        case PostgresType.text, PostgresType.varchar, PostgresType.bpchar, PostgresType.name, PostgresType.json,
            PostgresType.unknown, PostgresType.void:
            return .text(text(bytes))
        case PostgresType.textArray, PostgresType.varcharArray, PostgresType.nameArray:
            return .textArray(try array(bytes) { text($0) })
        case PostgresType.int4Array: return .int4Array(try array(bytes) { try number($0) })
        case PostgresType.int8Array: return .int8Array(try array(bytes) { try number($0) })
        case PostgresType.byteaArray: return .byteaArray(try array(bytes) { Array($0) })
        default:
            throw PostgresError(
                .protocolViolation, "column \"\(column)\" has a type (OID \(oid)) that cannot be read in binary",
                hint: "cast it to text, or ask for the results as text")
        }
    }

    /// An array of at most one dimension without nulls (PostgreSQL's array_send).
    private func array<Element>(
        _ bytes: UnsafeRawBufferPointer, _ decode: (UnsafeRawBufferPointer) throws -> Element
    ) throws -> [Element] {
        let dimensions: Int32 = try number(bytes)
        if dimensions == 0 { return [] }
        guard dimensions == 1 else {
            throw PostgresError(.protocolViolation, "column \"\(column)\" is an array of \(dimensions) dimensions")
        }
        let count: Int32 = try number(bytes, at: 12)
        // Each element takes four bytes or more, so a count beyond that is no count.
        guard count >= 0, Int(count) <= bytes.count / 4 else { throw malformed }
        var offset = 20
        var elements: [Element] = []
        elements.reserveCapacity(Int(count))
        for _ in 0..<count {
            let length = Int(try number(bytes, at: offset) as Int32)
            offset += 4
            guard length >= 0 else {
                throw PostgresError(
                    .protocolViolation, "column \"\(column)\" is an array with a null in it", hint: "use array_remove")
            }
            guard length <= bytes.count - offset else { throw malformed }
            elements.append(try decode(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length])))
            offset += length
        }
        return elements
    }

    private func uuid(_ bytes: UnsafeRawBufferPointer) throws -> String {
        guard bytes.count == 16 else { throw malformed }
        var text = ""
        for (position, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(position) { text += "-" }
            text += byte < 16 ? "0" : ""
            text += String(byte, radix: 16)
        }
        return text
    }
}

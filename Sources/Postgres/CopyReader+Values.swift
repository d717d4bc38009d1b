package import Foundation

/// Reads the next column. Throws `protocolViolation` when it has another width or, but for the `optional` forms, is
/// null. COPY says no types: the caller must know them.
extension CopyReader {
    /// Reads past the next column.
    @inlinable package mutating func skip() throws(PostgresError) { _ = try field() }

    @inlinable package mutating func bool() throws(PostgresError) -> Bool { try number(UInt8.self) != 0 }
    @inlinable package mutating func int2() throws(PostgresError) -> Int16 { try number(Int16.self) }
    @inlinable package mutating func int4() throws(PostgresError) -> Int32 { try number(Int32.self) }
    @inlinable package mutating func int8() throws(PostgresError) -> Int64 { try number(Int64.self) }
    @inlinable package mutating func float8() throws(PostgresError) -> Double {
        Double(bitPattern: try number(UInt64.self))
    }

    @inlinable package mutating func optionalBool() throws(PostgresError) -> Bool? {
        try optionalNumber(UInt8.self).map { $0 != 0 }
    }
    @inlinable package mutating func optionalInt4() throws(PostgresError) -> Int32? { try optionalNumber(Int32.self) }
    @inlinable package mutating func optionalInt8() throws(PostgresError) -> Int64? { try optionalNumber(Int64.self) }

    /// The bytes of the next column as they are, valid only inside the body; nil for null.
    @inlinable
    package mutating func withBytes<R>(_ body: (UnsafeRawBufferPointer?) throws -> R) throws -> R {
        try body(try field())
    }

    @inlinable package mutating func optionalText() throws(PostgresError) -> String? {
        try field().map { String(decoding: $0, as: UTF8.self) }
    }
    @inlinable package mutating func text() throws(PostgresError) -> String {
        guard let text = try optionalText() else { throw CopyReader.isNull }
        return text
    }

    @inlinable package mutating func optionalBytea() throws(PostgresError) -> [UInt8]? {
        try field().map { Array($0) }
    }
    @inlinable package mutating func bytea() throws(PostgresError) -> [UInt8] {
        guard let bytes = try optionalBytea() else { throw CopyReader.isNull }
        return bytes
    }

    /// A moment; `infinity` is `Date.distantFuture`.
    package mutating func timestamptz() throws(PostgresError) -> Date { PostgresTimestamp.date(try int8()) }
    package mutating func optionalTimestamptz() throws(PostgresError) -> Date? {
        try optionalInt8().map { PostgresTimestamp.date($0) }
    }

    /// A value of a given type (an OID of ``PostgresType``).
    package mutating func value(_ oid: UInt32) throws -> PostgresValue {
        try Field(oid: oid, bytes: try field(), isBinary: true, column: "of COPY").value()
    }

    @usableFromInline static var isNull: PostgresError {
        PostgresError(.protocolViolation, "a column of the COPY is null", hint: "read it as optional")
    }
}

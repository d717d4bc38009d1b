import CLibPQ
package import Foundation

/// Names a column: by its position from 0, or by its name.
package protocol PostgresColumn {
    /// The position among the columns; nil when there is no such column.
    func position(in positions: [String: Int], count: Int) -> Int?
}

extension Int: PostgresColumn {
    package func position(in positions: [String: Int], count: Int) -> Int? { self >= 0 && self < count ? self : nil }
}

extension String: PostgresColumn {
    package func position(in positions: [String: Int], count: Int) -> Int? { positions[self] }
}

/// One row of a result.
///
/// The accessors throw `protocolViolation` when there is no such column, when it is of another type, and, but for the
/// `optional` forms, when it is null.
package struct PostgresRow: Sendable {
    let handle: ResultHandle
    let row: Int
    let columns: ResultColumns

    /// How many columns there are.
    package var count: Int { columns.list.count }

    /// The value of a column in its own type.
    package subscript(_ column: some PostgresColumn) -> PostgresValue {
        get throws { try field(column).value() }
    }

    func field(_ column: some PostgresColumn) throws -> Field {
        guard let position = column.position(in: columns.positions, count: columns.list.count) else {
            throw PostgresError(.protocolViolation, "the result has no column \(column)")
        }
        let (name, oid) = columns.list[position]
        let (line, place) = (Int32(row), Int32(position))
        guard PQgetisnull(handle.pointer, line, place) == 0 else {
            return Field(oid: oid, bytes: nil, isBinary: columns.isBinary, column: name)
        }
        // The bytes live as long as the result, which the row holds.
        let bytes = UnsafeRawBufferPointer(
            start: PQgetvalue(handle.pointer, line, place), count: Int(PQgetlength(handle.pointer, line, place)))
        return Field(oid: oid, bytes: bytes, isBinary: columns.isBinary, column: name)
    }

    private func optional<Result>(
        _ column: some PostgresColumn, _ wanted: String, _ convert: (PostgresValue) -> Result?
    ) throws -> Result? {
        let field = try field(column)
        guard field.bytes != nil else { return nil }
        guard let result = convert(try field.value()) else { throw field.mismatch(wanted) }
        return result
    }

    private func required<Result>(
        _ column: some PostgresColumn, _ wanted: String, _ convert: (PostgresValue) -> Result?
    ) throws -> Result {
        guard let result = try optional(column, wanted, convert) else { throw try field(column).mismatch(wanted) }
        return result
    }
}

extension PostgresRow {
    /// Whether a column is null.
    package func isNull(_ column: some PostgresColumn) throws -> Bool { try field(column).bytes == nil }

    package func bool(_ column: some PostgresColumn) throws -> Bool { try required(column, "bool", \.bool) }
    package func optionalBool(_ column: some PostgresColumn) throws -> Bool? { try optional(column, "bool", \.bool) }

    /// A whole number of at most 2 bytes.
    package func int2(_ column: some PostgresColumn) throws -> Int16 { try required(column, "int2", \.int2) }

    /// A whole number of at most 4 bytes.
    package func int4(_ column: some PostgresColumn) throws -> Int32 { try required(column, "int4", \.int4) }
    package func optionalInt4(_ column: some PostgresColumn) throws -> Int32? { try optional(column, "int4", \.int4) }

    /// A whole number of any width, also a `numeric` (what `sum` makes of an `int8`) that is whole and fits.
    package func int8(_ column: some PostgresColumn) throws -> Int64 { try required(column, "int8", \.int8) }
    package func optionalInt8(_ column: some PostgresColumn) throws -> Int64? { try optional(column, "int8", \.int8) }

    /// The same as ``int8(_:)``, as `Int`.
    package func int(_ column: some PostgresColumn) throws -> Int { Int(try int8(column)) }
    package func optionalInt(_ column: some PostgresColumn) throws -> Int? { try optionalInt8(column).map { Int($0) } }

    /// A number of any kind.
    package func float8(_ column: some PostgresColumn) throws -> Double { try required(column, "float8", \.float8) }
    package func optionalFloat8(_ column: some PostgresColumn) throws -> Double? {
        try optional(column, "float8", \.float8)
    }

    /// Text of any kind, also JSON and the digits of a `numeric`.
    package func text(_ column: some PostgresColumn) throws -> String { try required(column, "text", \.text) }
    package func optionalText(_ column: some PostgresColumn) throws -> String? { try optional(column, "text", \.text) }

    package func bytea(_ column: some PostgresColumn) throws -> [UInt8] { try required(column, "bytea", \.bytea) }
    package func optionalBytea(_ column: some PostgresColumn) throws -> [UInt8]? {
        try optional(column, "bytea", \.bytea)
    }

    /// A moment; `infinity` is `Date.distantFuture`. A `timestamp` without zone is read as UTC.
    package func timestamptz(_ column: some PostgresColumn) throws -> Date {
        try required(column, "timestamptz", \.timestamptz)
    }
    package func optionalTimestamptz(_ column: some PostgresColumn) throws -> Date? {
        try optional(column, "timestamptz", \.timestamptz)
    }

    /// The text of a `jsonb` or `json`.
    package func jsonb(_ column: some PostgresColumn) throws -> String { try required(column, "jsonb", \.text) }
    package func optionalJsonb(_ column: some PostgresColumn) throws -> String? {
        try optional(column, "jsonb", \.text)
    }

    package func textArray(_ column: some PostgresColumn) throws -> [String] {
        try required(column, "text[]", \.textArray)
    }
    package func optionalTextArray(_ column: some PostgresColumn) throws -> [String]? {
        try optional(column, "text[]", \.textArray)
    }
    package func int4Array(_ column: some PostgresColumn) throws -> [Int32] {
        try required(column, "int4[]", \.int4Array)
    }
    package func int8Array(_ column: some PostgresColumn) throws -> [Int64] {
        try required(column, "int8[]", \.int8Array)
    }
    package func byteaArray(_ column: some PostgresColumn) throws -> [[UInt8]] {
        try required(column, "bytea[]", \.byteaArray)
    }
}

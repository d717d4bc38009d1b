package import Foundation

/// One row of a binary COPY ... FROM STDIN, field by field.
@usableFromInline
package struct CopyRow {
    @usableFromInline let buffer: CopyBuffer
    @usableFromInline var fields = 0

    @inlinable
    init(buffer: CopyBuffer) { self.buffer = buffer }

    @inlinable
    mutating func number(_ number: some FixedWidthInteger) {
        buffer.append(Int32(MemoryLayout.size(ofValue: number)))
        buffer.append(number)
        fields += 1
    }

    @inlinable package mutating func null() {
        buffer.append(Int32(-1))
        fields += 1
    }

    @inlinable package mutating func bool(_ value: Bool) { number(UInt8(value ? 1 : 0)) }
    @inlinable package mutating func int2(_ value: Int16) { number(value) }
    @inlinable package mutating func int4(_ value: Int32) { number(value) }
    @inlinable package mutating func int8(_ value: Int64) { number(value) }
    @inlinable package mutating func float8(_ value: Double) { number(value.bitPattern) }

    /// The bytes of a `text`, `varchar`, `json` or `bytea`.
    @inlinable
    package mutating func bytes(_ value: UnsafeRawBufferPointer) {
        buffer.append(Int32(truncatingIfNeeded: value.count))
        buffer.append(value)
        fields += 1
    }

    /// A `text`, `varchar` or `json`.
    @inlinable
    package mutating func text(_ value: String) {
        var value = value
        value.withUTF8 { bytes(UnsafeRawBufferPointer($0)) }
    }

    /// A `bytea`.
    @inlinable
    package mutating func bytea(_ value: some Collection<UInt8>) {
        let isContiguous: Void? = value.withContiguousStorageIfAvailable { bytes(UnsafeRawBufferPointer($0)) }
        if isContiguous == nil { Array(value).withUnsafeBytes { bytes($0) } }
    }

    /// A `timestamptz`; `Date.distantFuture` is `infinity`.
    package mutating func timestamptz(_ value: Date) { number(PostgresTimestamp.microseconds(value)) }

    package mutating func jsonb(_ value: String) { encoded(.jsonb(value)) }
    package mutating func textArray(_ value: [String]) { encoded(.textArray(value)) }
    package mutating func int4Array(_ value: [Int32]) { encoded(.int4Array(value)) }
    package mutating func int8Array(_ value: [Int64]) { encoded(.int8Array(value)) }
    package mutating func byteaArray(_ value: [[UInt8]]) { encoded(.byteaArray(value)) }

    /// Any value but `numeric`, whose binary form we do not write: that throws `protocolViolation`.
    package mutating func value(_ value: PostgresValue) throws {
        if case .null = value { return null() }
        if case .numeric = value {
            throw PostgresError(
                .protocolViolation, "a numeric cannot be written by COPY", hint: "write it as int8 or text")
        }
        encoded(value)
    }

    private mutating func encoded(_ value: PostgresValue) {
        var content = BinaryBytes()
        content.append(value)
        content.bytes.withUnsafeBytes { bytes($0) }
    }

    /// A value, or null when there is none.
    @inlinable package mutating func bool(_ value: Bool?) { value.map { bool($0) } ?? null() }
    @inlinable package mutating func int4(_ value: Int32?) { value.map { int4($0) } ?? null() }
    @inlinable package mutating func int8(_ value: Int64?) { value.map { int8($0) } ?? null() }
    @inlinable package mutating func float8(_ value: Double?) { value.map { float8($0) } ?? null() }
    @inlinable package mutating func text(_ value: String?) { value.map { text($0) } ?? null() }
    @inlinable package mutating func bytea(_ value: (some Collection<UInt8>)?) { value.map { bytea($0) } ?? null() }
    package mutating func timestamptz(_ value: Date?) { value.map { timestamptz($0) } ?? null() }
    package mutating func jsonb(_ value: String?) { value.map { jsonb($0) } ?? null() }
}

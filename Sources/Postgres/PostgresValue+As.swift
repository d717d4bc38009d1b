import Foundation

/// What a value is when it is read as a given type; nil when it is none.
extension PostgresValue {
    var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    var int2: Int16? { int8.flatMap { Int16(exactly: $0) } }

    var int4: Int32? { int8.flatMap { Int32(exactly: $0) } }

    var int8: Int64? {
        switch self {
        case .int2(let value): Int64(value)
        case .int4(let value): Int64(value)
        case .int8(let value): value
        case .numeric(let digits): Int64(digits)
        default: nil
        }
    }

    var float8: Double? {
        switch self {
        case .float8(let value): value
        case .numeric(let digits): Double(digits)
        default: int8.map { Double($0) }
        }
    }

    var text: String? {
        switch self {
        case .text(let value), .jsonb(let value), .numeric(let value): value
        default: nil
        }
    }

    var bytea: [UInt8]? {
        if case .bytea(let value) = self { value } else { nil }
    }

    var timestamptz: Date? {
        if case .timestamptz(let value) = self { value } else { nil }
    }

    var textArray: [String]? {
        if case .textArray(let value) = self { value } else { nil }
    }

    var int4Array: [Int32]? {
        if case .int4Array(let value) = self { value } else { nil }
    }

    var int8Array: [Int64]? {
        if case .int8Array(let value) = self { value } else { nil }
    }

    var byteaArray: [[UInt8]]? {
        if case .byteaArray(let value) = self { value } else { nil }
    }
}

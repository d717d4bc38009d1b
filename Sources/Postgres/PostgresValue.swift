package import Foundation

/// A value on its way to PostgreSQL or back, in PostgreSQL's own types.
///
/// A parameter is sent with its type, so PostgreSQL converts it as it would a column of that type: an `int4` fits
/// where an `int8` is wanted, a `text` fits a `varchar`.
package enum PostgresValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case int2(Int16)
    case int4(Int32)
    case int8(Int64)
    case float8(Double)
    /// The digits of a `numeric`, exactly; also `NaN`, `Infinity` and `-Infinity`. Only read, never sent as binary.
    case numeric(String)
    /// Text of any kind: `text`, `varchar`, `char`, `name`, `json`, `uuid`, `date`, `interval` when read.
    case text(String)
    case bytea([UInt8])
    /// A moment, to the microsecond. `infinity` is `Date.distantFuture`, `-infinity` is `Date.distantPast`.
    case timestamptz(Date)
    case jsonb(String)
    case textArray([String])
    case int4Array([Int32])
    case int8Array([Int64])
    case byteaArray([[UInt8]])
}

/// The OIDs of the types that we read and write (PostgreSQL's src/include/catalog/pg_type.dat).
package enum PostgresType {
    package static let bool: UInt32 = 16
    package static let bytea: UInt32 = 17
    package static let name: UInt32 = 19
    package static let int8: UInt32 = 20
    package static let int2: UInt32 = 21
    package static let int4: UInt32 = 23
    package static let text: UInt32 = 25
    package static let oid: UInt32 = 26
    package static let json: UInt32 = 114
    package static let float4: UInt32 = 700
    package static let float8: UInt32 = 701
    package static let unknown: UInt32 = 705
    package static let byteaArray: UInt32 = 1001
    package static let nameArray: UInt32 = 1003
    package static let int4Array: UInt32 = 1007
    package static let textArray: UInt32 = 1009
    package static let varcharArray: UInt32 = 1015
    package static let int8Array: UInt32 = 1016
    package static let bpchar: UInt32 = 1042
    package static let varchar: UInt32 = 1043
    package static let date: UInt32 = 1082
    package static let timestamp: UInt32 = 1114
    package static let timestamptz: UInt32 = 1184
    package static let interval: UInt32 = 1186
    package static let numeric: UInt32 = 1700
    package static let void: UInt32 = 2278
    package static let uuid: UInt32 = 2950
    package static let jsonb: UInt32 = 3802
}

extension PostgresValue {
    /// The type that the value is sent as; 0 lets PostgreSQL find out.
    var oid: UInt32 {
        switch self {
        case .null: 0
        case .bool: PostgresType.bool
        case .int2: PostgresType.int2
        case .int4: PostgresType.int4
        case .int8: PostgresType.int8
        case .float8: PostgresType.float8
        case .numeric: PostgresType.numeric
        case .text: PostgresType.text
        case .bytea: PostgresType.bytea
        case .timestamptz: PostgresType.timestamptz
        case .jsonb: PostgresType.jsonb
        case .textArray: PostgresType.textArray
        case .int4Array: PostgresType.int4Array
        case .int8Array: PostgresType.int8Array
        case .byteaArray: PostgresType.byteaArray
        }
    }
}

import Figures
import Foundation
import Postgres

extension Table.Column {
    /// A column as SQL has it: how it is shown follows from its name and type.
    init(_ name: String, type: UInt32) {
        self.init(name, Self.kind(name, type))
    }

    /// Whether values of the type can be read in binary.
    static func isReadable(_ type: UInt32) -> Bool {
        typealias T = PostgresType
        return [
            T.bool, T.bytea, T.name, T.int8, T.int2, T.int4, T.text, T.oid, T.json, T.float4, T.float8, T.unknown,
            T.byteaArray, T.nameArray, T.int4Array, T.textArray, T.varcharArray, T.int8Array, T.bpchar, T.varchar,
            T.date, T.timestamp, T.timestamptz, T.interval, T.numeric, T.uuid, T.jsonb,
        ].contains(type)
    }

    private static func isSeconds(_ name: String) -> Bool {
        name.hasSuffix("_seconds") || name.hasPrefix("seconds_")
    }

    private static func kind(_ name: String, _ type: UInt32) -> Table.Kind {
        switch type {
        case PostgresType.bool: return .flag
        case PostgresType.timestamptz: return .time
        case PostgresType.textArray, PostgresType.nameArray, PostgresType.varcharArray: return .list
        case PostgresType.jsonb: return .object
        case PostgresType.int2, PostgresType.int4, PostgresType.int8, PostgresType.numeric:
            if name == "bytes" || name.hasSuffix("_bytes") { return .bytes }
            return name.hasSuffix("_ratio") || isSeconds(name) ? .ratio : .count
        case PostgresType.float4, PostgresType.float8: return .ratio
        default:
            return name.hasSuffix("digest") || name == "diff_id" || name == "image_id" ? .digest : .text
        }
    }
}

extension Value {
    /// A value as it came from PostgreSQL.
    init(_ value: PostgresValue) throws {
        switch value {
        case .null: self = .null
        case .bool(let flag): self = .flag(flag)
        case .int2(let number): self = .integer(Int64(number))
        case .int4(let number): self = .integer(Int64(number))
        case .int8(let number): self = .integer(number)
        case .float8(let number): self = number.isFinite ? .real(number) : .text("\(number)")
        case .numeric(let digits):
            if let whole = Int64(digits) {
                self = .integer(whole)
            } else {
                self = digits.contains(".") ? Double(digits).map { .real($0) } ?? .text(digits) : .text(digits)
            }
        case .text(let text): self = .text(text)
        case .bytea(let bytes): self = .text(Self.hex(bytes))
        case .timestamptz(let date):
            self = date == .distantFuture ? .text("infinity") : date == .distantPast ? .text("-infinity") : .time(date)
        case .jsonb(let text): self = Value(json: text)
        case .textArray(let texts): self = .list(texts)
        case .int4Array(let numbers): self = .list(numbers.map(String.init))
        case .int8Array(let numbers): self = .list(numbers.map(String.init))
        case .byteaArray(let list): self = .list(list.map(Self.hex))
        }
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.reduce(into: "\\x") { $0 += String($1 >> 4, radix: 16) + String($1 & 15, radix: 16) }
    }

    /// A JSON object of texts; anything else as its text.
    private init(json: String) {
        if let texts = try? JSONDecoder().decode([String: String].self, from: Data(json.utf8)) {
            self = .object(texts)
        } else {
            self = .text(json)
        }
    }
}

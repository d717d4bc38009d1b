import Foundation
import Postgres
import TestSupport
import Testing

/// A value, and the type that it is sent and read back as.
struct RoundTrip: Sendable, CustomTestStringConvertible {
    var type: String
    var value: PostgresValue
    var testDescription: String { "\(type) \(String(describing: value).prefix(60))" }
}

private let moment = Date(timeIntervalSince1970: 1_700_000_000.123456)

private let roundTrips: [RoundTrip] = [
    RoundTrip(type: "bool", value: .bool(true)), RoundTrip(type: "bool", value: .bool(false)),
    RoundTrip(type: "int2", value: .int2(.min)), RoundTrip(type: "int2", value: .int2(.max)),
    RoundTrip(type: "int4", value: .int4(.min)), RoundTrip(type: "int4", value: .int4(-1)),
    RoundTrip(type: "int8", value: .int8(.max)), RoundTrip(type: "int8", value: .int8(.min)),
    RoundTrip(type: "float8", value: .float8(0.1)), RoundTrip(type: "float8", value: .float8(-.infinity)),
    RoundTrip(type: "float8", value: .float8(.leastNonzeroMagnitude)),
    RoundTrip(type: "text", value: .text("")), RoundTrip(type: "text", value: .text("größe\n\t'\"\\ 🐳")),
    RoundTrip(type: "text", value: .text(String(repeating: "é", count: 1 << 20))),
    RoundTrip(type: "bytea", value: .bytea([])), RoundTrip(type: "bytea", value: .bytea([0, 255, 10, 0])),
    RoundTrip(type: "timestamptz", value: .timestamptz(.distantFuture)),
    RoundTrip(type: "timestamptz", value: .timestamptz(.distantPast)),
    RoundTrip(type: "timestamptz", value: .timestamptz(Date(timeIntervalSince1970: 0))),
    RoundTrip(type: "timestamptz", value: .timestamptz(Date(timeIntervalSince1970: -1.5))),
    RoundTrip(type: "jsonb", value: .jsonb(#"{"a": [1, null, "\u00e9"]}"#.replacing("\\u00e9", with: "é"))),
    RoundTrip(type: "text[]", value: .textArray([])), RoundTrip(type: "text[]", value: .textArray(["", "a,b", "{}"])),
    RoundTrip(type: "int4[]", value: .int4Array([])), RoundTrip(type: "int4[]", value: .int4Array([.min, 0, .max])),
    RoundTrip(type: "int8[]", value: .int8Array([.min, 0, .max])), RoundTrip(type: "int8[]", value: .int8Array([])),
    RoundTrip(type: "bytea[]", value: .byteaArray([[], [0], [1, 2, 3]])),
    RoundTrip(type: "bytea[]", value: .byteaArray([])),
    RoundTrip(type: "numeric", value: .numeric("-123456789012345678901234567890.000100")),
    RoundTrip(type: "numeric", value: .numeric("0.00001")), RoundTrip(type: "numeric", value: .numeric("100000000")),
    RoundTrip(type: "numeric", value: .numeric("NaN")),
]

/// SQL that makes a value of a type we only read, and how it is read.
private let readOnly: [(sql: String, value: PostgresValue)] = [
    ("sum(x) FROM (VALUES (9223372036854775807), (1)) AS t (x)", .numeric("9223372036854775808")),
    ("DATE '2024-02-29'", .text("2024-02-29")), ("DATE '1999-12-31'", .text("1999-12-31")),
    ("DATE 'infinity'", .text("infinity")), ("1.5::float4", .float8(1.5)),
    ("INTERVAL '1 month 2 days 03:04:05.5'", .text("1 mon 2 days 03:04:05.5")),
    ("INTERVAL '-1 second'", .text("-00:00:01")),
    ("'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'::uuid", .text("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")),
    ("'layerscope'::name", .text("layerscope")), ("'{\"a\":1}'::json", .text("{\"a\":1}")),
    ("'x'::varchar", .text("x")), ("'ab'::char(3)", .text("ab ")), ("4294967295::oid", .int8(4_294_967_295)),
    ("TIMESTAMP '2000-01-01 00:00:00'", .timestamptz(Date(timeIntervalSince1970: 946_684_800))),
]

@Suite(.enabled(if: hasPostgres)) struct ValueTests {
    @Test(arguments: roundTrips) func `a value comes back as it went`(_ trip: RoundTrip) async throws {
        try await withConnection { connection in
            let result = try await connection.query("SELECT $1::\(trip.type) AS value", [trip.value])
            #expect(try result.rows[0]["value"] == trip.value)
        }
    }

    @Test(arguments: Set(roundTrips.map(\.type)).sorted())
    func `null of any type is null`(_ type: String) async throws {
        try await withConnection { connection in
            let row = try await connection.query("SELECT $1::\(type)", [.null]).rows[0]
            #expect(try row[0] == .null)
            #expect(try row.isNull(0))
        }
    }

    @Test func `values of types that are only read come as documented`() async throws {
        try await withConnection { connection in
            for (sql, value) in readOnly {
                let result = try await connection.query("SELECT \(sql)")
                #expect(try result.rows[0][0] == value, "\(sql)")
            }
        }
    }

    @Test func `a moment keeps its microseconds`() async throws {
        try await withConnection { connection in
            let row = try await connection.query(
                "SELECT $1::text, $1", [.timestamptz(moment)]
            ).rows[0]
            #expect(try row.text(0).hasSuffix("22:13:20.123456+00"))
            #expect(abs(try row.timestamptz(1).timeIntervalSince(moment)) < 0.000_000_5)
        }
    }

    @Test func `accessors widen whole numbers and refuse what does not fit`() async throws {
        try await withConnection { connection in
            let row = try await connection.query(
                "SELECT 7::int2 AS small, 70000 AS middle, 5000000000 AS large, NULL::int8 AS none, 'x' AS word,"
                    + " 12::numeric AS sum"
            ).rows[0]
            #expect(try row.int8("small") == 7)
            #expect(try row.int("middle") == 70000)
            #expect(try row.int8("sum") == 12)
            #expect(try row.optionalInt8("none") == nil)
            for failing in [
                { _ = try row.int2("middle") }, { _ = try row.int4("large") }, { _ = try row.int8("none") },
                { _ = try row.int8("word") }, { _ = try row.text("no such column") }, { _ = try row[6] },
                { _ = try row.optionalText("small") },
            ] as [() throws -> Void] {
                let error = #expect(throws: PostgresError.self) { try failing() }
                #expect(error?.kind == .protocolViolation)
            }
        }
    }

    @Test func `columns of types that we do not know can be read as text`() async throws {
        try await withConnection { connection in
            let sql = "SELECT '10.0.0.0/8'::inet AS network, 3 AS number, true AS flag, NULL::int4 AS none"
            let binary = try await connection.query(sql)
            #expect(throws: PostgresError.self) { try binary.rows[0]["network"] }
            let row = try await connection.query(sql, text: true).rows[0]
            #expect(try row.text("network") == "10.0.0.0/8")
            #expect(try row.int4("number") == 3)
            #expect(try row.bool("flag"))
            #expect(try row.isNull("none"))
        }
    }

    @Test func `an array with a null in it is refused`() async throws {
        try await withConnection { connection in
            let row = try await connection.query("SELECT ARRAY['a', NULL]").rows[0]
            #expect(throws: PostgresError.self) { try row.textArray(0) }
        }
    }
}

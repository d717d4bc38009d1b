import Foundation
import Postgres
import TestSupport
import Testing

private struct BadRow: Error {}

@Suite(.enabled(if: hasPostgres)) struct CopyTests {
    private static let moment = Date(timeIntervalSince1970: 1_700_000_000.5)

    @Test func `rows of every type come back as they went`() async throws {
        try await withConnection { connection in
            try await connection.execute(
                """
                CREATE TABLE t (a bool, b int2, c int4, d int8, e float8, f text, g bytea, h timestamptz, i jsonb,
                    j text[], k int4[], l int8[], m bytea[])
                """)
            let values: [PostgresValue] = [
                .bool(true), .int2(-2), .int4(.max), .int8(.min), .float8(0.1), .text("größe"), .bytea([0, 255]),
                .timestamptz(Self.moment), .jsonb("{\"a\": 1}"), .textArray(["x", ""]), .int4Array([1]), .int8Array([]),
                .byteaArray([[1], []]),
            ]
            let copied = try await connection.copyIn("COPY t FROM STDIN (FORMAT binary)") { writer in
                try writer.row { row in for value in values { try row.value(value) } }
                try writer.row { row in for _ in values { row.null() } }
                try writer.row { row in
                    row.bool(true)
                    row.int2(-2)
                    row.int4(.max)
                    row.int8(.min)
                    row.float8(0.1)
                    row.text("größe")
                    row.bytea([0, 255])
                    row.timestamptz(Self.moment)
                    row.jsonb("{\"a\": 1}")
                    row.textArray(["x", ""])
                    row.int4Array([1])
                    row.int8Array([])
                    row.byteaArray([[1], []])
                }
            }
            #expect(copied == 3)
            let rows = try await connection.query("SELECT * FROM t").rows
            for row in [rows[0], rows[2]] {
                #expect(try (0..<row.count).map { try row[$0] } == values)
            }
            #expect(try (0..<values.count).allSatisfy { try rows[1].isNull($0) })

            var read: [PostgresValue] = []
            var firstColumns: [Bool?] = []
            try await connection.copyOut("COPY t TO STDOUT (FORMAT binary)") { reader in
                while try reader.next() {
                    firstColumns.append(try reader.optionalBool())
                    if firstColumns.count == 1 {
                        read = [.bool(true)]
                        for oid in [
                            PostgresType.int2, PostgresType.int4, PostgresType.int8, PostgresType.float8,
                            PostgresType.text, PostgresType.bytea, PostgresType.timestamptz, PostgresType.jsonb,
                            PostgresType.textArray, PostgresType.int4Array, PostgresType.int8Array,
                            PostgresType.byteaArray,
                        ] { read.append(try reader.value(oid)) }
                    }
                }
            }
            #expect(read == values)
            #expect(firstColumns == [true, nil, true])
        }
    }

    @Test func `a million rows go in and come out, in order and complete`() async throws {
        try await withConnection { connection in
            let count = 1_000_000
            try await connection.execute("CREATE TABLE pair (a int8, b int4)")
            let copied = try await connection.copyIn("COPY pair FROM STDIN (FORMAT binary)", rows: 0..<count) {
                $0.int8(Int64($1) << 20)
                $0.int4(Int32($1))
            }
            #expect(copied == count)
            var next: Int64 = 0
            try await connection.copyOut("COPY pair TO STDOUT (FORMAT binary)") { reader in
                while try reader.next() {
                    guard try reader.int8() == next << 20, try reader.int4() == next else { throw BadRow() }
                    next += 1
                }
            }
            #expect(next == count)
        }
    }

    @Test func `rows larger than any buffer pass both ways`() async throws {
        try await withConnection { connection in
            try await connection.execute("CREATE TABLE large (a int4, b text)")
            let texts = [String(repeating: "a", count: 5 << 20), "", String(repeating: "é", count: 300_000), "end"]
            try await connection.copyIn("COPY large FROM STDIN (FORMAT binary)") { writer in
                for (number, text) in texts.enumerated() {
                    try writer.row {
                        $0.int4(Int32(number))
                        $0.text(text)
                    }
                }
            }
            var read: [String] = []
            try await connection.copyOut("COPY large TO STDOUT (FORMAT binary)") { reader in
                while try reader.next() {
                    try reader.skip()
                    read.append(try reader.text())
                }
            }
            #expect(read == texts)
        }
    }

    @Test func `a table without rows is read to its end`() async throws {
        try await withConnection { connection in
            var rows = 0
            try await connection.copyOut("COPY (SELECT 1 WHERE false) TO STDOUT (FORMAT binary)") { reader in
                while try reader.next() { rows += 1 }
            }
            #expect(rows == 0)
            try await connection.execute("CREATE TABLE t (a int4)")
            #expect(try await connection.copyIn("COPY t FROM STDIN (FORMAT binary)") { _ in } == 0)
        }
    }

    @Test func `columns left unread are skipped, and a body may read row by row`() async throws {
        try await withConnection { connection in
            var read: [Int32] = []
            try await connection.copyOut(
                "COPY (SELECT i, 'x', NULL FROM generate_series(1, 5) AS s (i)) TO STDOUT (FORMAT binary)"
            ) {
                if try $0.next() { read.append(try $0.int4()) }
            }
            #expect(read == [1, 2, 3, 4, 5])
        }
    }

    @Test func `reading a column as what it is not is refused`() async throws {
        try await withConnection { connection in
            let sql = "COPY (SELECT 1::int4, NULL::int8 FROM generate_series(1, 100000)) TO STDOUT (FORMAT binary)"
            for reading in [
                { _ = try $0.int8() }, { _ = try ($0.skip(), $0.int8()) },
                { _ = try ($0.skip(), $0.skip(), $0.skip()) },
                { _ = try ($0.skip(), $0.text()) },
            ] as [(inout CopyReader) throws -> Void] {
                let error = await #expect(throws: PostgresError.self) {
                    try await connection.copyOut(sql) { reader in while try reader.next() { try reading(&reader) } }
                }
                #expect(error?.kind == .protocolViolation)
            }
            // A body that reads nothing would be called for ever.
            await #expect(throws: PostgresError.self) { try await connection.copyOut(sql) { _ in } }
            try await expectUsable(connection)
        }
    }

    @Test func `a statement that is no binary COPY is refused, and the connection goes on`() async throws {
        try await withConnection { connection in
            try await connection.execute("CREATE TABLE t (a int4)")
            for sql in ["SELECT 1", "COPY t TO STDOUT", "COPY t FROM STDIN (FORMAT binary)", "COPY nothing TO STDOUT"] {
                await #expect(throws: PostgresError.self, "\(sql)") {
                    try await connection.copyOut(sql) { reader in while try reader.next() {} }
                }
            }
            for sql in ["SELECT 1", "COPY t FROM STDIN", "COPY t TO STDOUT (FORMAT binary)"] {
                await #expect(throws: PostgresError.self, "\(sql)") { try await connection.copyIn(sql) { _ in } }
            }
            for sql in ["COPY t TO STDOUT", "COPY t FROM STDIN"] {
                await #expect(throws: PostgresError.self, "\(sql)") { try await connection.query(sql) }
                await #expect(throws: PostgresError.self, "\(sql)") { try await connection.run(script: sql) }
            }
            #expect(try await connection.query("SELECT count(*) FROM t").rows[0].int(0) == 0)
        }
    }
}

import Foundation
import Postgres
import TestSupport
import Testing

private struct BadRow: Error {}

@Suite(.enabled(if: hasPostgres)) struct CopyFailureTests {
    private func expectEmpty(_ connection: PostgresConnection) async throws {
        #expect(try await connection.query("SELECT count(*) FROM t").rows[0].int(0) == 0)
    }

    @Test func `a body that throws in the middle leaves no row behind`() async throws {
        try await withConnection { connection in
            try await connection.execute("CREATE TABLE t (a int4)")
            await #expect(throws: BadRow.self) {
                try await connection.copyIn("COPY t FROM STDIN (FORMAT binary)") { writer in
                    for number in 0..<200_000 {
                        if number == 150_000 { throw BadRow() }
                        try writer.row { $0.int4(Int32(number)) }
                    }
                }
            }
            try await expectEmpty(connection)
            await #expect(throws: BadRow.self) {
                try await connection.copyIn("COPY t FROM STDIN (FORMAT binary)", rows: 0..<200_000) {
                    if $1 == 150_000 { throw BadRow() }
                    $0.int4(Int32($1))
                }
            }
            try await expectEmpty(connection)
        }
    }

    @Test func `a row that throws half-way is not written when the body goes on`() async throws {
        try await withConnection { connection in
            try await connection.execute("CREATE TABLE t (a int4, b int4)")
            try await connection.copyIn("COPY t FROM STDIN (FORMAT binary)") { writer in
                for number in 0..<10 as Range<Int32> {
                    do {
                        try writer.row {
                            $0.int4(number)
                            if number % 2 == 1 { throw BadRow() }
                            $0.int4(number)
                        }
                    } catch is BadRow {}
                }
            }
            #expect(try await connection.query("SELECT array_agg(a) FROM t").rows[0].int4Array(0) == [0, 2, 4, 6, 8])
        }
    }

    @Test func `what the server refuses in the middle is thrown with its line, and leaves no row`() async throws {
        try await withConnection { connection in
            try await connection.execute("CREATE TABLE t (a int4 CONSTRAINT small CHECK (a < 100000))")
            let error = await #expect(throws: PostgresError.self) {
                try await connection.copyIn("COPY t FROM STDIN (FORMAT binary)", rows: 0..<500_000) {
                    $0.int4(Int32($1))
                }
            }
            #expect(error?.sqlState == "23514")
            #expect(error?.constraint == "small")
            #expect(error?.context?.contains("line 100001") == true)
            try await expectEmpty(connection)
        }
    }

    @Test func `a row with too few fields is the server's error`() async throws {
        try await withConnection { connection in
            try await connection.execute("CREATE TABLE t (a int4, b int4)")
            let error = await #expect(throws: PostgresError.self) {
                try await connection.copyIn("COPY t FROM STDIN (FORMAT binary)") { try $0.row { $0.int4(1) } }
            }
            #expect(error?.sqlState == "22P04")
            #expect(error?.kind == .statementFailed)
            try await expectEmpty(connection)
        }
    }

    @Test func `a server error in the middle of a COPY out is thrown`() async throws {
        try await withConnection { connection in
            var rows = 0
            let error = await #expect(throws: PostgresError.self) {
                try await connection.copyOut(
                    "COPY (SELECT 1 / (200000 - i) FROM generate_series(1, 300000) AS s (i)) TO STDOUT (FORMAT binary)"
                ) { reader in
                    while try reader.next() { rows += 1 }
                }
            }
            #expect(error?.sqlState == "22012")
            #expect(rows < 200_000)
            try await expectUsable(connection)
        }
    }

    @Test func `a body that throws in the middle of a COPY out stops it`() async throws {
        try await withConnection { connection in
            let start = ContinuousClock.now
            await #expect(throws: BadRow.self) {
                try await connection.copyOut("COPY (SELECT generate_series(1, 2000000000)) TO STDOUT (FORMAT binary)") {
                    while try $0.next() { if try $0.int4() == 1000 { throw BadRow() } }
                }
            }
            #expect(.now - start < .seconds(5))
            try await expectUsable(connection)
        }
    }

    @Test func `a numeric is refused rather than written as something else`() async throws {
        try await withConnection { connection in
            try await connection.execute("CREATE TABLE t (a numeric)")
            await #expect(throws: PostgresError.self) {
                try await connection.copyIn("COPY t FROM STDIN (FORMAT binary)") { writer in
                    try writer.row { try $0.value(.numeric("1")) }
                }
            }
            try await expectEmpty(connection)
        }
    }
}

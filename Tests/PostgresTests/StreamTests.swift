import Foundation
import Postgres
import TestSupport
import Testing

private struct EnoughRows: Error {}

/// The most memory that this process ever had, in bytes (proc(5), VmHWM).
private func peakMemory() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
    let kilobytes = try #require(line.split(separator: " ").compactMap { Int($0) }.first)
    return kilobytes << 10
}

@Suite(.enabled(if: hasPostgres), .serialized) struct StreamTests {
    @Test func `a million rows stream through little memory`() async throws {
        try await withConnection { connection in
            let before = try peakMemory()
            var sum: Int64 = 0
            var count = 0
            // 1 KB of text in each row: more than 1 GB if they were kept. Tests beside this one take some memory, too.
            try await connection.stream(
                "SELECT i, repeat('x', 1000) AS filler FROM generate_series(1, 1000000) AS s (i)"
            ) {
                sum += try $0.int8("i")
                count += try $0.text("filler").utf8.count == 1000 ? 1 : 0
            }
            #expect(sum == 500_000_500_000)
            #expect(count == 1_000_000)
            #expect(try peakMemory() - before < 400 << 20)
        }
    }

    @Test func `a stream of no rows calls nobody`() async throws {
        try await withConnection { connection in
            try await connection.stream("SELECT 1 WHERE false") { _ in Issue.record("there is no row") }
            try await connection.stream("CREATE TABLE t (a int4)") { _ in Issue.record("there is no row") }
            #expect(try await connection.query("SELECT count(*) FROM t").rows[0].int(0) == 0)
        }
    }

    @Test func `parameters reach a stream`() async throws {
        try await withConnection { connection in
            var seen: [String] = []
            try await connection.stream("SELECT unnest($1) AS word", [.textArray(["a", "b"])]) {
                seen.append(try $0.text("word"))
            }
            #expect(seen == ["a", "b"])
        }
    }

    @Test func `a body that throws stops the statement, and the connection goes on`() async throws {
        try await withConnection { connection in
            let start = ContinuousClock.now
            await #expect(throws: EnoughRows.self) {
                var count = 0
                try await connection.stream("SELECT generate_series(1, 1000000000)") { _ in
                    count += 1
                    if count == 10 { throw EnoughRows() }
                }
            }
            #expect(.now - start < .seconds(5))
            try await expectUsable(connection)
        }
    }

    @Test func `an error after some rows is thrown, and the connection goes on`() async throws {
        try await withConnection { connection in
            var count = 0
            let error = await #expect(throws: PostgresError.self) {
                try await connection.stream("SELECT 1 / (5000 - i) FROM generate_series(1, 9999) AS s (i)") { _ in
                    count += 1
                }
            }
            #expect(error?.sqlState == "22012")
            #expect(count > 0 && count < 5000)
            try await expectUsable(connection)
        }
    }

    @Test func `a connection used in the middle of its own COPY says that it is busy`() async throws {
        try await withConnection { connection in
            try await connection.execute("CREATE TABLE t (a int4)")
            try await connection.copyIn("COPY t FROM STDIN (FORMAT binary)") { feed in
                let error = await #expect(throws: PostgresError.self) { try await connection.query("SELECT 1") }
                #expect(error?.kind == .protocolViolation)
                try await feed.send([1, 2]) { $0.int4($1) }
            }
            #expect(try await connection.query("SELECT count(*) FROM t").rows[0].int(0) == 2)
        }
    }
}

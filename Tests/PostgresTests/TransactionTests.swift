import Foundation
import Postgres
import TestSupport
import Testing

private struct ChangedMind: Error {}

@Suite(.enabled(if: hasPostgres)) struct TransactionTests {
    private func withTable<R>(
        _ body: nonisolated(nonsending) (PostgresConnection) async throws -> R
    ) async throws -> R {
        try await withConnection { connection in
            try await connection.execute("CREATE TABLE t (a int4 CONSTRAINT t_key PRIMARY KEY)")
            return try await body(connection)
        }
    }

    private func expect(_ numbers: [Int32], in connection: PostgresConnection) async throws {
        let row = try await connection.query("SELECT coalesce(array_agg(a ORDER BY a), '{}') FROM t").rows[0]
        #expect(try row.int4Array(0) == numbers)
    }

    @Test func `a transaction that returns is committed, with what it returns`() async throws {
        try await withTable { connection in
            let changed = try await connection.transaction { try await $0.execute("INSERT INTO t VALUES (1), (2)") }
            #expect(changed == 2)
            try await expect([1, 2], in: connection)
            #expect(await connection.isIdle)
        }
    }

    @Test func `a transaction that throws is rolled back`() async throws {
        try await withTable { connection in
            await #expect(throws: ChangedMind.self) {
                try await connection.transaction {
                    try await $0.execute("INSERT INTO t VALUES (1)")
                    throw ChangedMind()
                }
            }
            try await expect([], in: connection)
            #expect(await connection.isIdle)
        }
    }

    @Test func `a nested failure undoes its own part alone`() async throws {
        try await withTable { connection in
            try await connection.transaction { outer in
                try await outer.execute("INSERT INTO t VALUES (1)")
                let error = await #expect(throws: PostgresError.self) {
                    try await outer.transaction { inner in
                        try await inner.execute("INSERT INTO t VALUES (2)")
                        try await inner.transaction { try await $0.execute("INSERT INTO t VALUES (3)") }
                        try await inner.execute("INSERT INTO t VALUES (1)")
                    }
                }
                #expect(error?.constraint == "t_key")
                try await outer.transaction { try await $0.execute("INSERT INTO t VALUES (4)") }
            }
            try await expect([1, 4], in: connection)
        }
    }

    @Test func `a swallowed error cannot be committed`() async throws {
        try await withTable { connection in
            let error = await #expect(throws: PostgresError.self) {
                try await connection.transaction {
                    try await $0.execute("INSERT INTO t VALUES (1)")
                    _ = try? await $0.execute("SELECT nothing")
                }
            }
            #expect(error?.sqlState == "25P02")
            try await expect([], in: connection)
            #expect(await connection.isIdle)
        }
    }

    @Test func `a constraint that is checked at the end fails the commit`() async throws {
        try await withTable { connection in
            try await connection.execute(
                "CREATE TABLE child (a int4 CONSTRAINT child_of REFERENCES t DEFERRABLE INITIALLY DEFERRED)")
            let error = await #expect(throws: PostgresError.self) {
                try await connection.transaction { try await $0.execute("INSERT INTO child VALUES (9)") }
            }
            #expect(error?.constraint == "child_of")
            #expect(await connection.isIdle)
        }
    }

    @Test func `a read-only transaction refuses to write`() async throws {
        try await withTable { connection in
            let error = await #expect(throws: PostgresError.self) {
                try await connection.transaction(readOnly: true) { try await $0.execute("INSERT INTO t VALUES (1)") }
            }
            #expect(error?.sqlState == "25006")
        }
    }

    @Test(arguments: [
        (PostgresIsolation.readCommitted, "read committed"), (.repeatableRead, "repeatable read"),
        (.serializable, "serializable"),
    ])
    func `a transaction has the isolation that was asked for`(_ isolation: PostgresIsolation, _ shown: String)
        async throws
    {
        try await withConnection { connection in
            let level = try await connection.transaction(isolation: isolation) {
                try await $0.query("SHOW transaction_isolation").rows[0].text(0)
            }
            #expect(level == shown)
        }
    }

    @Test func `a stream that fails inside a transaction rolls it back`() async throws {
        try await withTable { connection in
            await #expect(throws: ChangedMind.self) {
                try await connection.transaction {
                    try await $0.execute("INSERT INTO t VALUES (1)")
                    try await $0.stream("SELECT generate_series(1, 1000000)") { _ in throw ChangedMind() }
                }
            }
            try await expect([], in: connection)
        }
    }
}

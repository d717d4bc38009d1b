import Foundation
import Postgres
import TestSupport
import Testing

/// Starts work in a task, waits until the server shows a statement like the pattern as running, and cancels the task.
private func cancelOnceRunning(
    _ pattern: String, _ url: String, _ work: @escaping @Sendable () async throws -> Void
) async throws -> Duration {
    let observer = try await PostgresConnection.connect(url)
    let task = Task { try await work() }
    let query = """
        SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'active' AND query LIKE $1
        """
    while try await observer.query(query, [.text(pattern)]).rows[0].int(0) == 0 { await Task.yield() }
    let start = ContinuousClock.now
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    let elapsed = ContinuousClock.now - start
    // Nothing of it goes on at the server.
    while try await observer.query(query, [.text(pattern)]).rows[0].int(0) > 0 { await Task.yield() }
    await observer.close()
    return elapsed
}

@Suite(.enabled(if: hasPostgres), .timeLimit(.minutes(2))) struct CancellationTests {
    @Test func `a cancelled task stops its statement at once, and the connection goes on`() async throws {
        try await withScratchDatabase { url in
            let connection = try await PostgresConnection.connect(url)
            let elapsed = try await cancelOnceRunning("%pg_sleep%", url) {
                try await connection.execute("SELECT pg_sleep(600)")
            }
            #expect(elapsed < .seconds(5))
            try await expectUsable(connection)
            await connection.close()
        }
    }

    @Test func `a cancelled stream stops, and the connection goes on`() async throws {
        try await withScratchDatabase { url in
            let connection = try await PostgresConnection.connect(url)
            let elapsed = try await cancelOnceRunning("%generate_series%", url) {
                try await connection.stream("SELECT generate_series(1, 1000000000)") { _ in }
            }
            #expect(elapsed < .seconds(5))
            try await expectUsable(connection)
            await connection.close()
        }
    }

    @Test func `a cancelled COPY in stops, leaves no row, and the connection goes on`() async throws {
        try await withScratchDatabase { url in
            let connection = try await PostgresConnection.connect(url)
            try await connection.execute("CREATE TABLE t (a int8)")
            let elapsed = try await cancelOnceRunning("COPY t%", url) {
                try await connection.copyIn("COPY t FROM STDIN (FORMAT binary)") { writer in
                    for number in 0... as PartialRangeFrom<Int64> { try writer.row { $0.int8(number) } }
                }
            }
            #expect(elapsed < .seconds(5))
            #expect(try await connection.query("SELECT count(*) FROM t").rows[0].int(0) == 0)
            await connection.close()
        }
    }

    @Test func `a cancelled COPY out stops, and the connection goes on`() async throws {
        try await withScratchDatabase { url in
            let connection = try await PostgresConnection.connect(url)
            let elapsed = try await cancelOnceRunning("COPY (%", url) {
                try await connection.copyOut("COPY (SELECT generate_series(1, 1000000000)) TO STDOUT (FORMAT binary)") {
                    while try $0.next() {}
                }
            }
            #expect(elapsed < .seconds(5))
            try await expectUsable(connection)
            await connection.close()
        }
    }

    @Test func `a cancelled transaction is rolled back`() async throws {
        try await withScratchDatabase { url in
            let connection = try await PostgresConnection.connect(url)
            try await connection.execute("CREATE TABLE t (a int4)")
            _ = try await cancelOnceRunning("%pg_sleep%", url) {
                try await connection.transaction { transaction in
                    try await transaction.execute("INSERT INTO t VALUES (1)")
                    try await transaction.execute("SELECT pg_sleep(600)")
                }
            }
            #expect(await connection.isIdle)
            #expect(try await connection.query("SELECT count(*) FROM t").rows[0].int(0) == 0)
            await connection.close()
        }
    }

    @Test func `a task that was cancelled before sends nothing`() async throws {
        try await withScratchDatabase { url in
            let connection = try await PostgresConnection.connect(url)
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                try await connection.execute("CREATE TABLE t (a int4)")
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            let found = try await connection.query("SELECT to_regclass('t') IS NULL").rows[0].bool(0)
            #expect(found)
            await connection.close()
        }
    }

    @Test func `a cancellation never hits the statement that comes next`() async throws {
        try await withScratchDatabase { url in
            let connection = try await PostgresConnection.connect(url)
            for round in 0..<100 {
                // Ends at about the time when the cancellation arrives.
                let task = Task { try await connection.execute("SELECT pg_sleep(0.002)") }
                let canceller = Task { task.cancel() }
                _ = await task.result
                await canceller.value
                #expect(try await connection.query("SELECT \(round)").rows[0].int(0) == round)
            }
            await connection.close()
        }
    }

    @Test func `a statement that somebody else cancelled is an error, not our cancellation`() async throws {
        try await withScratchDatabase { url in
            let connection = try await PostgresConnection.connect(url)
            let process = try await connection.query("SELECT pg_backend_pid()").rows[0].int4(0)
            let task = Task { try await connection.execute("SELECT pg_sleep(600)") }
            let other = try await PostgresConnection.connect(url)
            let active =
                "SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND query LIKE '%pg_sleep%' AND state = 'active'"
            while try await other.query(active, [.int4(process)]).rows[0].int(0) == 0 { await Task.yield() }
            try await other.execute("SELECT pg_cancel_backend($1)", [.int4(process)])
            let error = await #expect(throws: PostgresError.self) { try await task.value }
            #expect(error?.kind == .cancelled)
            #expect(error?.sqlState == "57014")
            await other.close()
            await connection.close()
        }
    }
}

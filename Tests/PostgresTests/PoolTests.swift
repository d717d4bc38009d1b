import Foundation
import Postgres
import Synchronization
import TestSupport
import Testing

/// Who was served, in order.
private final class Served: Sendable {
    private let kept = Mutex<[Int]>([])
    var numbers: [Int] { kept.withLock { $0 } }
    func append(_ number: Int) { kept.withLock { $0.append(number) } }
}

@Suite(.enabled(if: hasPostgres), .timeLimit(.minutes(2))) struct PoolTests {
    private func withPool<R>(
        maximum: Int, _ body: nonisolated(nonsending) (PostgresPool, String) async throws -> R
    ) async throws -> R {
        try await withScratchDatabase { url in
            let pool = PostgresPool(url: url, maximum: maximum)
            do {
                let result = try await body(pool, url)
                await pool.close()
                return result
            } catch {
                await pool.close()
                throw error
            }
        }
    }

    @Test func `no more connections than the limit are ever open`() async throws {
        try await withPool(maximum: 3) { pool, _ in
            let processes = try await withThrowingTaskGroup(of: Int32.self) { group in
                for _ in 0..<30 {
                    group.addTask {
                        try await pool.withConnection { connection in
                            let open = try await connection.query(
                                """
                                SELECT count(*) FROM pg_stat_activity
                                WHERE datname = current_database() AND backend_type = 'client backend'
                                """
                            ).rows[0].int(0)
                            #expect(open <= 3)
                            return try await connection.query("SELECT pg_backend_pid()").rows[0].int4(0)
                        }
                    }
                }
                return try await group.reduce(into: Set<Int32>()) { $0.insert($1) }
            }
            #expect(processes.count <= 3)
        }
    }

    @Test func `who waits longest is served first`() async throws {
        try await withPool(maximum: 1) { pool, _ in
            let served = Served()
            let tasks = try await pool.withConnection { _ in
                var tasks: [Task<Void, any Error>] = []
                for number in 0..<5 {
                    tasks.append(
                        Task { try await pool.withConnection { _ in served.append(number) } })
                    while await pool.waiting <= number { await Task.yield() }
                }
                return tasks
            }
            for task in tasks { try await task.value }
            #expect(served.numbers == [0, 1, 2, 3, 4])
        }
    }

    @Test func `a waiter that is cancelled gives up its place`() async throws {
        try await withPool(maximum: 1) { pool, _ in
            try await pool.withConnection { _ in
                let task = Task { try await pool.withConnection { _ in Issue.record("there is no connection") } }
                while await pool.waiting == 0 { await Task.yield() }
                task.cancel()
                await #expect(throws: CancellationError.self) { try await task.value }
                #expect(await pool.waiting == 0)
            }
            try await pool.withConnection { try await expectUsable($0) }
        }
    }

    @Test func `a connection that broke is replaced`() async throws {
        try await withPool(maximum: 1) { pool, url in
            let first = try await pool.withConnection { try await $0.query("SELECT pg_backend_pid()").rows[0].int4(0) }
            let other = try await PostgresConnection.connect(url)
            try await other.execute("SELECT pg_terminate_backend($1, 10000)", [.int4(first)])
            await other.close()
            let second = try await pool.withConnection { try await $0.query("SELECT pg_backend_pid()").rows[0].int4(0) }
            #expect(first != second)
        }
    }

    @Test func `a connection that breaks in use is an error there and replaced after`() async throws {
        try await withPool(maximum: 1) { pool, _ in
            let error = await #expect(throws: PostgresError.self) {
                try await pool.withConnection {
                    try await $0.execute("SELECT pg_terminate_backend(pg_backend_pid())")
                }
            }
            #expect(error?.kind == .connectionFailed)
            try await pool.withConnection { try await expectUsable($0) }
        }
    }

    @Test func `a transaction that was left open is rolled back before the next user`() async throws {
        try await withPool(maximum: 1) { pool, _ in
            try await pool.withConnection { try await $0.run(script: "BEGIN; CREATE TABLE t (a int4)") }
            try await pool.withConnection { connection in
                #expect(await connection.isIdle)
                let hasGone = try await connection.query("SELECT to_regclass('t') IS NULL").rows[0].bool(0)
                #expect(hasGone)
            }
        }
    }

    @Test func `a closed pool refuses, and so learns who waits`() async throws {
        try await withPool(maximum: 1) { pool, _ in
            try await pool.withConnection { connection in
                let task = Task { try await pool.withConnection { _ in } }
                while await pool.waiting == 0 { await Task.yield() }
                await pool.close()
                await #expect(throws: PostgresError.self) { try await task.value }
                // Who has a connection may finish.
                try await expectUsable(connection)
            }
            await #expect(throws: PostgresError.self) { try await pool.withConnection { _ in } }
        }
    }

    @Test func `a pool that cannot connect says so to each, and does not lose places`() async throws {
        let folder = try ScratchFolder("no-server")
        let pool = PostgresPool(url: "host=\(folder.url.path) user=u dbname=d", maximum: 1)
        for _ in 0..<3 {
            let error = await #expect(throws: PostgresError.self) { try await pool.withConnection { _ in } }
            #expect(error?.kind == .connectionFailed)
        }
    }
}

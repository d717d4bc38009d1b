import Database
import Postgres
import Schema
import TestSupport
import Testing

@Suite(.enabled(if: hasPostgres, "PostgreSQL is not installed"))
struct MigratorTests {
    @Test func `an empty database gets every migration, a migrated one none`() async throws {
        try await withScratchDatabase { url in
            let database = LayerscopeDatabase(url: url)
            let first = try await database.migrate()
            let second = try await database.migrate()
            #expect(first == SQLFiles.migrations.map(\.name))
            #expect(second.isEmpty)
            await database.close()
        }
    }

    @Test func `many may migrate at once, and each migration is applied once`() async throws {
        try await withScratchDatabase { url in
            let applied = try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        let database = LayerscopeDatabase(url: url)
                        let names = try await database.migrate()
                        await database.close()
                        return names
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(applied.sorted() == SQLFiles.migrations.map(\.name))
        }
    }

    @Test func `a database of a newer program is refused`() async throws {
        try await withScratchDatabase { url in
            let database = try await LayerscopeDatabase.open(url)
            try await database.pool.withConnection {
                _ = try await $0.execute(
                    "INSERT INTO layerscope_data.migration VALUES (1000, '1000_later', '\\x00', now())")
            }
            await #expect(throws: DatabaseError.newerDatabase(found: 1000, known: SQLFiles.migrations.count)) {
                try await database.migrate()
            }
            await database.close()
        }
    }

    @Test func `a landed migration that was changed is refused`() async throws {
        try await withScratchDatabase { url in
            let database = try await LayerscopeDatabase.open(url)
            try await database.pool.withConnection {
                _ = try await $0.execute("UPDATE layerscope_data.migration SET checksum = '\\x00' WHERE number = 2")
            }
            await #expect(throws: DatabaseError.changedMigration(SQLFiles.migrations[1].name)) {
                try await database.migrate()
            }
            await database.close()
        }
    }

    @Test func `the reader may read every view, and nothing else of ours`() async throws {
        try await withScratchDatabase { url in
            let database = try await LayerscopeDatabase.open(url)
            let views = try await database.views()
            let reader = try await PostgresConnection.connect(scratchReaderURL(url))
            for view in views { _ = try await reader.query("SELECT * FROM layerscope.\(view) LIMIT 1") }
            for statement in [
                "SELECT 1 FROM layerscope_data.source", "SELECT 1 FROM layerscope_data.document",
                "SELECT layerscope_data.drop_with_source()", "DELETE FROM layerscope.sources",
                "CREATE VIEW layerscope.mine AS SELECT 1", "CREATE TABLE layerscope.mine (a int)",
            ] {
                await #expect(throws: PostgresError.self, "\(statement)") { try await reader.query(statement) }
            }
            await reader.close()
            await database.close()
        }
    }
}

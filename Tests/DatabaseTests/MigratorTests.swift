import Database
import Figures
import ImageModel
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

    @Test func `a database with data of before has its picture after the migrations`() async throws {
        try await withScratchDatabase { url in
            let connection = try await PostgresConnection.connect(url)
            try await connection.run(
                script: """
                    CREATE SCHEMA layerscope_data;
                    CREATE TABLE layerscope_data.migration (
                        number int4 PRIMARY KEY, name text NOT NULL, checksum bytea NOT NULL,
                        applied_at timestamptz NOT NULL DEFAULT now());
                    """)
            for (place, file) in SQLFiles.migrations.prefix(2).enumerated() {
                try await connection.run(script: file.text)
                try await connection.execute(
                    "INSERT INTO layerscope_data.migration VALUES ($1, $2, $3)",
                    [.int4(Int32(place + 1)), .text(file.name), .bytea(Digest.of(Array(file.text.utf8)).bytes)])
            }
            try await connection.run(
                script: """
                    INSERT INTO layerscope_data.source (name, kind, location, bytes_are)
                    VALUES ('reg', 'registry', 'https://reg.example', 'stored'), ('eng', 'engine', 'unix', 'unpacked');
                    INSERT INTO layerscope_data.collection VALUES
                        (1, 1, '2026-01-01', '2026-01-01', '2026-01-01', true, 't'),
                        (2, 1, '2026-01-01', '2026-01-01', '2026-01-01', true, 't');
                    INSERT INTO layerscope_data.collection_aspect (source_id, collection_id, aspect, outcome)
                    VALUES (1, 1, 'repositories', 'complete'), (2, 1, 'repositories', 'complete');
                    INSERT INTO layerscope_data.repository (source_id, repository_id, name, is_complete)
                    VALUES (1, 1, 'a', true), (1, 2, 'b', false);
                    INSERT INTO layerscope_data.repository_period (source_id, repository_id, valid_from)
                    VALUES (1, 1, '2026-01-01'), (1, 2, '2026-01-01');
                    INSERT INTO layerscope_data.object (source_id, object_id, space, key, kind, bytes)
                    VALUES (1, 1, 'blob', sha256('one'), 'layer', 700);
                    INSERT INTO layerscope_data.item (source_id, item_id, kind, digest, fingerprint)
                    VALUES (1, 1, 'image', sha256('two'), 1);
                    INSERT INTO layerscope_data.item_object VALUES (1, 1, 1, 1);
                    INSERT INTO layerscope_data.holding VALUES (1, 1, 1, '2026-01-01');
                    INSERT INTO layerscope_data.reference VALUES (1, 1, 'tag', 'x', 1, '2026-01-01');
                    """)
            await connection.close()
            let database = LayerscopeDatabase(url: url)
            #expect(try await database.migrate() == SQLFiles.migrations.dropFirst(2).map(\.name))
            let graph = try await database.graph(sources: ["reg"])
            #expect(graph.holdingCount == 1 && graph.objectBytes == [700])
            let collections = try await database.table("collections", sort: [Sort("source")])
            #expect(collections.rows.indices.map { collections.value($0, "scope").text } == ["everything", "named"])
            #expect(try await database.table("coverage").rows.count == 2)
            let tags = try await database.table("tags")
            #expect(tags.value(0, "tag") == .text("x") && tags.value(0, "pulled_at") == .null)
            #expect(try await database.integrityProblems().rows.isEmpty)
            #expect(try await database.migrate().isEmpty)
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

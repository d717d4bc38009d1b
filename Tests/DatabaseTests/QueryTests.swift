import Database
import Figures
import Foundation
import Observations
import Postgres
import TestSupport
import Testing

/// `query` runs what anybody wrote: it must read the views and nothing else, whatever is tried.
@Suite(.enabled(if: hasPostgres, "PostgreSQL is not installed"))
struct QueryTests {
    /// How `query` gets the reader's rights.
    enum Way: String, CaseIterable, Sendable {
        /// It logs in as the reader.
        case login
        /// The owner of the database runs statements in the reader's name.
        case owner
        /// So does a superuser, who has the most to lose.
        case superuser
    }

    private static func with(
        _ way: Way, _ body: nonisolated(nonsending) (LayerscopeDatabase) async throws -> Void
    ) async throws {
        try await withDatabase { owned, url in
            try await owned.collect(CollectionTests.items + CollectionTests.held(10, in: "a", tag: "x"))
            let admin = try await ScratchServer.shared.running().adminURL
            let user = try #require(admin.split(separator: "user=").last.map(String.init))
            let database =
                switch way {
                case .login: LayerscopeDatabase(url: url, readerURL: scratchReaderURL(url))
                case .owner: LayerscopeDatabase(url: url)
                case .superuser: LayerscopeDatabase(url: url.replacing("user=layerscope", with: "user=\(user)"))
                }
            let before = try await picture(url, withVersions: true)
            do { try await body(database) } catch {
                await database.close()
                throw error
            }
            #expect(try await picture(url, withVersions: true) == before)
            await database.close()
        }
    }

    @Test(arguments: Way.allCases) func `a query reads the views, and gives back typed values`(way: Way) async throws {
        try await Self.with(way) { database in
            let answer = try await database.query(
                """
                SELECT repository, tags, apparent_bytes, dangling, held_since, labels, 1.5::numeric AS size_ratio, NULL,
                       repository
                FROM images -- a comment
                """)
            #expect(
                answer.table.columns.map(\.name) == [
                    "repository", "tags", "apparent_bytes", "dangling", "held_since", "labels", "size_ratio",
                    "?column?",
                    "repository",
                ])
            #expect(
                answer.table.rows == [
                    [
                        .text("a"), .list(["x"]), .integer(1050), .flag(false), .time(second(0)), .object([:]),
                        .real(1.5),
                        .null, .text("a"),
                    ]
                ])
            #expect(answer.table.columns[2].kind == .bytes && answer.table.columns[6].kind == .ratio)
            for statement in [
                "VALUES (1), (2)", "TABLE sources", "WITH x AS (SELECT 1 AS a) SELECT * FROM x",
                "EXPLAIN SELECT * FROM images", "SHOW server_version", "SELECT 1;",
                "SELECT ROW(1, 2)::text, '{1,2}'::int[], '1 day'::interval, '10.0.0.1'::inet",
                "SELECT layerscope.digest_text('\\x00')",
            ] {
                let found = try await database.query(statement)
                #expect(!found.table.rows.isEmpty, "\(statement)")
            }
            let bound = try await database.query("SELECT $2 || $1, $1::int8 + 1", ["1", "b"])
            #expect(bound.table.rows == [[.text("b1"), .integer(2)]])
        }
    }

    @Test(arguments: Way.allCases) func `no statement changes or shows what it must not`(way: Way) async throws {
        try await Self.with(way) { database in
            for statement in Self.attacks {
                await #expect(throws: (any Error).self, "\(statement)") { try await database.query(statement) }
            }
        }
    }

    private static let attacks = [
        "", "-- nothing", "SELECT 1; SELECT 2", "COMMIT; DELETE FROM layerscope_data.source", "COMMIT",
        "ROLLBACK", "BEGIN", "SET TRANSACTION READ WRITE", "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
        "SET ROLE NONE", "RESET ROLE", "SET SESSION AUTHORIZATION DEFAULT", "DISCARD ALL",
        "DELETE FROM layerscope_data.source", "DELETE FROM layerscope_data.source RETURNING *",
        "WITH gone AS (DELETE FROM layerscope_data.source RETURNING *) SELECT * FROM gone",
        "WITH gone AS (DELETE FROM layerscope.sources RETURNING *) SELECT * FROM gone",
        "INSERT INTO layerscope.sources DEFAULT VALUES RETURNING *", "SELECT * FROM layerscope_data.source",
        "SELECT * FROM layerscope_data.document", "TABLE layerscope_data.item", "SELECT * FROM pg_authid",
        "SELECT * FROM pg_statistic", "SELECT pg_read_file('/etc/passwd')", "SELECT pg_ls_dir('/')",
        "SELECT lo_import('/etc/passwd')", "SELECT lo_export(1, '/tmp/x')", "SELECT pg_read_binary_file('PG_VERSION')",
        "COPY (SELECT 1) TO PROGRAM 'true'", "COPY (SELECT 1) TO '/tmp/x'", "COPY layerscope.sources TO STDOUT",
        "DO $$ BEGIN DELETE FROM layerscope_data.source; END $$", "DO $$ BEGIN COMMIT; END $$",
        "CREATE TEMPORARY TABLE t (a int)", "CREATE TABLE layerscope.t (a int)", "SELECT 1 INTO t",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "GRANT ALL ON SCHEMA layerscope TO PUBLIC",
        "ALTER ROLE layerscope_reader SUPERUSER", "VACUUM", "CHECKPOINT", "LOAD 'plpgsql'", "LISTEN x",
        "EXPLAIN ANALYZE DELETE FROM layerscope_data.source", "PREPARE p AS DELETE FROM layerscope_data.source",
        "DECLARE c CURSOR FOR SELECT 1", "LOCK TABLE layerscope_data.source", "SELECT * FROM sources FOR UPDATE",
        "SELECT set_config('role', 'none', false), (SELECT count(*) FROM layerscope_data.source)",
        "SELECT set_config('role', 'layerscope', false), pg_read_file('/etc/passwd')",
        "SELECT set_config('session_authorization', 'layerscope', false), "
            + "query_to_xml('TABLE layerscope_data.source', true, true, '')",
        "SELECT set_config('transaction_read_only', 'off', false)",
        "SELECT query_to_xml('DELETE FROM layerscope_data.source RETURNING 1', true, true, '')",
        "SELECT query_to_xml('SELECT set_config(''role'', ''none'', false)', true, true, ''), "
            + "query_to_xml('TABLE layerscope_data.source', true, true, '')",
        "SELECT table_to_xml('layerscope_data.source', true, true, '')",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'layerscope_admin' AND false "
            + "UNION ALL SELECT 1 / 0 = 1",
        "SELECT layerscope_data.drop_with_source()", "SELECT pg_reload_conf()", "SELECT pg_switch_wal()",
        "SELECT pg_stat_reset()", "SELECT pg_create_restore_point('x')",
        "SELECT nextval('layerscope_data.source_source_id_seq')",
        "SELECT * FROM layerscope_data.read_as_reader('TABLE layerscope_data.source', '{}', 10) AS t (a int)",
        "SELECT dblink('', 'SELECT 1')", "SELECT no_such_function()", "SELECT * FROM no_such_table", "SELEC 1",
    ]

    @Test(arguments: Way.allCases) func `a query that takes too long is ended`(way: Way) async throws {
        try await Self.with(way) { database in
            for statement in [
                "SELECT pg_sleep(60)", "SELECT set_config('statement_timeout', '0', false), pg_sleep(60)",
                "SELECT count(*) FROM generate_series(1, 1000000000000)",
            ] {
                let start = ContinuousClock.now
                await #expect(throws: PostgresError.self, "\(statement)") {
                    try await database.query(statement, timeout: .milliseconds(300))
                }
                #expect(start.duration(to: .now) < .seconds(20))
            }
        }
    }

    @Test(arguments: Way.allCases) func `rows beyond the limit are left out, and that is said`(way: Way) async throws {
        try await Self.with(way) { database in
            for (limit, isCut) in [(0, true), (4, true), (5, false), (6, false)] {
                let answer = try await database.query("SELECT generate_series(1, 5)", rowLimit: limit)
                #expect(answer.table.rows.count == min(limit, 5))
                #expect(answer.isCut == isCut)
            }
            let huge = try await database.query("SELECT generate_series(1, 1000000000)", rowLimit: 3)
            #expect(huge.isCut && huge.table.rows.count == 3)
        }
    }

    @Test func `a large object that a statement made is not kept`() async throws {
        try await Self.with(.owner) { database in
            // PostgreSQL before 16 lets a read-only transaction make one; it is rolled back.
            _ = try? await database.query("SELECT lo_create(4711)")
            try await database.pool.withConnection { connection in
                let found = try await connection.query("SELECT count(*) FROM pg_largeobject_metadata WHERE oid = 4711")
                #expect(try found.rows.first?.int8(0) == 0)
            }
        }
    }
}

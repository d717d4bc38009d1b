import Foundation
import ImageModel
import Postgres
import Schema

/// Brings a database to the schema of this program: numbered migrations, each in a transaction.
struct Migrator {
    /// A migration that the database has.
    private struct Landed {
        var number: Int
        var name: String
        var checksum: [UInt8]
    }

    /// The number of the advisory lock under which migrations run, so that two processes may start at once.
    static let lock: Int64 = 5_494_766_810_221_908_813

    let files: [SQLFile]

    init(files: [SQLFile] = SQLFiles.migrations) { self.files = files }

    /// Applies what is missing. Returns the names of what was applied.
    ///
    /// Throws ``DatabaseError`` when the database is newer than the program, or a landed migration was changed.
    func migrate(_ connection: PostgresConnection) async throws -> [String] {
        if try await pending(connection)?.isEmpty == true {
            try await grantReading(connection)
            return []
        }
        _ = try await connection.query("SELECT pg_advisory_lock($1)", [.int8(Self.lock)])
        do {
            let applied = try await applyPending(connection)
            try await grantReading(connection)
            _ = try await connection.query("SELECT pg_advisory_unlock($1)", [.int8(Self.lock)])
            return applied
        } catch {
            // The connection is closed by the caller, which frees the lock.
            await connection.close()
            throw error
        }
    }

    private func applyPending(_ connection: PostgresConnection) async throws -> [String] {
        try await connection.run(
            script: """
                CREATE SCHEMA IF NOT EXISTS layerscope_data;
                CREATE TABLE IF NOT EXISTS layerscope_data.migration (
                    number     int4        NOT NULL PRIMARY KEY,
                    name       text        NOT NULL,
                    checksum   bytea       NOT NULL,
                    applied_at timestamptz NOT NULL DEFAULT now());
                """)
        var applied: [String] = []
        for (number, file) in try await pending(connection) ?? [] {
            try await connection.transaction { connection in
                try await connection.run(script: file.text)
                try await connection.execute(
                    "INSERT INTO layerscope_data.migration (number, name, checksum) VALUES ($1, $2, $3)",
                    [.int4(Int32(number)), .text(file.name), .bytea(checksum(file))])
            }
            applied.append(file.name)
        }
        return applied
    }

    /// The migrations that the database lacks; nil when it has no bookkeeping yet.
    private func pending(_ connection: PostgresConnection) async throws -> [(Int, SQLFile)]? {
        let found = try await connection.query(
            "SELECT to_regclass('layerscope_data.migration') IS NOT NULL AS found")
        guard let row = found.rows.first, try row.bool("found") else { return nil }
        let result = try await connection.query(
            "SELECT number, name, checksum FROM layerscope_data.migration ORDER BY number")
        let landed = try result.rows.map { row in
            Landed(number: try row.int("number"), name: try row.text("name"), checksum: try row.bytea("checksum"))
        }
        if let last = landed.last, last.number > files.count {
            throw DatabaseError.newerDatabase(found: last.number, known: files.count)
        }
        for migration in landed where checksum(files[migration.number - 1]) != migration.checksum {
            throw DatabaseError.changedMigration(migration.name)
        }
        let known = Set(landed.map(\.number))
        return files.enumerated().map { ($0 + 1, $1) }.filter { !known.contains($0.0) }
    }

    private func checksum(_ file: SQLFile) -> [UInt8] { Digest.of(Array(file.text.utf8)).bytes }

    /// Makes the role that reads the views, as far as the migrating user may.
    private func grantReading(_ connection: PostgresConnection) async throws {
        let result = try await connection.query(try Statements.sql("reader_rights"))
        guard let row = result.rows.first, try !row.bool("can_read") else { return }
        guard let script = Statements.files["grants"]?.text else { throw DatabaseError.missingStatement("grants") }
        try await connection.run(script: script)
    }
}

import Figures
package import Foundation
package import Observations
package import Postgres

/// The database of layerscope: what was collected, from when to when, and the figures of the latest state.
package struct LayerscopeDatabase: Sendable {
    /// The connections for everything but collections and foreign SQL, which have their own.
    package let pool: PostgresPool
    let url: String
    /// Connects as `layerscope_reader`; nil when there is no such login, and statements change the role themselves.
    let readerURL: String?

    /// - Parameters:
    ///   - url: where PostgreSQL is, for libpq.
    ///   - readerURL: the same database as the role `layerscope_reader`.
    ///   - connections: how many the pool opens at most.
    package init(url: String, readerURL: String? = nil, connections: Int = 8) {
        self.url = url
        self.readerURL = readerURL
        pool = PostgresPool(url: url, maximum: connections)
    }

    /// Opens a database and brings it to this program's schema. Throws ``DatabaseError`` when it is newer than the
    /// program, `PostgresError` when it cannot be reached.
    package static func open(
        _ url: String, readerURL: String? = nil, connections: Int = 8
    ) async throws -> LayerscopeDatabase {
        let database = LayerscopeDatabase(url: url, readerURL: readerURL, connections: connections)
        do { try await database.migrate() } catch {
            await database.close()
            throw error
        }
        return database
    }

    /// Applies the migrations that the database lacks; two processes may do so at once. Returns their names.
    @discardableResult
    package func migrate() async throws -> [String] {
        try await withOwnConnection { try await Migrator().migrate($0) }
    }

    /// Throws when the database does not answer.
    package func ping() async throws {
        try await pool.withConnection { _ = try await $0.query("SELECT 1") }
    }

    /// Closes the pool's connections.
    package func close() async { await pool.close() }

    /// Begins a collection of a source. What is recorded changes nothing until it is applied.
    ///
    /// - Parameter startedAt: the moment that the picture will stand for.
    package func begin(
        _ source: SourceDescription, startedAt: Date, toolVersion: String = ""
    ) async throws -> CollectionWriter {
        let connection = try await PostgresConnection.connect(url, applicationName: "layerscope collect")
        do {
            return try await CollectionWriter(
                connection, source: source, startedAt: startedAt, toolVersion: toolVersion)
        } catch {
            await connection.close()
            throw error
        }
    }

    /// The documents that were fetched from a source.
    package func documentStore(for source: String) -> any DocumentStore {
        DatabaseDocumentStore(pool: pool, source: source)
    }

    /// Forgets a source with all that was collected from it. Throws ``DatabaseError/unknownSource(_:sources:)``.
    package func removeSource(_ name: String) async throws {
        try await pool.withConnection { connection in
            try await connection.transaction { connection in
                _ = try await connection.query(try Statements.sql("apply_source", "lock"), [.text(name)])
                let removed = try await connection.execute(
                    "DELETE FROM layerscope_data.source WHERE name = $1", [.text(name)])
                guard removed > 0 else {
                    throw DatabaseError.unknownSource(name, sources: try await Self.sourceNames(connection))
                }
            }
        }
    }

    static func sourceNames(_ connection: PostgresConnection) async throws -> [String] {
        try await connection.query("SELECT name FROM layerscope_data.source ORDER BY name").rows.map { try $0.text(0) }
    }

    /// Runs the body on a connection that is closed afterwards.
    func withOwnConnection<R>(
        _ body: nonisolated(nonsending) (PostgresConnection) async throws -> R
    ) async throws -> R {
        let connection = try await PostgresConnection.connect(url)
        do {
            let result = try await body(connection)
            await connection.close()
            return result
        } catch {
            await connection.close()
            throw error
        }
    }
}

extension LayerscopeDatabase {
    /// Writes down that a collection failed. The picture of the source stays as it was; the coverage says why.
    package func recordFailure(_ result: CollectionResult, startedAt: Date, toolVersion: String = "") async throws {
        try await pool.withConnection { connection in
            try await connection.transaction { connection in
                let step = ApplyStep(connection: connection, result: result, startedAt: startedAt)
                try await step.addCollection(try await step.enterSource(), nil, toolVersion: toolVersion)
            }
        }
    }
}

package import BuildModel
import Foundation
import Postgres

extension LayerscopeDatabase {
    /// Builds with all their steps, oldest first. One whose start is not known stands where it was first seen. Throws
    /// `PostgresError`.
    package func builds(matching filter: BuildFilter) async throws -> [Build] {
        func text(_ text: String?) -> PostgresValue { text.map { .text(StoredText.clean($0)) } ?? .null }
        func time(_ time: Date?) -> PostgresValue { time.map { .timestamptz($0) } ?? .null }
        let parameters = [
            text(filter.source), text(filter.project), text(filter.target), text(filter.dockerfile),
            text(filter.branch), text(filter.builder), time(filter.since), time(filter.until),
            filter.limit.map { .int8(Int64(max(0, $0))) } ?? .null,
        ]
        return try await pool.withConnection { connection in
            try await connection.transaction(readOnly: true) { connection in
                let found = try await connection.query(try Statements.sql("builds", "matching"), parameters)
                let numbers = try found.rows.map { try $0.int4("build_id") }
                return try await BuildReader(connection: connection).builds(numbers).map(\.known.build)
            }
        }
    }
}

package import Figures
import Postgres

extension LayerscopeDatabase {
    /// The layers that a source's repositories hold or once held, each at the moments at which an image with it came.
    /// An image came when it or a tag of it was first pushed, as far as the source tells that, and otherwise when it was
    /// first collected. Foreign layers, which a registry does not keep, are left out.
    ///
    /// Throws ``DatabaseError/unknownSource(_:sources:)``, `PostgresError`.
    package func pushedLayers(source: String) async throws -> [PushedLayer] {
        try await pool.withConnection { connection in
            _ = try await Self.sourceKeys([source], connection)
            let found = try await connection.query(try Statements.sql("churn"), [.text(source)])
            return try found.rows.map { row in
                PushedLayer(
                    repository: try row.text("repository"), instruction: try row.optionalText("instruction"),
                    digest: try row.text("digest"), bytes: try row.optionalInt8("bytes"),
                    firstSeen: try row.timestamptz("came_at"))
            }
        }
    }
}

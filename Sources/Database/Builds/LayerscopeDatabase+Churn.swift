package import Figures
import Foundation
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
                    firstSeen: try row.timestamp("came_at"))
            }
        }
    }

    /// The records of a builder's cache, as they were when it was collected last; all sources' without a name.
    /// Throws ``DatabaseError/unknownSource(_:sources:)``, `PostgresError`.
    package func cacheRecords(source: String) async throws -> [CacheRecord] {
        try await pool.withConnection { connection in
            let key = try await Self.sourceKeys([source], connection)[0]
            let found = try await connection.query(try Statements.sql("cache_facts"), [.int4(key)])
            return try found.rows.map { row in
                CacheRecord(
                    id: try row.text("record_id"), type: try row.text("record_type"),
                    description: try row.text("description"), bytes: try row.optionalInt8("bytes"),
                    isInUse: try row.bool("is_in_use"), isShared: try row.bool("is_shared"),
                    createdAt: try row.optionalTimestamp("created_at"),
                    lastUsedAt: try row.optionalTimestamp("last_used_at"), usageCount: try row.int8("usage_count"),
                    parents: try row.textArray("parents"))
            }
        }
    }
}

package import Figures
import Postgres

extension LayerscopeDatabase {
    /// The records of a builder's cache, as they were when it was collected last.
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
                    createdAt: try row.optionalTimestamptz("created_at"),
                    lastUsedAt: try row.optionalTimestamptz("last_used_at"), usageCount: try row.int8("usage_count"),
                    parents: try row.textArray("parents"))
            }
        }
    }
}

import Figures
import ImageModel
import Postgres

extension LayerscopeDatabase {
    /// Bytes that a source holds now: objects that its items reach, and blobs that nothing lists. Orphans are nil where
    /// nobody looked for them.
    ///
    /// Throws ``DatabaseError/unknownSource(_:sources:)``, ``DatabaseError/notCollected(_:)``.
    package func heldBytes(source: String) async throws -> (stored: Int64, orphans: Int64?) {
        try await pool.withConnection { connection in
            _ = try await Self.sourceKeys([source], connection)
            let found = try await connection.query(try Statements.sql("plans", "held_bytes"), [.text(source)])
            guard let row = found.rows.first, let stored = try row.optionalInt8("stored_bytes") else {
                throw DatabaseError.notCollected(source)
            }
            return (stored: stored, orphans: try row.optionalInt8("orphan_bytes"))
        }
    }

    /// What a source holds now, object by object: those that its items reach and that are not gone, and blobs that
    /// nothing lists. In no order. Throws ``DatabaseError/unknownSource(_:sources:)``.
    package func heldObjects(source: String) async throws -> [StoredObject] {
        try await pool.withConnection { connection in
            try await connection.transaction(isolation: .repeatableRead, readOnly: true) { connection in
                let key = try await Self.sourceKeys([source], connection)[0]
                var objects: [StoredObject] = []
                try await GraphReader(connection: connection).copy("held_objects", key, of: "cleanup_facts") { rows in
                    while try rows.next() {
                        let (store, isBlob) = (try rows.text(), try rows.bool())
                        guard let digest = Digest(bytes: try rows.bytea()) else { continue }
                        let bytes = try rows.int8()
                        objects.append(
                            StoredObject(
                                store: store, isBlob: isBlob, key: digest, bytes: bytes < 0 ? nil : bytes,
                                isOrphan: try rows.bool()))
                    }
                }
                return objects
            }
        }
    }

    /// What a plan said would go, object by object. Throws ``DatabaseError/unknownSource(_:sources:)``.
    package func plannedObjects(plan: Int, source: String) async throws -> [StoredObject] {
        try await pool.withConnection { connection in
            let key = try await Self.sourceKeys([source], connection)[0]
            let found = try await connection.query(
                try Statements.sql("plans", "planned_objects"), [.int4(key), .int4(Int32(clamping: plan))])
            return try found.rows.compactMap { row in
                guard let digest = Digest(bytes: try row.bytea("key")) else { return nil }
                return StoredObject(
                    store: try row.text("store"), isBlob: try row.text("space") == "blob", key: digest,
                    bytes: try row.optionalInt8("bytes"), isOrphan: try row.bool("is_orphan"))
            }
        }
    }
}

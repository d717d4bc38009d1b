import Foundation
import ImageModel
package import Observations
import Postgres

extension LayerscopeDatabase {
    /// Takes pushes and pulls that a registry told of; what it deleted is left to the next collection. Each event counts once, however often it is sent; ids are
    /// remembered for 7 days. Repositories need not be known yet.
    ///
    /// Throws ``DatabaseError/unknownSource(_:sources:)`` when the source was never collected.
    /// - Returns: how many of the events were new.
    @discardableResult
    package func recordPulls(source: String, events: [RegistryEvent]) async throws -> Int {
        try await pool.withConnection { connection in
            let key = try await Self.sourceKeys([source], connection)[0]
            let events = events.filter { $0.kind != .delete }
            guard !events.isEmpty else { return 0 }
            return try await connection.transaction { connection in
                let added = try await connection.query(
                    try Statements.sql("registry_events", "record"),
                    [
                        .int4(key), .textArray(events.map { StoredText.clean($0.id) }),
                        .int8Array(events.map { PostgresTimestamp.microseconds($0.occurredAt) }),
                        .textArray(events.map { StoredText.clean($0.repository) }),
                        .byteaArray(events.map(\.digest.bytes)),
                        .textArray(events.map { StoredText.clean($0.tag ?? "") }),
                        .int4Array(events.map { $0.kind == .pull ? 1 : 0 }),
                    ])
                try await connection.execute(try Statements.sql("registry_events", "forget"))
                return try added.rows.first?.int("new_events") ?? 0
            }
        }
    }
}

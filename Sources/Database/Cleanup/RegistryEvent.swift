package import Foundation
package import ImageModel
import Postgres

/// A push or a pull that a registry told of.
package struct RegistryEvent: Sendable, Equatable {
    /// The registry's own name of the event, by which it is told when it comes again.
    package var id: String
    package var occurredAt: Date
    package var repository: String
    package var digest: Digest
    /// Empty when none was named.
    package var tag: String
    /// Whether the manifest was pulled; otherwise it was pushed.
    package var isPull: Bool

    package init(id: String, occurredAt: Date, repository: String, digest: Digest, tag: String = "", isPull: Bool) {
        self.id = id
        self.occurredAt = occurredAt
        self.repository = repository
        self.digest = digest
        self.tag = tag
        self.isPull = isPull
    }
}

extension LayerscopeDatabase {
    /// Takes pushes and pulls that a registry told of. Each event counts once, however often it is sent; ids are
    /// remembered for 7 days. Repositories need not be known yet.
    ///
    /// Throws ``DatabaseError/unknownSource(_:sources:)`` when the source was never collected.
    /// - Returns: how many of the events were new.
    @discardableResult
    package func recordPulls(source: String, events: [RegistryEvent]) async throws -> Int {
        try await pool.withConnection { connection in
            let key = try await Self.sourceKeys([source], connection)[0]
            guard !events.isEmpty else { return 0 }
            return try await connection.transaction { connection in
                let added = try await connection.query(
                    try Statements.sql("registry_events", "record"),
                    [
                        .int4(key), .textArray(events.map { StoredText.clean($0.id) }),
                        .int8Array(events.map { PostgresTimestamp.microseconds($0.occurredAt) }),
                        .textArray(events.map { StoredText.clean($0.repository) }),
                        .byteaArray(events.map(\.digest.bytes)),
                        .textArray(events.map { StoredText.clean($0.tag) }),
                        .int4Array(events.map { $0.isPull ? 1 : 0 }),
                    ])
                try await connection.execute(try Statements.sql("registry_events", "forget"))
                return try added.rows.first?.int("new_events") ?? 0
            }
        }
    }
}

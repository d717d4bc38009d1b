import Database
import Observations
import Server

/// Keeps what registries tell of in the database.
struct DatabaseEvents: EventSink {
    let database: LayerscopeDatabase

    func record(_ events: [RegistryEvent], from source: String) async throws -> Int {
        do {
            return try await database.recordPulls(source: source, events: events)
        } catch DatabaseError.unknownSource {
            throw UnknownSourceError(source)
        }
    }
}

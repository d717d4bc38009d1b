package import Figures
import Postgres

extension LayerscopeDatabase {
    /// What a source holds now, and everything that a clean-up plan needs to know beside it, of one moment.
    ///
    /// Throws ``DatabaseError/unknownSource(_:sources:)``, `PostgresError`.
    package func cleanupPicture(
        source: String
    ) async throws -> (graph: LayerGraph, labels: GraphLabels, facts: CleanupFacts) {
        try await pool.withConnection { connection in
            try await connection.transaction(isolation: .repeatableRead, readOnly: true) { connection in
                let keys = try await Self.sourceKeys([source], connection)
                let reader = GraphReader(connection: connection)
                let (graph, labels) = try await reader.read(keys)
                // Activity, tags and items are joined by digest and name: better than once for each.
                try await connection.run(script: "SET LOCAL work_mem = '256MB'")
                let facts = try await CleanupFactsReader(reader: reader, source: keys[0], graph: graph).read(labels)
                return (graph: graph, labels: labels, facts: facts)
            }
        }
    }
}

package import Figures
package import Foundation
import Postgres

extension LayerscopeDatabase {
    /// What sources hold, as of now or of a past moment, with what is said about their repositories.
    ///
    /// Keys in the graph are the source's key in the upper half and the thing's own in the lower. Items are those that
    /// are held, and those below held indexes. What a repository's owner is, and the sources' own figures, are those of
    /// now also for a past moment.
    ///
    /// - Parameter sources: names; nil for all. Throws ``DatabaseError/unknownSource(_:sources:)``.
    package func labelledGraph(
        sources: [String]? = nil, at moment: Date? = nil
    ) async throws -> (graph: LayerGraph, labels: GraphLabels) {
        try await pool.withConnection { connection in
            try await connection.transaction(isolation: .repeatableRead, readOnly: true) { connection in
                let keys = try await Self.sourceKeys(sources, connection)
                let (graph, labels) = try await GraphReader(connection: connection, moment: moment).read(keys)
                return (graph: graph, labels: labels)
            }
        }
    }

    /// What sources hold. See ``labelledGraph(sources:at:)``.
    package func graph(sources: [String]? = nil, at moment: Date? = nil) async throws -> LayerGraph {
        try await labelledGraph(sources: sources, at: moment).graph
    }

    static func sourceKeys(_ names: [String]?, _ connection: PostgresConnection) async throws -> [Int32] {
        let result = try await connection.query(
            "SELECT source_id, name FROM layerscope_data.source ORDER BY source_id")
        let known = try result.rows.map { (try $0.int4(0), try $0.text(1)) }
        guard let names else { return known.map(\.0) }
        for name in names where !known.contains(where: { $0.1 == name }) {
            throw DatabaseError.unknownSource(name, sources: known.map(\.1).sorted())
        }
        return known.filter { names.contains($0.1) }.map(\.0)
    }
}

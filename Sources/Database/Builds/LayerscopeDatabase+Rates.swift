package import Figures
import Foundation
import Postgres

/// What hit rates are grouped by.
package enum BuildGrouping: String, Sendable, CaseIterable {
    case project
    case target
    case dockerfile
    case builder
    case day
    case week
    case stage
    case instruction
}

extension LayerscopeDatabase {
    /// Hit rates by count and by time of some builds. Columns: what they are grouped by, `builds`, `hits`, `misses`,
    /// `hit_rate`, `seconds_saved`, `seconds_run`, `time_hit_rate`, `seconds_lost`, `unknown_hits`. Throws
    /// `PostgresError`.
    ///
    /// - Parameter filter: which builds; `branch`, `until` and `limit` are not asked for.
    package func hitRates(by grouping: BuildGrouping, of filter: BuildFilter = BuildFilter()) async throws -> Table {
        func text(_ text: String?) -> PostgresValue { text.map { .text(StoredText.clean($0)) } ?? .null }
        let parameters = [
            .text(grouping.rawValue), filter.since.map { .timestamptz($0) } ?? .null, text(filter.source),
            text(filter.project), text(filter.target), text(filter.dockerfile), text(filter.builder),
        ]
        return try await pool.withConnection { connection in
            let found = try await connection.query(try Statements.sql("build_rates"), parameters)
            var table = Table(
                name: "hit_rates", columns: found.columns.map { Table.Column($0.name, type: $0.oid) },
                rows: try found.rows.map { row in try (0..<row.count).map { try Value(try row[$0]) } })
            if !table.columns.isEmpty { table.columns[0].name = grouping.rawValue }
            return table
        }
    }
}

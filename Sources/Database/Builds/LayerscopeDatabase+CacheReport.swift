package import Figures
import Postgres

/// What builds are taken together by in what is told of them over time.
package enum BuildPeriod: String, Sendable, CaseIterable {
    /// All of them, in one row.
    case all
    case project
    /// Each by itself.
    case build
    case day
    case week
}

extension LayerscopeDatabase {
    /// Hit rates and durations in the order of time. The first column has the name of the period; then `builds`,
    /// `failed_builds`, `started_at` of the first of them, `hits`, `misses`, `hit_rate`, `seconds_saved`, `seconds_run`,
    /// `time_hit_rate`, `seconds_lost`, `unknown_hits`, `timed_builds` (those that tell how long they took),
    /// `duration_seconds` of these, `seconds_per_build`, and the `commit` of a single build. A build without a start has
    /// no day and no week. Throws `PostgresError`.
    ///
    /// - Parameters:
    ///   - project: `<none>` for builds without one; nil for any.
    ///   - limit: how many, of the latest.
    package func buildTrend(
        by period: BuildPeriod, project: String? = nil, limit: Int
    ) async throws -> Table {
        var table = try await cacheReport(
            "trend", [.text(period.rawValue), Self.text(project), .int8(Int64(limit))], name: "build_trend")
        if !table.columns.isEmpty { table.columns[0].name = period.rawValue }
        return table
    }

    /// Instructions that missed, those that cost most first: `project`, `target`, `dockerfile`, `instruction`, `lines`
    /// (of the Dockerfile, as last told), `hits`, `misses`, `hit_rate`, `first_misses`, `cause` (the usual one of these),
    /// `seconds_saved`, `seconds_run`, `needless_misses`, `seconds_lost`. Throws `PostgresError`.
    package func instructionsBySecondsLost(project: String? = nil, limit: Int) async throws -> Table {
        try await cacheReport("instructions", [Self.text(project), .int8(Int64(limit))], name: "cache_instructions")
    }

    /// First misses by cause: `cause`, `misses`, `builds`, `seconds_run`, `seconds_lost`. Throws `PostgresError`.
    package func firstMissCauses(project: String? = nil) async throws -> Table {
        try await cacheReport("causes", [Self.text(project)], name: "miss_causes")
    }

    private static func text(_ text: String?) -> PostgresValue { text.map { .text(StoredText.clean($0)) } ?? .null }

    private func cacheReport(_ step: String, _ parameters: [PostgresValue], name: String) async throws -> Table {
        try await pool.withConnection { connection in
            let found = try await connection.query(try Statements.sql("cache_report", step), parameters)
            return Table(
                name: name, columns: found.columns.map { Table.Column($0.name, type: $0.oid) },
                rows: try found.rows.map { row in try (0..<row.count).map { try Value(try row[$0]) } })
        }
    }
}

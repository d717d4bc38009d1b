import Database
import Figures
import Foundation
import Reporting

/// The tables about builds and their cache that the report and the server's pages are made of.
struct BuildCacheTables {
    let reader: Reader

    /// A chart of more columns is one of longer periods.
    private static let columns = 60
    /// Weeks of a chart: two years.
    private static let weeks = 104
    private static let instructions = 500
    private static let projects = 2_000
    /// Projects that have a chart in a report.
    private static let charts = 6

    /// The figures of all builds, or those of a project, in one row; no row without builds.
    func totals(project: String? = nil) async throws -> Table {
        try await reader.database.buildTrend(by: .all, project: project, limit: 1)
    }

    /// The same by project.
    func projects() async throws -> Table {
        try await reader.database.buildTrend(by: .project, limit: Self.projects)
    }

    /// Over time: by build while these are few, by day while days are, otherwise by week. Where no build tells when it
    /// started, the latest builds.
    func trend(project: String? = nil) async throws -> Table {
        let builds = try await reader.database.buildTrend(by: .build, project: project, limit: Self.columns + 1)
        guard builds.rows.count > Self.columns else { return builds }
        let days = try await reader.database.buildTrend(by: .day, project: project, limit: Self.columns + 1)
        guard days.rows.count > Self.columns else {
            if days.rows.count > 1 { return days }
            var latest = builds
            latest.rows.removeFirst()
            return latest
        }
        return try await reader.database.buildTrend(by: .week, project: project, limit: Self.weeks)
    }

    func instructions(project: String? = nil) async throws -> Table {
        try await reader.database.instructionsBySecondsLost(project: project, limit: Self.instructions)
    }

    func causes(project: String? = nil) async throws -> Table {
        try await reader.database.firstMissCauses(project: project)
    }

    /// Layers that came again: by week, and by repository and instruction.
    func churn(of sources: [String]) async throws -> (byWeek: Table, byInstruction: Table) {
        let found = try await ChurnSums.read(reader, sources)
        return (ChurnSums([.week]).table(found), ChurnSums([.repository, .instruction]).table(found))
    }

    func disk(of sources: [String], now: Date) async throws -> Table {
        try await CacheDisk(grouping: .type).table(reader, sources, now: now)
    }

    /// All of it for a report. Builds belong to every report: they are of no image that a choice of sources holds.
    func report(of sources: [String], now: Date) async throws -> BuildCacheReport {
        let projects = try await projects()
        let most = projects.rows.indices.sorted {
            (projects.value($0, "builds").integer ?? 0, $1) > (projects.value($1, "builds").integer ?? 0, $0)
        }
        var trends: [BuildCacheReport.Trend] = []
        for row in most.prefix(Self.charts) {
            let project = projects.value(row, "project").text
            trends.append(.init(project: project, table: try await trend(project: project)))
        }
        let churn = try await churn(of: sources)
        return BuildCacheReport(
            totals: try await totals(), projects: projects, trends: trends, instructions: try await instructions(),
            causes: try await causes(), churnByWeek: churn.byWeek, churn: churn.byInstruction,
            disk: try await disk(of: sources, now: now))
    }
}

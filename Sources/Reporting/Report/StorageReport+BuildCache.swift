import Figures

/// The section on builds: how often the cache hit, what broke it, what that cost in time and in bytes, and its disk.
extension StorageReport {
    static func buildCachePath(_ name: String) -> String { "build_cache/\(name)" }

    func buildCacheSection(_ report: BuildCacheReport, _ csvFolder: String?, _ links: Links) -> Section {
        let views = BuildCacheViews(
            units: units, links: links,
            download: { name in csvFolder.map { "\($0)/\(Self.buildCachePath(name)).csv" } })
        var body = ""
        if report.totals.rows.isEmpty {
            body += "<p>\(HTML.escape(BuildCacheReport.hint))</p>\n"
        } else {
            body += KeyFigureTiles(report.keyFigures, units: units).html
            for (number, trend) in report.trends.enumerated() {
                let chart = TrendChart(id: "trend-\(number + 1)", table: trend.table, link: Self.link(trend, links))
                body += "<h3>\(HTML.escape(trend.project ?? "All builds")) over time</h3>\n"
                body += chart.html.isEmpty ? "<p>Neither rates nor durations are known.</p>\n" : chart.html
            }
            if report.projects.rows.count > 1 { body += "<h3>By project</h3>\n" + views.projects(report.projects) }
            body += "<h3>Instructions by seconds lost</h3>\n" + views.instructions(report.instructions)
            body += "<h3>What broke the cache first</h3>\n" + views.causes(report.causes)
        }
        if !report.churnByWeek.rows.isEmpty {
            body += "<h3>Churn: layers that came again, by week</h3>\n" + views.churnByWeek(report.churnByWeek)
            body += "<h3>Churn by repository and instruction</h3>\n" + views.churn(report.churn)
        }
        if !report.disk.rows.isEmpty { body += "<h3>Disk of build caches</h3>\n" + views.disk(report.disk) }
        return Section(
            id: "build-cache", title: "Build cache",
            lead: report.isEmpty
                ? "" : "How often builds took a step from the cache, what broke it, and what that cost.",
            body: body)
    }

    /// Columns that are a build each lead to its page.
    private static func link(_ trend: BuildCacheReport.Trend, _ links: Links) -> String? {
        trend.table.columns.first?.name == "build" ? links.build : nil
    }

    func markdown(_ report: BuildCacheReport) -> String {
        var text = "\n## Build cache\n\n"
        if report.totals.rows.isEmpty {
            text += Markdown.escape(BuildCacheReport.hint) + "\n"
        } else {
            text += markdown(report.keyFigures)
            if report.projects.rows.count > 1 {
                text += "\nBy project:\n\n"
                text += table(
                    report.projects,
                    [
                        "project", "builds", "hits", "misses", "hit_rate", "time_hit_rate", "seconds_saved",
                        "seconds_lost",
                    ],
                    sortedBy: nil, most: 20)
            }
            if !report.instructions.rows.isEmpty {
                text += "\nInstructions by seconds lost:\n\n"
                text += table(
                    report.instructions,
                    ["instruction", "project", "lines", "hits", "misses", "hit_rate", "cause", "seconds_lost"],
                    sortedBy: nil, most: 10)
            }
            if !report.causes.rows.isEmpty {
                text += "\nFirst misses by cause:\n\n"
                text += table(report.causes, report.causes.columns.map(\.name), sortedBy: nil, most: 20)
            }
        }
        if !report.churn.rows.isEmpty {
            text += "\nChurn, by repository and instruction:\n\n"
            text += table(report.churn, report.churn.columns.map(\.name), sortedBy: "bytes", most: 10)
        }
        if !report.disk.rows.isEmpty {
            text += "\nDisk of build caches:\n\n"
            text += table(report.disk, report.disk.columns.map(\.name), sortedBy: nil, most: 20)
        }
        return text
    }
}

extension BuildCacheReport {
    /// Every table with its name: in files and in JSON.
    var tables: [Table] {
        [
            named("totals", totals), named("projects", projects), trendTable, named("instructions", instructions),
            named("first_miss_causes", causes), named("churn_by_week", churnByWeek), named("churn", churn),
            named("disk", disk),
        ]
    }

    private func named(_ name: String, _ table: Table) -> Table {
        var table = table
        table.name = name
        return table
    }

    /// All trends in one table: the project, the period (`build`, `day`, `week`) and its name first.
    private var trendTable: Table {
        let columns = trends.first.map { Array($0.table.columns.dropFirst()) } ?? []
        return Table(
            name: "trend",
            columns: [.init("project", .text), .init("period", .text), .init("name", .text)] + columns,
            rows: trends.flatMap { trend in
                trend.table.rows.map { row in
                    [
                        trend.project.map { .text($0) } ?? .null,
                        trend.table.columns.first.map { .text($0.name) } ?? .null,
                    ] + row
                }
            })
    }
}

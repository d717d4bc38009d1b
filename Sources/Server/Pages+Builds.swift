import Figures
import Hummingbird
import Reporting

extension Pages {
    /// Columns that the list of builds can be filtered by, with their names for people.
    private static let filters = [
        ("project", "Project"), ("target", "Target"), ("branch", "Branch"), ("builder", "Builder"),
        ("result", "Result"),
    ]
    /// Builds of a list that a chart shows.
    private static let columns = 60

    static let buildCrumbs = [
        Page.Link("Builds", "/builds"), Page.Link("Build caches", "/cache"), Page.Link("Churn", "/churn"),
    ]

    /// The builds that were collected: how often their cache hit over time, what broke it, and each of them.
    func builds(_ request: Request) async throws -> Response {
        let chosen = Self.filters.map { (column: $0.0, value: request.words($0.0)) }.filter { !$0.value.isEmpty }
        let projects = try await source.cacheTable(.projects, project: nil)
        guard !projects.rows.isEmpty else {
            return page("Builds", crumbs: Self.buildCrumbs, "<p>\(HTML.escape(BuildCacheReport.hint))</p>")
        }
        let project = chosen.first { $0.column == "project" }?.value
        let conditions = chosen.map { "\($0.column)=\($0.value == "<none>" ? "" : $0.value)" }
        let list = try await source.table(
            TableRequest("builds", filters: conditions, sort: ["-started_at", "-build"], limit: Self.rowLimit))
        let isOfProject = chosen.allSatisfy { $0.column == "project" }
        var content = filterForm(chosen, projects)
        if isOfProject {
            let totals = try await source.cacheTable(.totals, project: project)
            content += KeyFigureTiles(BuildCacheReport.keyFigures(totals)).html
        }
        if list.rows.isEmpty {
            return page(
                "Builds", crumbs: Self.buildCrumbs, content + "<p>No build is of these.</p>", status: .notFound)
        }
        content += Self.section(
            "trend", "Over time", lead: "The oldest at the left. A column leads to its build where it is one.",
            try await chart(list, isOfProject ? .some(project) : nil))
        if project == nil, isOfProject, projects.rows.count > 1 {
            let views = Self.views { "/api/v1/build_\($0).csv" }
            content += Self.section("projects", "Projects", views.projects(projects))
        }
        let query = conditions.map { "filter=" + HTML.queryEscape($0) }.joined(separator: "&")
        content += Self.section(
            "builds", "Builds", lead: Self.truncation(list),
            PageTables.builds(
                list, project: project, download: "/api/v1/builds.csv" + (query.isEmpty ? "" : "?\(query)")
            ).html)
        if isOfProject { content += try await costs(project) }
        return page("Builds", subtitle: project ?? "", crumbs: Self.buildCrumbs, content)
    }

    /// The tables of what missed, of all builds or those of a project.
    private func costs(_ project: String?) async throws -> String {
        let query = project.map { "?project=" + HTML.queryEscape($0) } ?? ""
        let views = Self.views { name in
            "/api/v1/\(name == "first_miss_causes" ? name : "build_" + name).csv\(query)"
        }
        return Self.section(
            "instructions", "Instructions by seconds lost",
            lead: "Lost: the time of runs although neither the instruction nor anything before it had changed.",
            views.instructions(try await source.cacheTable(.instructions, project: project)))
            + Self.section(
                "causes", "What broke the cache first", lead: "The first miss of each stage of each build.",
                views.causes(try await source.cacheTable(.causes, project: project)))
    }

    /// - Parameter project: what all of the chosen builds have in common; nil where they are chosen by more than a
    ///   project, so that the chart is of the builds that are listed.
    private func chart(_ list: Table, _ project: String??) async throws -> String {
        var table: Table
        if let project {
            table = try await source.cacheTable(.trend, project: project)
        } else {
            table = list
            if let place = list.position(of: "build") {
                table.columns.insert(table.columns.remove(at: place), at: 0)
                table.rows = list.rows.prefix(Self.columns).reversed().map { row in
                    var row = row
                    row.insert(row.remove(at: place), at: 0)
                    return row
                }
            }
        }
        let isBuild = table.columns.first?.name == "build"
        let html = TrendChart(id: "trend-chart", table: table, link: isBuild ? "/builds/{}" : nil).html
        return html.isEmpty ? "<p>Neither hit rates nor durations are known.</p>\n" : html
    }

    private func filterForm(_ chosen: [(column: String, value: String)], _ projects: Table) -> String {
        var text = "<form class=\"filters\" method=\"get\" action=\"/builds\">\n"
        for (column, name) in Self.filters {
            let value = chosen.first { $0.column == column }?.value ?? ""
            text += "<label>\(name) "
            let options: [String] =
                switch column {
                case "project": projects.rows.indices.compactMap { projects.value($0, "project").text }.sorted()
                case "result": ["completed", "failed", "canceled", "unknown"]
                default: []
                }
            if options.isEmpty {
                text += "<input type=\"search\" name=\"\(column)\" value=\"\(HTML.escape(value))\" size=\"12\" />"
            } else {
                text += "<select name=\"\(column)\"><option value=\"\">all</option>"
                for option in options {
                    let mark = option == value ? " selected=\"selected\"" : ""
                    text += "<option value=\"\(HTML.escape(option))\"\(mark)>\(HTML.escape(option))</option>"
                }
                text += "</select>"
            }
            text += "</label>\n"
        }
        return text + "<button type=\"submit\">Show</button>\n</form>\n"
    }

    static func views(_ download: @escaping @Sendable (String) -> String?) -> BuildCacheViews {
        BuildCacheViews(links: links, download: download)
    }
}

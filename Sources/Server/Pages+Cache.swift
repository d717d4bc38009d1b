import Figures
import Hummingbird
import Reporting

extension Pages {
    /// The disk of builders' caches.
    func cache() async throws -> Response {
        let table = try await source.cacheTable(.disk, project: nil)
        guard !table.rows.isEmpty else {
            return page(
                "Build caches", crumbs: Self.buildCrumbs,
                "<p>No cache of a builder was collected: layerscope collect engine reads Docker's.</p>")
        }
        var names = ["source", "description", "type", "bytes", "shared", "in_use", "usage_count", "last_used_at"]
        let records = try await source.table(TableRequest("cache_records", sort: ["-bytes"], limit: Self.rowLimit))
        names += records.columns.map(\.name).filter { !names.contains($0) }
        return page(
            "Build caches", crumbs: Self.buildCrumbs,
            Self.section(
                "disk", "By type",
                lead: "What images share is freed by no prune. Never used again: used once or not at all.",
                Self.views { _ in "/api/v1/cache.csv" }.disk(table))
                + Self.section(
                    "records", "Records", lead: Self.truncation(records), PageTables.cacheRecords(records, names).html))
    }

    /// Layers that came again with other content.
    func churn() async throws -> Response {
        let weeks = try await source.cacheTable(.churnByWeek, project: nil)
        guard !weeks.rows.isEmpty else {
            return page(
                "Churn", crumbs: Self.buildCrumbs,
                "<p>No layer came again with other content, in what was collected so far.</p>")
        }
        let views = Self.views { "/api/v1/\($0).csv" }
        return page(
            "Churn", crumbs: Self.buildCrumbs,
            Self.section(
                "weeks", "By week",
                lead: "Layers that came again for the same instruction in the same repository with other content.",
                views.churnByWeek(weeks))
                + Self.section(
                    "instructions", "By repository and instruction",
                    views.churn(try await source.cacheTable(.churn, project: nil))))
    }
}

import Figures
import Hummingbird
import Reporting

extension Pages {
    /// What is collected from, when last, how completely.
    func sources() async throws -> Response {
        let table = try await source.table(TableRequest("sources"))
        let repositories = try await source.table(
            TableRequest("usage_by_repository", sort: ["-stored_bytes"], limit: Self.rowLimit))
        return page(
            "Sources",
            Self.section("coverage", "Coverage", CoverageList(try await source.coverage()).html)
                + Self.section("figures", "Figures", PageTables.sources(table).html)
                + Self.section(
                    "repositories", "Repositories", lead: Self.truncation(repositories),
                    PageTables.repositories(repositories, id: "repository-table").html))
    }

    /// One repository, by `source name` or by its name alone: its figures, its images and its tags. Where several
    /// sources have one of that name, it is asked which.
    func repository(_ address: String) async throws -> Response {
        let space = address.lastIndex(of: " ")
        let name = String(address[(space.map(address.index(after:)) ?? address.startIndex)...])
        var filters = ["repository=\(name)"]
        if let space { filters.append("source=\(address[..<space])") }
        let usage = try await source.table(TableRequest("usage_by_repository", filters: filters))
        guard !usage.rows.isEmpty else {
            return notFound("There is no repository \(address).")
        }
        guard usage.rows.count == 1 else {
            return page(name, PageTables.repositories(usage, id: "repository-table").html)
        }
        let sourceName = usage.value(0, "source").text ?? ""
        let images = try await source.table(
            TableRequest("images", filters: filters, sort: ["-exclusive_bytes"], limit: Self.rowLimit))
        let tags = try await source.table(TableRequest("tags", filters: filters, sort: ["tag"], limit: Self.rowLimit))
        let query = filters.map { "filter=" + HTML.queryEscape($0) }.joined(separator: "&")
        return page(
            name, subtitle: "Repository of \(sourceName)",
            KeyFigureTiles(PageTables.figures(usage)).html
                + Self.section(
                    "images", "Images", lead: Self.truncation(images),
                    PageTables.images(
                        images, isEngine: usage.value(0, "bytes_are") == .text("unpacked"),
                        download: "/api/v1/images.csv?\(query)"
                    ).html)
                + Self.section(
                    "tags", "Tags", lead: Self.truncation(tags),
                    PageTables.tags(tags, id: "tag-table", download: "/api/v1/tags.csv?\(query)").html))
    }

    /// Says so when a table was cut off; empty otherwise.
    static func truncation(_ table: Table) -> String {
        table.rows.count < rowLimit
            ? "" : "The first \(CountFormat.grouped(Int64(rowLimit))) are here; the CSV file has all."
    }
}

import Figures
import Hummingbird
import Reporting

extension Pages {
    /// What is collected from, when last, how completely.
    func sources() async throws -> Response {
        let table = try await source.table(TableRequest("sources"))
        let view = TableView(
            id: "sources-table", caption: "Sources", table: table, sortedBy: "stored_bytes",
            download: "/api/v1/sources.csv")
        let repositories = try await source.table(
            TableRequest("usage_by_repository", sort: ["-stored_bytes"], limit: Self.rowLimit))
        return page(
            "Sources",
            Self.section("coverage", "Coverage", CoverageList(try await source.coverage()).html)
                + Self.section("figures", "Figures", view.html)
                + Self.section(
                    "repositories", "Repositories", lead: Self.truncation(repositories),
                    Self.repositoryTable(repositories, id: "repository-table").html))
    }

    /// One repository, by `source name`: its figures, its images and its tags.
    func repository(_ address: String) async throws -> Response {
        guard let space = address.lastIndex(of: " ") else {
            return notFound("A repository's address is its source, a space and its name.")
        }
        let sourceName = String(address[..<space])
        let name = String(address[address.index(after: space)...])
        let filters = ["source=\(sourceName)", "repository=\(name)"]
        let usage = try await source.table(TableRequest("usage_by_repository", filters: filters))
        guard !usage.rows.isEmpty else {
            return notFound("There is no repository \(name) in the source \(sourceName).")
        }
        let images = try await source.table(
            TableRequest("images", filters: filters, sort: ["-exclusive_bytes"], limit: Self.rowLimit))
        let tags = try await source.table(TableRequest("tags", filters: filters, sort: ["tag"], limit: Self.rowLimit))
        let query = filters.map { "filter=" + HTML.queryEscape($0) }.joined(separator: "&")
        return page(
            name, subtitle: "Repository of \(sourceName)",
            KeyFigureTiles(Self.byteFigures(of: usage)).html
                + Self.section(
                    "images", "Images", lead: Self.truncation(images),
                    Self.imageTable(images, id: "image-table", download: "/api/v1/images.csv?\(query)").html)
                + Self.section(
                    "tags", "Tags", lead: Self.truncation(tags),
                    TableView(
                        id: "tag-table", caption: "Tags", table: tags, sortedBy: "tag", descending: false,
                        download: "/api/v1/tags.csv?\(query)"
                    ).linkingDigests.html))
    }

    /// Says so when a table was cut off; empty otherwise.
    static func truncation(_ table: Table) -> String {
        table.rows.count < rowLimit
            ? "" : "The first \(CountFormat.grouped(Int64(rowLimit))) are here; the CSV file has all."
    }

    /// The byte figures of a table's first row, as tiles.
    static func byteFigures(of table: Table) -> [KeyFigure] {
        table.columns.compactMap { column in
            guard column.kind == .bytes || column.kind == .count, let first = table.rows.first,
                let position = table.position(of: column.name)
            else { return nil }
            return KeyFigure(column.name, TableView.heading(column), first[position], column.kind)
        }
    }

    static func repositoryTable(_ table: Table, id: String) -> TableView {
        var view = TableView(
            id: id, caption: "Repositories", table: table, sortedBy: "stored_bytes",
            download: "/api/v1/usage_by_repository.csv")
        view.table = addressed(view.table)
        view.columns = view.columns.map { column in
            var column = column
            if column.name == "repository" { (column.link, column.linkKey) = ("/repository?of={}", "address") }
            return column
        }
        view.columns.append(.init("address", "", isHidden: true))
        return view
    }

    static func imageTable(_ table: Table, id: String, download: String?) -> TableView {
        TableView(
            id: id, caption: "Images", table: table, sortedBy: "exclusive_bytes", download: download
        ).linkingDigests
    }

    /// The table with a column that names source and repository together, for the address of the repository's page.
    /// A repository's name has no space in it, so the last one divides the two.
    private static func addressed(_ table: Table) -> Table {
        var table = table
        let addresses = table.rows.indices.map { row in
            "\(table.value(row, "source").text ?? "") \(table.value(row, "repository").text ?? "")"
        }
        table.columns.append(.init("address", .text))
        for (row, address) in addresses.enumerated() { table.rows[row].append(.text(address)) }
        return table
    }
}

extension TableView {
    /// The same table, in which digests of images and layers lead to their pages.
    var linkingDigests: TableView {
        var view = self
        let target = table.name == "layers" ? "/layer?digest={}" : "/image?digest={}"
        view.columns = columns.map { column in
            var column = column
            if column.name == "digest" || column.name == "image_id" { column.link = target }
            if column.name == "diff_id" { column.link = "/layer?digest={}" }
            return column
        }
        return view
    }
}

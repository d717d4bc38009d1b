import Figures
import Reporting

/// The tables of the pages: which columns, in which order, and where they lead. The API and the CSV files have all.
enum PageTables {
    private typealias Column = TableView.Column

    private static let digest = Column("digest", "Image", link: "/image?digest={}")
    private static let sizes: [TableView.Column] = [
        .bar("Exclusive and shared", parts: ["exclusive_bytes", "shared_bytes"], shades: ["f1", "f4"]),
        Column("stored_bytes", "Stored"), Column("exclusive_bytes", "Exclusive"), Column("shared_bytes", "Shared"),
        Column("fair_share_bytes", "Fair share"),
    ]

    static func sources(_ table: Table) -> TableView {
        TableView(
            id: "sources-table", caption: "Sources", table: table,
            columns: [
                Column("source", "Source"), Column("kind", "Kind"), Column("product", "Product"),
                Column("finished_at", "Last collected"), Column("complete", "Complete"), Column("images", "Images"),
                Column("apparent_bytes", "Apparent"), Column("stored_bytes", "Stored"),
                Column("sharing_ratio", "Sharing ratio"), Column("bytes_are", "Bytes are"),
            ], sortedBy: "stored_bytes", download: "/api/v1/sources.csv")
    }

    static func repositories(_ table: Table, id: String) -> TableView {
        TableView(
            id: id, caption: "Repositories", table: addressed(table),
            columns: [
                Column("repository", "Repository", link: "/repository?of={}", linkKey: "address"),
                Column("source", "Source"), Column("images", "Images"),
            ] + sizes + [Column("owner", "Owner"), Column("address", "", isHidden: true)],
            sortedBy: "stored_bytes", download: "/api/v1/usage_by_repository.csv")
    }

    /// - Parameter isEngine: whether containers run on the images.
    static func images(_ table: Table, isEngine: Bool, download: String) -> TableView {
        TableView(
            id: "image-table", caption: "Images", table: table,
            columns: [
                digest, Column("tags", "Tags", limit: 60), Column("platform", "Platform"),
                Column("created_at", "Created"), Column("layers", "Layers"),
            ] + sizes + (isEngine ? [Column("containers", "Containers")] : []) + [Column("waste", "Waste")],
            sortedBy: "exclusive_bytes", download: download)
    }

    static func tags(_ table: Table, id: String, download: String?) -> TableView {
        TableView(
            id: id, caption: "Tags", table: table,
            columns: [
                Column("tag", "Tag", limit: 60), Column("source", "Source"), Column("repository", "Repository"),
                Column("digest", "Digest", link: "/image?digest={}"), Column("item_kind", "Names"),
                Column("platform", "Platform"), Column("tagged_at", "Since"), Column("stored_bytes", "Stored"),
                Column("exclusive_bytes", "Exclusive"),
            ], sortedBy: "tag", descending: false, download: download)
    }

    static func items(_ table: Table, id: String) -> TableView {
        TableView(
            id: id, caption: "Where it is held", table: table,
            columns: [
                Column("source", "Source"), digest, Column("kind", "Kind"), Column("tags", "Names", limit: 80),
                Column("repositories", "Repositories", limit: 80), Column("platform", "Platform"),
                Column("created_at", "Created"),
            ] + sizes, sortedBy: nil)
    }

    static func layersOfImage(_ table: Table) -> TableView {
        TableView(
            id: "layer-table", caption: "Layers, the base first", table: table,
            columns: [
                Column("position", "No."), Column("layer_digest", "Layer", link: "/layer?digest={}"),
                Column("instruction", "Instruction", isCode: true, limit: 120), Column("bytes", "Size"),
                Column("images", "Images"), Column("repositories", "Repositories"), Column("source", "Source"),
            ], sortedBy: nil)
    }

    static func layers(_ table: Table, id: String) -> TableView {
        TableView(
            id: id, caption: "Layers", table: table,
            columns: [
                Column("source", "Source"), Column("digest", "Layer", link: "/layer?digest={}"),
                Column("diff_id", "Content", link: "/layer?digest={}"),
                Column("instruction", "Instruction", isCode: true, limit: 120), Column("bytes", "Size"),
                Column("uncompressed_bytes", "Uncompressed"), Column("images", "Images"),
                Column("repositories", "Repositories"),
            ], sortedBy: "bytes")
    }

    static func holders(_ table: Table) -> TableView {
        TableView(
            id: "holder-table", caption: "Images that hold the layer", table: table,
            columns: [
                Column("digest", "Image", link: "/image?digest={}"), Column("item_kind", "Kind"),
                Column("source", "Source"), Column("position", "At"), Column("bytes", "Size"),
            ], sortedBy: nil)
    }

    /// The figures of a table's first row, as tiles; objects of unknown size only when there are any.
    static func figures(_ table: Table) -> [KeyFigure] {
        let wanted = [
            "images", "layers", "apparent_bytes", "stored_bytes", "exclusive_bytes", "shared_bytes", "fair_share_bytes",
            "unknown_objects",
        ]
        return wanted.compactMap { name in
            guard let row = table.rows.first, let position = table.position(of: name),
                name != "unknown_objects" || row[position] != .integer(0)
            else { return nil }
            let column = table.columns[position]
            return KeyFigure(name, TableView.heading(column), row[position], column.kind)
        }
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

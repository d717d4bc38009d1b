package import Figures

/// The fields of a row as a template sees them: every column by its name in snake or camel case with its raw value, and
/// the names that Docker's own listings have, printed as Docker prints them.
package struct ListingRecord: Sendable {
    private let table: Table
    private let options: ListingOptions
    private let positions: [String: Int]

    package init(_ table: Table, _ options: ListingOptions) {
        self.table = table
        self.options = options
        positions = Dictionary(
            table.columns.enumerated().map { (GoTemplate.fold($0.element.name), $0.offset) },
            uniquingKeysWith: { first, _ in first })
    }

    /// The record of a row.
    package func record(of row: [Value]) -> GoTemplate.Record {
        let members = zip(table.columns, row).map { JSONValue.Member($0.name, JSONValue($1)) }
        return GoTemplate.Record(value: .object(members)) { field(of: row, $0) }
    }

    private func field(of row: [Value], _ name: String) -> JSONValue? {
        if let docker = dockerField(of: row, name) { return docker }
        return positions[GoTemplate.fold(name)].map { JSONValue(row[$0]) }
    }

    private func value(of row: [Value], _ names: String...) -> (value: Value, kind: Table.Kind)? {
        names.lazy.compactMap { table.position(of: $0) }.first.map { (row[$0], table.columns[$0].kind) }
    }

    /// docker/cli, cli/command/formatter/image.go.
    private func dockerField(of row: [Value], _ name: String) -> JSONValue? {
        let cells = CellText(options)
        switch name {
        case "ID":
            return value(of: row, "image_id", "id", "digest").map { .text(cells.text($0.value, $0.kind)) }
        case "Tag":
            guard let found = value(of: row, "tag", "tags") else { return nil }
            if case .list(let tags) = found.value { return .text(tags.first ?? "<none>") }
            return .text(found.value.text ?? "<none>")
        case "Digest":
            return value(of: row, "digest").map { .text($0.value.text ?? "<none>") }
        case "Size", "VirtualSize": return size(value(of: row, "apparent_bytes", "bytes", "stored_bytes"))
        case "SharedSize": return size(value(of: row, "shared_bytes"))
        case "UniqueSize": return size(value(of: row, "exclusive_bytes"))
        case "CreatedAt":
            guard case .time(let time)? = value(of: row, "created_at")?.value else { return nil }
            return .text(TimeFormat.docker(time) ?? "")
        case "CreatedSince":
            guard let created = value(of: row, "created_at") else { return nil }
            guard case .time(let time) = created.value else { return .text("") }
            return .text(TimeFormat.since(time, now: options.now))
        case "Containers":
            return value(of: row, "containers").map { $0.value == .null ? .text("N/A") : JSONValue($0.value) }
        default: return nil
        }
    }

    private func size(_ found: (value: Value, kind: Table.Kind)?) -> JSONValue? {
        found.map { .text(CellText(options).text($0.value, .bytes)) }
    }

    /// The heading of a field in a table template: Docker's own where the field is Docker's.
    static func heading(_ field: String) -> String {
        let docker = [
            "ID": "IMAGE ID", "CreatedSince": "CREATED", "CreatedAt": "CREATED AT", "SharedSize": "SHARED SIZE",
            "UniqueSize": "UNIQUE SIZE", "VirtualSize": "SIZE",
        ]
        return docker[field] ?? GoTemplateHeading.heading(field)
    }
}

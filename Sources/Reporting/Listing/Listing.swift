package import Figures

/// A table of figures to be printed: what every listing command hands over.
package struct Listing: Sendable {
    package var table: Table
    /// Columns of the text table, in order; nil for all. JSON and CSV have all columns always.
    package var shown: [String]?
    /// Headings of the text table by column name, where the usual one does not fit.
    package var headings: [String: String]
    /// The column that `-q` prints; nil for the first there is of `image_id`, `digest`, or else the first column.
    package var identifier: String?
    /// The identities that were checked on the way.
    package var checks: [Check]
    package var coverage: Coverage
    /// What the JSON document has besides.
    package var members: [JSONValue.Member]

    package init(
        _ table: Table, shown: [String]? = nil, headings: [String: String] = [:], identifier: String? = nil,
        checks: [Check] = [], coverage: Coverage = Coverage(), members: [JSONValue.Member] = []
    ) {
        self.table = table
        self.shown = shown
        self.headings = headings
        self.identifier = identifier
        self.checks = checks
        self.coverage = coverage
        self.members = members
    }

    /// The whole listing as text. Throws when a template asks for something that the rows do not have.
    package func text(_ format: ListingFormat, options: ListingOptions = ListingOptions()) throws -> String {
        var text = ""
        try write(format, options: options) { text += $0 }
        return text
    }

    /// Writes the listing piece by piece, so that a long one need not be held whole. Throws what the writer throws, and
    /// when a template asks for something that the rows do not have.
    package func write(
        _ format: ListingFormat, options: ListingOptions = ListingOptions(), to writer: (String) throws -> Void
    ) throws {
        switch format {
        case .table: try writer(TextTable(self, options).text)
        case .json: try writeJSON(to: writer)
        case .jsonl:
            let names = table.columns.map(\.name)
            for row in table.rows { try writer(Self.object(names, row) + "\n") }
        case .csv:
            try writer(CSVText.heading(table))
            for row in table.rows {
                var line = ""
                CSVText.append(row, to: &line)
                try writer(line)
            }
        case .quiet: try writeIdentifiers(options, to: writer)
        case .template(let template, let aligned):
            try writeTemplate(template, aligned: aligned, options, to: writer)
        }
    }

    private func writeJSON(to writer: (String) throws -> Void) throws {
        let names = table.columns.map(\.name)
        try writer("{\"rows\":[")
        for (index, row) in table.rows.enumerated() {
            try writer((index == 0 ? "\n" : ",\n") + Self.object(names, row))
        }
        let totals = table.columns.compactMap { column in
            table.totals[column.name].map { JSONValue.Member(column.name, JSONValue($0)) }
        }
        let others = table.totals.keys.filter { table.position(of: $0) == nil }.sorted()
            .map { JSONValue.Member($0, JSONValue(table.totals[$0] ?? .null)) }
        try writer(table.rows.isEmpty ? "],\n" : "\n],\n")
        try writer("\"totals\":\(JSONValue.object(totals + others).json),\n")
        try writer("\"checks\":\(JSONValue.list(checks.map(\.json)).json),\n")
        for member in members { try writer("\(JSONValue.text(member.name).json):\(member.value.json),\n") }
        try writer("\"coverage\":\(coverage.json.json)}\n")
    }

    private static func object(_ names: [String], _ row: [Value]) -> String {
        var text = "{"
        for (index, value) in row.enumerated() where index < names.count {
            if index > 0 { text += "," }
            JSONText.append(names[index], to: &text)
            text += ":"
            JSONText.append(value, to: &text)
        }
        return text + "}"
    }

    private func writeIdentifiers(_ options: ListingOptions, to writer: (String) throws -> Void) throws {
        let preferred = [identifier, "image_id", "digest"].compactMap { $0 }.compactMap(table.position(of:)).first
        guard let position = preferred ?? (table.columns.isEmpty ? nil : 0) else { return }
        let cells = CellText(options)
        for row in table.rows {
            try writer(cells.text(row[position], table.columns[position].kind, isWhole: true) + "\n")
        }
    }

    private func writeTemplate(
        _ template: GoTemplate, aligned: Bool, _ options: ListingOptions, to writer: (String) throws -> Void
    ) throws {
        let record = ListingRecord(table, options)
        guard aligned else {
            for row in table.rows {
                try writer(try template.render(record.record(of: row), units: options.units) + "\n")
            }
            return
        }
        var lines = [try template.renderHeadings { headings[$0] ?? ListingRecord.heading($0) }]
        for row in table.rows { lines.append(try template.render(record.record(of: row), units: options.units)) }
        let cells = lines.map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
        try writer(TextTable.alignedAsDocker(cells))
    }
}

extension Check {
    /// The check as every JSON document carries it.
    package var json: JSONValue {
        .object([
            .init("name", .text(name)), .init("scope", .text(scope)), .init("left", .integer(left)),
            .init("right", .integer(right)), .init("outcome", .text(outcome.rawValue)), .init("note", .text(note)),
        ])
    }
}

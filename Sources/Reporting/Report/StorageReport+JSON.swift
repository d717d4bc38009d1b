import Figures

extension StorageReport {
    /// The report as one JSON document: every table with all its rows, raw integers, null for what is not known.
    package var json: String {
        var text = "{\"title\":"
        JSONText.append(title, to: &text)
        text += ",\n\"generated_at\":"
        JSONText.append(Value.time(generatedAt), to: &text)
        text += ",\n\"generator\":"
        JSONText.append(generator, to: &text)
        text += ",\n\"coverage\":\(coverage.json.json)"
        text += ",\n\"checks\":\(JSONValue.list(checks.map(\.json)).json)"
        text += ",\n\"scopes\":["
        for (index, scope) in scopes.enumerated() {
            text += index == 0 ? "\n" : ",\n"
            append(scope, to: &text)
        }
        text += "]"
        if let buildCache {
            text += ",\n\"build_cache\":"
            append(buildCache, to: &text)
        }
        return text + "}\n"
    }

    private func append(_ report: BuildCacheReport, to text: inout String) {
        text += "{\"key_figures\":"
        append(report.keyFigures, to: &text)
        for table in report.tables {
            text += ",\n"
            JSONText.append(table.name, to: &text)
            text += ":"
            append(table, to: &text)
        }
        text += "}"
    }

    private func append(_ figures: [KeyFigure], to text: inout String) {
        text += "{"
        for (index, figure) in figures.enumerated() {
            if index > 0 { text += "," }
            JSONText.append(figure.name, to: &text)
            text += ":"
            JSONText.append(figure.value, to: &text)
        }
        text += "}"
    }

    private func append(_ scope: Scope, to text: inout String) {
        text += "{\"id\":"
        JSONText.append(scope.id, to: &text)
        text += ",\"title\":"
        JSONText.append(scope.title, to: &text)
        text += ",\"sources\":\(JSONValue.list(scope.sources.map { .text($0) }).json)"
        text += ",\"key_figures\":"
        append(scope.keyFigures, to: &text)
        for table in scope.tables where table.name != "key_figures" {
            text += ",\n"
            JSONText.append(table.name, to: &text)
            text += ":"
            append(table, to: &text)
        }
        if scope.duplicates == nil { text += ",\n\"duplicates\":null" }
        text += "}"
    }

    private func append(_ table: Table, to text: inout String) {
        text += "{\"rows\":["
        for (index, row) in table.rows.enumerated() {
            text += index == 0 ? "\n{" : ",\n{"
            for (place, value) in row.enumerated() where place < table.columns.count {
                if place > 0 { text += "," }
                JSONText.append(table.columns[place].name, to: &text)
                text += ":"
                JSONText.append(value, to: &text)
            }
            text += "}"
        }
        let totals = table.columns.compactMap { column in
            table.totals[column.name].map { JSONValue.Member(column.name, JSONValue($0)) }
        }
        text += "],\"totals\":\(JSONValue.object(totals).json)}"
    }
}

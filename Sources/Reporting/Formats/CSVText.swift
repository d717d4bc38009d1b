package import Figures

/// Writes tables as CSV (RFC 4180): a heading line of column names, raw integers, times by RFC 3339, CR LF at the end
/// of each line. A cell of outside text that a spreadsheet would run as a formula is defused.
package enum CSVText {
    /// The whole table, without its totals.
    package static func table(_ table: Table) -> String {
        var text = heading(table)
        for row in table.rows { append(row, to: &text) }
        return text
    }

    /// The heading line.
    package static func heading(_ table: Table) -> String {
        table.columns.map { cell($0.name) }.joined(separator: ",") + "\r\n"
    }

    /// Appends the line of a row.
    package static func append(_ row: [Value], to text: inout String) {
        for (index, value) in row.enumerated() {
            if index > 0 { text += "," }
            text += cell(value)
        }
        text += "\r\n"
    }

    /// A cell. Unknown is empty; a list is its elements with a comma between; labels are a JSON object.
    package static func cell(_ value: Value) -> String {
        switch value {
        case .null: ""
        case .integer(let number): String(number)
        case .real, .flag: JSONValue(value).json
        case .time(let time): TimeFormat.rfc3339(time) ?? ""
        case .text(let text): cell(text)
        case .list(let texts): cell(texts.joined(separator: ","))
        case .object: cell(JSONValue(value).json)
        }
    }

    /// A cell of text: quoted where the format needs it, and with an apostrophe before it where a spreadsheet would
    /// take it for a formula (OWASP, "CSV Injection").
    package static func cell(_ text: String) -> String {
        // Swift takes CR LF for one character; a spreadsheet does not.
        var defused = text
        if let first = text.unicodeScalars.first, "=+-@\t\r\n＝＋－＠".unicodeScalars.contains(first) {
            defused = "'" + text
        }
        guard defused.unicodeScalars.contains(where: { "\",\r\n".unicodeScalars.contains($0) }) else { return defused }
        var quoted = "\""
        for scalar in defused.unicodeScalars {
            if scalar == "\"" { quoted += "\"" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }
}

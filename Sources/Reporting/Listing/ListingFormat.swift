/// How a listing is printed.
package enum ListingFormat: Sendable {
    /// Columns under upper-case headings, as Docker prints.
    case table
    /// One JSON document with rows, totals, checks and coverage.
    case json
    /// One JSON object for each row, a line each.
    case jsonl
    case csv
    /// The identifier of each row, a line each (`-q`).
    case quiet
    /// A Go template for each row; with headings and aligned columns when it was given as `table TEMPLATE`.
    case template(GoTemplate, aligned: Bool)

    /// Reads the argument of `--format`. In a template the two characters `\t` and `\n` stand for a tab and a line end,
    /// as for the docker command.
    package init(_ argument: String) throws {
        switch argument.trimmingSpaces {
        case "", "table": self = .table
        case "json": self = .json
        case "jsonl": self = .jsonl
        case "csv": self = .csv
        case let text:
            let isAligned = text.hasPrefix("table ") || text.hasPrefix("table\t")
            let template = isAligned ? String(text.dropFirst(6)).trimmingSpaces : argument
            guard template.contains("{{") else { throw ListingFormatError(argument: argument) }
            let plain = template.replacing("\\t", with: "\t").replacing("\\n", with: "\n")
            self = .template(try GoTemplate(plain), aligned: isAligned)
        }
    }
}

/// `--format` was given a word that is no format.
package struct ListingFormatError: Error, Sendable, Equatable, CustomStringConvertible {
    package var argument: String

    package var description: String {
        "unknown format \"\(TerminalText.harmless(argument))\": use table, json, jsonl, csv, or a template such as "
            + "'{{.Repository}}\\t{{.Size}}' or 'table {{.Repository}}\\t{{.Size}}'"
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        var text = self[...]
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return String(text)
    }
}

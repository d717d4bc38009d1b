package import Figures

/// A table of text: upper-case headings, columns that line up, numbers to the right, three spaces between.
package struct TextTable: Sendable {
    /// The finished table, a line end after each line.
    package let text: String

    package init(_ listing: Listing, _ options: ListingOptions) {
        let table = listing.table
        let positions = (listing.shown ?? table.columns.map(\.name)).compactMap(table.position(of:))
        let cells = CellText(options)
        var lines = [
            positions.map { position in
                let column = table.columns[position]
                return listing.headings[column.name] ?? Self.heading(column)
            }
        ]
        for row in table.rows {
            lines.append(positions.map { cells.text(row[$0], table.columns[$0].kind) })
        }
        if options.showsTotals, !table.totals.isEmpty {
            var total = positions.map { position in
                table.totals[table.columns[position].name].map { cells.text($0, table.columns[position].kind) } ?? ""
            }
            if let free = total.firstIndex(of: ""), free == 0 { total[0] = "TOTAL" }
            if total.contains(where: { $0 != "" && $0 != "TOTAL" }) { lines.append(total) }
        }
        let numbers: Set<Table.Kind> = [.bytes, .count, .ratio]
        let right = positions.enumerated().filter { numbers.contains(table.columns[$0.element].kind) }.map(\.offset)
        text = Self.aligned(lines, rightAligned: Set(right))
    }

    /// The usual heading of a column: its name in upper case, without `_bytes` and the `_at` of a time.
    package static func heading(_ column: Table.Column) -> String {
        var name = column.name
        if column.kind == .bytes, name == "bytes" { return "SIZE" }
        if column.kind == .bytes, name.hasSuffix("_bytes") { name.removeLast("_bytes".count) }
        if column.kind == .time, name.hasSuffix("_at") { name.removeLast("_at".count) }
        return TerminalText.harmless(name.replacing("_", with: " ").uppercased())
    }

    /// Lines of cells in columns. A line may have fewer cells than others; nothing trails.
    static func aligned(_ lines: [[String]], rightAligned: Set<Int>) -> String {
        let widths = widths(lines)
        var text = ""
        for line in lines {
            var printed = ""
            for (column, cell) in line.enumerated() {
                let gap = String(repeating: " ", count: widths[column] - TerminalText.width(cell))
                printed += rightAligned.contains(column) ? gap + cell : cell + gap
                if column + 1 < line.count { printed += "   " }
            }
            while printed.last == " " { printed.removeLast() }
            text += printed + "\n"
        }
        return text
    }

    /// Lines of cells as the docker command aligns the cells of a table template: each but the last of its line is at
    /// least ten wide with the three spaces after it (Go, text/tabwriter, as docker/cli sets it up).
    static func alignedAsDocker(_ lines: [[String]]) -> String {
        let widths = widths(lines)
        var text = ""
        for line in lines {
            for (column, cell) in line.enumerated() {
                text += cell
                guard column + 1 < line.count else { continue }
                text += String(repeating: " ", count: max(10, widths[column] + 3) - TerminalText.width(cell))
            }
            text += "\n"
        }
        return text
    }

    private static func widths(_ lines: [[String]]) -> [Int] {
        var widths: [Int] = []
        for line in lines {
            for (column, cell) in line.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], TerminalText.width(cell))
            }
        }
        return widths
    }
}

import Figures

extension TableView {
    /// The table as HTML.
    package var html: String {
        let rows = sortedRows
        var text = "<div class=\"table\" id=\"\(HTML.escape(id))\">\n"
        text += "<div class=\"tool\"><span class=\"status\" role=\"status\">\(statusText(rows.count))</span>"
        text += "<span class=\"spacer\"></span>"
        if let download { text += "<a href=\"\(HTML.escape(download))\">CSV</a>" }
        text += "</div>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"\(HTML.escape(caption))\">"
        text += "<table><caption>\(HTML.escape(caption))</caption>\n<thead><tr>"
        for (index, entry) in present.enumerated() where !entry.column.isHidden { text += headingCell(entry, index) }
        text += "</tr></thead>\n<tbody>\n"
        let maximum = barMaximums
        for row in rows.prefix(firstRows) { text += rowText(row, maximum) }
        text += "</tbody>\n" + totalsText + "</table></div>\n"
        if rows.count > firstRows {
            text += "<p class=\"note rest\">The first \(CountFormat.grouped(Int64(firstRows))) of "
            text += "\(CountFormat.grouped(Int64(rows.count))) rows: the others need the script of this page"
            text += download == nil ? ".</p>\n" : ", or are in the CSV file.</p>\n"
        }
        return text + dataBlock(rows, maximum) + "</div>\n"
    }

    private func statusText(_ count: Int) -> String {
        let all = PageText.counted(Int64(count), "row")
        return count > firstRows ? "\(CountFormat.grouped(Int64(firstRows))) of \(all)" : all
    }

    func style(_ column: Column, _ kind: Table.Kind) -> String {
        switch kind {
        case .bytes, .count, .ratio: "n"
        case .digest: "m"
        case .time: "nw"
        case .flag: ""
        case .list, .object: "l"
        case .text: column.isCode ? "c" : "t"
        }
    }

    private func headingCell(_ entry: (column: Column, position: Int?), _ index: Int) -> String {
        var attributes = " data-column=\"\(index)\""
        if let position = entry.position {
            if style(entry.column, table.columns[position].kind) == "n" { attributes += " class=\"n\"" }
            if entry.column.name == sortedBy {
                attributes += " aria-sort=\"\(descending ? "descending" : "ascending")\""
            }
        } else {
            attributes += " class=\"b\""
        }
        return "<th scope=\"col\"\(attributes)>\(HTML.escape(entry.column.heading))</th>"
    }

    /// For each bar, the longest of the table, by which all are scaled.
    var barMaximums: [Int64] {
        present.map { entry in
            let positions = entry.column.parts.compactMap(table.position(of:))
            guard !positions.isEmpty else { return 0 }
            return table.rows.reduce(0) { longest, row in
                max(longest, positions.reduce(0) { $0 + max(0, row[$1].integer ?? 0) })
            }
        }
    }

    private func rowText(_ row: [Value], _ maximums: [Int64]) -> String {
        var text = "<tr>"
        var isFirst = true
        for (index, entry) in present.enumerated() where !entry.column.isHidden {
            guard let position = entry.position else {
                text += "<td class=\"b\">\(barText(entry.column, row, maximums[index]))</td>"
                continue
            }
            let kind = table.columns[position].kind
            var style = self.style(entry.column, kind)
            let value = row[position]
            let shown = HTML.escape(cellText(value, kind, entry.column))
            if value == .null || value == .text("") { style += style.isEmpty ? "u" : " u" }
            let attribute = style.isEmpty ? "" : " class=\"\(style)\""
            let content = linked(shown, entry.column, row, value)
            text += isFirst ? "<th scope=\"row\"\(attribute)>\(content)</th>" : "<td\(attribute)>\(content)</td>"
            isFirst = false
        }
        return text + "</tr>\n"
    }

    /// The value as the page shows it; code is shown as the instruction that the user wrote.
    func cellText(_ value: Value, _ kind: Table.Kind, _ column: Column) -> String {
        var value = value
        if column.isCode, case .text(let code) = value { value = .text(InstructionText.plain(code)) }
        return PageText.cell(value, kind, units: units, limit: column.limit)
    }

    private func linked(_ shown: String, _ column: Column, _ row: [Value], _ value: Value) -> String {
        guard let link = column.link, value != .null, value != .text("") else { return shown }
        let key = column.linkKey.flatMap(table.position(of:)).map { row[$0] } ?? value
        let target = link.replacing("{}", with: HTML.queryEscape(key.text ?? ""))
        let filter = link.hasPrefix("#") ? " class=\"filter\"" : ""
        return "<a href=\"\(HTML.escape(target))\"\(filter)>\(shown)</a>"
    }

    private func barText(_ column: Column, _ row: [Value], _ maximum: Int64) -> String {
        var names: [String] = []
        var rectangles = ""
        var start: Int64 = 0
        for (part, shade) in zip(column.parts, column.shades) {
            guard let position = table.position(of: part) else { continue }
            let bytes = max(0, row[position].integer ?? 0)
            let heading = columns.first { $0.name == part }?.heading ?? Self.heading(table.columns[position])
            names.append("\(heading.lowercased()) \(PageText.bytes(bytes, units: units))")
            let width = Percent.hundredths(bytes, maximum)
            rectangles +=
                "<rect class=\"\(shade)\" x=\"\(Percent.text(start))\" width=\"\(Percent.text(width))\" height=\"100%\"/>"
            start += width
        }
        let label = HTML.escape(names.joined(separator: ", "))
        return "<svg role=\"img\" aria-label=\"\(label)\"><title>\(label)</title>\(rectangles)</svg>"
    }

    private var totalsText: String {
        guard !table.totals.isEmpty else { return "" }
        var cells = ""
        var isFirst = true
        for entry in present where !entry.column.isHidden {
            let total = table.totals[entry.column.name]
            let kind = entry.position.map { table.columns[$0].kind } ?? .text
            if isFirst {
                cells += "<th scope=\"row\">Together</th>"
            } else if let total {
                let shown = PageText.cell(total, kind, units: units, limit: entry.column.limit)
                cells += "<td class=\"\(style(entry.column, kind))\">\(HTML.escape(shown))</td>"
            } else {
                cells += "<td></td>"
            }
            isFirst = false
        }
        return "<tfoot><tr>\(cells)</tr></tfoot>\n"
    }
}

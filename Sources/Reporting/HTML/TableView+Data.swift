import Figures
import Foundation

extension TableView {
    /// All rows for the script, a column at a time: texts that come again and again are listed once, digests are cut to
    /// their twelve digits, times are seconds.
    func dataBlock(_ rows: [[Value]], _ maximums: [Int64]) -> String {
        guard !rows.isEmpty else { return "" }
        let entries = present
        var places: [String: Int] = [:]
        for (index, entry) in entries.enumerated() where entry.position != nil { places[entry.column.name] = index }
        var text = "<script type=\"application/json\" id=\"\(HTML.escape(id))-data\">"
        text += "{\"count\":\(rows.count),\"first\":\(firstRows),\"caption\":"
        JSONText.append(caption, to: &text, place: .script)
        if let sortedBy, let place = places[sortedBy] { text += ",\"sort\":[\(place),\(descending)]" }
        text += ",\"columns\":["
        for (index, entry) in entries.enumerated() {
            if index > 0 { text += "," }
            text += "{\"h\":"
            JSONText.append(entry.column.heading, to: &text, place: .script)
            if let position = entry.position {
                appendColumn(entry.column, position, rows, places, to: &text)
            } else {
                appendBar(entry.column, maximums[index], places, to: &text)
            }
            text += "}"
        }
        return text + "]}</script>\n"
    }

    private func appendBar(_ column: Column, _ maximum: Int64, _ places: [String: Int], to text: inout String) {
        // A part that the page does not show as a column of its own has no place to be read from.
        let parts = column.parts.compactMap { places[$0] }
        text += ",\"k\":\"bar\",\"m\":\(maximum),\"p\":[\(parts.map(String.init).joined(separator: ","))],\"f\":"
        JSONText.append(.list(column.shades.map { .text($0) }), to: &text, place: .script)
    }

    private func appendColumn(
        _ column: Column, _ position: Int, _ rows: [[Value]], _ places: [String: Int], to text: inout String
    ) {
        let kind = table.columns[position].kind
        let style = self.style(column, kind)
        if !style.isEmpty { text += ",\"s\":\"\(style)\"" }
        if column.isHidden { text += ",\"x\":1" }
        if let link = column.link {
            text += ",\"l\":"
            JSONText.append(link, to: &text, place: .script)
            if let key = column.linkKey, let place = places[key] { text += ",\"lk\":\(place)" }
        }
        switch kind {
        case .bytes, .count, .ratio, .flag:
            text += ",\"k\":\"\(kind.rawValue)\",\"v\":["
            for (index, row) in rows.enumerated() {
                if index > 0 { text += "," }
                JSONText.append(row[position], to: &text, place: .script)
            }
        case .time:
            text += ",\"k\":\"time\",\"v\":["
            for (index, row) in rows.enumerated() {
                if index > 0 { text += "," }
                text += seconds(row[position]).map(String.init) ?? "null"
            }
        case .text, .digest, .list, .object: appendTexts(column, position, kind, rows, to: &text)
        }
        text += "]"
    }

    private func seconds(_ value: Value) -> Int64? {
        guard case .time(let time) = value, TimeFormat.rfc3339(time) != nil else { return nil }
        return Int64(time.timeIntervalSince1970.rounded(.down))
    }

    private func appendTexts(
        _ column: Column, _ position: Int, _ kind: Table.Kind, _ rows: [[Value]], to text: inout String
    ) {
        // A value that links are made of must stay whole.
        let isKey =
            columns.contains { $0.linkKey == column.name }
            || (column.linkKey == nil && column.link?.contains("{}") == true)
        let shown = rows.map { row -> String? in
            guard row[position] != .null else { return nil }
            if isKey, let whole = row[position].text { return whole }
            let cell = cellText(row[position], kind, column)
            return TerminalText.harmless(cell == "–" ? "" : cell)
        }
        text += ",\"k\":\"\(kind == .digest ? "digest" : "text")\""
        var words: [String: Int] = [:]
        var order: [String] = []
        for case let word? in shown where words[word] == nil {
            words[word] = order.count
            order.append(word)
        }
        let isRepetitive = order.count * 2 < rows.count
        if isRepetitive {
            text += ",\"w\":"
            JSONText.append(.list(order.map { .text($0) }), to: &text, place: .script)
        }
        text += ",\"v\":["
        for (index, word) in shown.enumerated() {
            if index > 0 { text += "," }
            guard let word else {
                text += "null"
                continue
            }
            if isRepetitive {
                text += String(words[word] ?? 0)
            } else {
                JSONText.append(word, to: &text, place: .script)
            }
        }
    }
}

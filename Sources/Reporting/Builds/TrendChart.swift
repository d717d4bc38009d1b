package import Figures

/// Hit rates and durations of builds over time, as two rows of columns on one axis. The rows of the table are the
/// columns of the chart, in their order; its first column names them.
package struct TrendChart: Sendable {
    package var id: String
    /// What a database's `buildTrend` gives: a build, a day or a week each, or builds of the view `builds`.
    package var table: Table
    /// Where a column leads, with `{}` for its name; nil for nowhere.
    package var link: String?

    package init(id: String, table: Table, link: String? = nil) {
        self.id = id
        self.table = table
        self.link = link
    }

    private static let height = 118
    /// Room above the columns, for what is written there.
    private static let top = 8

    /// Empty when no row has a rate or a duration.
    package var html: String {
        let columns = columns
        guard columns.contains(where: { $0.rate != nil || $0.seconds != nil }) else { return "" }
        var text = "<div class=\"trend\" id=\"\(HTML.escape(id))\">\n"
        let parts = [rates(columns), durations(columns)]
        text += parts.filter { $0.hasPrefix("<figure") }.joined() + labels(columns)
        return text + parts.filter { !$0.hasPrefix("<figure") }.joined() + "</div>\n"
    }

    /// One column of the chart.
    private struct Column {
        var name: String
        var label: String
        var title: String
        var rate: Double?
        var timeRate: Double?
        var seconds: Double?
        var hasFailed: Bool
    }

    private var period: String { table.columns.first?.name ?? "" }

    private var columns: [Column] {
        table.rows.indices.map { row in
            func number(_ name: String) -> Double? { table.value(row, name).number }
            let name: String =
                switch table.rows[row].first ?? .null {
                case .text(let text): text
                case .integer(let number): String(number)
                default: ""
                }
            let builds = table.value(row, "builds").integer ?? 1
            let failed =
                table.value(row, "failed_builds").integer ?? (table.value(row, "result").text == "failed" ? 1 : 0)
            let seconds = number("seconds_per_build") ?? number("duration_seconds")
            var title = period == "build" ? "build \(name)" : "\(name), \(PageText.counted(builds, "build"))"
            var label = name
            if period == "build" {
                label = "#\(name)"
                if case .time(let time) = table.value(row, "started_at"), let day = TimeFormat.rfc3339(time) {
                    label = String(day.prefix(10))
                    title += ", \(day.prefix(16).replacing("T", with: " ")) UTC"
                } else if let commit = table.value(row, "commit").text {
                    label = String(commit.prefix(7))
                }
                if let commit = table.value(row, "commit").text { title += ", commit \(commit.prefix(12))" }
            }
            title += ": " + Self.told(table, row)
            if let seconds {
                title += ", \(SecondsFormat.human(seconds))\(period == "build" ? "" : " a build")"
            }
            if failed > 0 { title += period == "build" ? ", failed" : ", \(failed) failed" }
            return Column(
                name: name, label: label, title: title, rate: number("hit_rate"), timeRate: number("time_hit_rate"),
                seconds: seconds, hasFailed: failed > 0 && failed == builds)
        }
    }

    /// `63 % hits (12 of 19)`.
    private static func told(_ table: Table, _ row: Int) -> String {
        guard let rate = table.value(row, "hit_rate").number else { return "no hit rate" }
        let hits = table.value(row, "hits").integer ?? 0
        let all = hits + (table.value(row, "misses").integer ?? 0)
        return "\(RatioFormat.percent(rate)) hits (\(CountFormat.grouped(hits)) of \(CountFormat.grouped(all)))"
    }

    private func rates(_ columns: [Column]) -> String {
        guard columns.contains(where: { $0.rate != nil }) else {
            return "<p class=\"note\">None of these builds has a hit rate: nothing hit or missed.</p>\n"
        }
        var legend = "<li>\(Shade.swatch("f2"))hit rate by count</li>"
        if columns.contains(where: { $0.timeRate != nil }) {
            let mark = "<rect class=\"mark\" y=\"4\" width=\"11\" height=\"3\"/>"
            legend += "<li><svg aria-hidden=\"true\">\(mark)</svg>by time</li>"
        }
        if columns.contains(where: { $0.rate == nil }) { legend += "<li>– no rate</li>" }
        var drawing = grid([(0, "0\u{a0}%"), (0.5, "50\u{a0}%"), (1, "100\u{a0}%")])
        for (place, column) in columns.enumerated() {
            let slot = Slot(place, of: columns.count)
            var content = "<title>\(HTML.escape(column.title))</title>"
            content += "<rect class=\"hit-area\" x=\"\(slot.x)\" width=\"\(slot.width)\" height=\"100%\"/>"
            if let rate = column.rate {
                content += bar(slot, 1, "track") + bar(slot, rate, "f2")
                if let timeRate = column.timeRate {
                    let height = Self.top + Int((Double(Self.plot) * (1 - timeRate)).rounded())
                    content += "<rect class=\"mark\" x=\"\(slot.bar)\" width=\"\(slot.barWidth)\" y=\"\(height - 1)\" "
                    content += "height=\"3\"/>"
                }
            } else {
                content += nothing(slot)
            }
            drawing += linked(content, column)
        }
        return panel("rate", "Hit rate", legend, ["100\u{a0}%", "50\u{a0}%", "0"], drawing, columns)
    }

    private func durations(_ columns: [Column]) -> String {
        let longest = columns.compactMap(\.seconds).max() ?? 0
        guard longest > 0 else {
            return "<p class=\"note\">None of these builds tells how long it took.</p>\n"
        }
        let whole = SecondsFormat.roundUp(longest)
        let words = period == "build" ? "time the build took" : "mean time of a build"
        var legend = "<li>\(Shade.swatch("f3"))\(words)</li>"
        if columns.contains(where: \.hasFailed) { legend += "<li>\(Shade.swatch("o-failed"))failed</li>" }
        if columns.contains(where: { $0.seconds == nil }) { legend += "<li>– not told</li>" }
        var drawing = grid([(0, ""), (0.5, ""), (1, "")])
        for (place, column) in columns.enumerated() {
            let slot = Slot(place, of: columns.count)
            var content = "<title>\(HTML.escape(column.title))</title>"
            content += "<rect class=\"hit-area\" x=\"\(slot.x)\" width=\"\(slot.width)\" height=\"100%\"/>"
            if let seconds = column.seconds {
                content += bar(slot, seconds / whole, column.hasFailed ? "o-failed" : "f3")
            } else {
                content += nothing(slot)
            }
            drawing += linked(content, column)
        }
        let marks = [SecondsFormat.mark(whole), SecondsFormat.mark(whole / 2), "0"]
        return panel("time", "Seconds per build", legend, marks, drawing, columns)
    }

    private static var plot: Int { height - top - 1 }

    private func panel(
        _ name: String, _ title: String, _ legend: String, _ marks: [String], _ drawing: String, _ columns: [Column]
    ) -> String {
        var text = "<figure class=\"chart\"><figcaption>\(title)<ul class=\"legend\">\(legend)</ul></figcaption>"
        text += "<div class=\"plot\"><svg class=\"scale\" height=\"\(Self.height)\" aria-hidden=\"true\">"
        for (place, mark) in marks.enumerated() {
            let y = Self.top + Self.plot * place / max(1, marks.count - 1)
            text += "<text text-anchor=\"end\" x=\"100%\" y=\"\(min(y + 4, Self.height - 1))\">"
            text += "\(HTML.escape(mark))</text>"
        }
        let label = "\(title) of \(PageText.counted(Int64(columns.count), period)), the latest at the right"
        text += "</svg><svg role=\"img\" height=\"\(Self.height)\" aria-label=\"\(HTML.escape(label))\">"
        return text + drawing + "</svg></div></figure>\n"
    }

    private func grid(_ lines: [(Double, String)]) -> String {
        lines.map { part, _ in
            let y = Self.top + Int((Double(Self.plot) * (1 - part)).rounded())
            return "<line class=\"grid\" x1=\"0\" x2=\"100%\" y1=\"\(y)\" y2=\"\(y)\"/>"
        }.joined()
    }

    /// A column as high as its part of the whole; nothing at all is a line on the ground.
    private func bar(_ slot: Slot, _ part: Double, _ style: String) -> String {
        let height = max(2, Int((Double(Self.plot) * min(1, max(0, part))).rounded()))
        return "<rect class=\"\(style)\" x=\"\(slot.bar)\" width=\"\(slot.barWidth)\" "
            + "y=\"\(Self.top + Self.plot - height)\" height=\"\(height)\"/>"
    }

    private func nothing(_ slot: Slot) -> String {
        "<text class=\"u\" text-anchor=\"middle\" x=\"\(slot.middle)\" y=\"\(Self.height - 6)\">–</text>"
    }

    private func linked(_ content: String, _ column: Column) -> String {
        guard let link else { return "<g>\(content)</g>" }
        let target = link.replacing("{}", with: HTML.queryEscape(column.name))
        return "<a href=\"\(HTML.escape(target))\">\(content)</a>"
    }

    /// A few names at the foot; more where the page is wider.
    private func labels(_ columns: [Column]) -> String {
        var text = "<div class=\"chart\"><div class=\"plot\" aria-hidden=\"true\">"
        text += "<svg class=\"scale\" height=\"20\"></svg><svg height=\"20\">"
        let step = max(1, (columns.count + 8) / 9)
        for place in stride(from: 0, to: columns.count, by: step) {
            let style = place % (4 * step) == 0 ? "" : place % (2 * step) == 0 ? " k k480" : " k k800"
            let slot = Slot(place, of: columns.count)
            let anchor = slot.center < 1_300 ? "start" : slot.center > 8_700 ? "end" : "middle"
            let x = anchor == "start" ? slot.bar : anchor == "end" ? "100%" : slot.middle
            text += "<text class=\"u\(style)\" text-anchor=\"\(anchor)\" x=\"\(x)\" y=\"14\">"
            text += "\(HTML.escape(String(columns[place].label.prefix(12))))</text>"
        }
        return text + "</svg></div></div>\n"
    }

    /// The place of a column, in hundredths of a percent of the width.
    private struct Slot {
        let center: Int64
        private let start: Int64
        private let end: Int64
        private let half: Int64

        init(_ place: Int, of count: Int) {
            start = Int64(place) * 10_000 / Int64(count)
            end = Int64(place + 1) * 10_000 / Int64(count)
            center = (start + end) / 2
            half = min((end - start) * 36 / 100, 250)
        }

        var x: String { Percent.text(start) }
        var width: String { Percent.text(end - start) }
        var bar: String { Percent.text(center - half) }
        var barWidth: String { Percent.text(2 * half) }
        var middle: String { Percent.text(center) }
    }
}

/// Bars of bytes with their names and figures beside them.
package struct BarChart: Sendable {
    /// One bar, of one part or of several side by side.
    package struct Bar: Sendable {
        package var name: String
        /// Where the name leads; nil for nowhere.
        package var link: String?
        /// What each part is, its bytes and its class in the style sheet (`f1` … `f5`, `fw`).
        package var parts: [(name: String, bytes: Int64, style: String)]
        /// The figure beside the bar; nil for the sum of the parts.
        package var figure: String?

        package init(
            name: String, link: String? = nil, parts: [(name: String, bytes: Int64, style: String)],
            figure: String? = nil
        ) {
            self.name = name
            self.link = link
            self.parts = parts
            self.figure = figure
        }
    }

    /// What the bars show, for those who do not see them.
    package var title: String
    package var bars: [Bar]
    package var units: ByteUnits

    package init(title: String, bars: [Bar], units: ByteUnits = .si) {
        self.title = title
        self.bars = bars
        self.units = units
    }

    /// The chart as a list of names and figures, which is its own table of data.
    package var html: String {
        let longest = bars.map { $0.parts.reduce(Int64(0)) { $0 + max(0, $1.bytes) } }.max() ?? 0
        var text = "<dl class=\"bars\" aria-label=\"\(HTML.escape(title))\">\n"
        for bar in bars {
            let name = HTML.escape(bar.name)
            text += "<dt>\(bar.link.map { "<a href=\"\(HTML.escape($0))\">\(name)</a>" } ?? name)</dt>"
            text += "<dd>\(drawing(bar, longest))</dd>"
            let sum = bar.parts.reduce(Int64(0)) { $0 + max(0, $1.bytes) }
            text += "<dd class=\"n\">\(HTML.escape(bar.figure ?? PageText.bytes(sum, units: units)))</dd>\n"
        }
        return text + "</dl>\n"
    }

    private func drawing(_ bar: Bar, _ longest: Int64) -> String {
        let label = HTML.escape(
            bar.parts.map { "\($0.name) \(PageText.bytes($0.bytes, units: units))" }.joined(separator: ", "))
        var text = "<svg role=\"img\" aria-label=\"\(label)\"><title>\(label)</title>"
        var start: Int64 = 0
        for part in bar.parts {
            let width = Percent.hundredths(part.bytes, longest)
            text += "<rect class=\"\(HTML.escape(part.style))\" x=\"\(Percent.text(start))\" "
            text += "width=\"\(Percent.text(width))\" height=\"100%\"/>"
            start += width
        }
        return text + "</svg>"
    }
}

package import Figures

/// How many bytes are freed at the least loss: bytes upwards, loss to the right.
package struct LossCurve: Sendable {
    package var id: String
    /// From no loss to everything; both ascend.
    package var corners: [Frontier.Corner]
    /// What loss is counted in: `images`.
    package var lossName: String
    package var units: ByteUnits

    package init(id: String, corners: [Frontier.Corner], lossName: String = "images", units: ByteUnits = .si) {
        self.id = id
        self.corners = corners
        self.lossName = lossName
        self.units = units
    }

    /// Of the drawing, in pixels; it is as wide as the page lets it.
    private static let height = 290
    private static let top = 26
    private static let bottom = 44
    private static let plot = height - top - bottom
    /// The width of the curve's own coordinates, which stretch.
    private static let wide = 1000

    /// The curve with its axes, and the corners as a table for those who do not see it. Empty without a corner that
    /// frees anything.
    package var html: String {
        guard let last = corners.last, last.freedBytes > 0, last.loss > 0 else { return "" }
        let halves = milestones(last)
        let spoken = halves.map { "\(bytes($0.freedBytes)) for \(CountFormat.grouped($0.loss)) \(lossName)" }
        var text = "<figure class=\"chart curve\"><svg role=\"img\" width=\"100%\" height=\"\(Self.height)\" "
        text += "aria-labelledby=\"\(HTML.escape(id))-t \(HTML.escape(id))-d\">"
        text += "<title id=\"\(HTML.escape(id))-t\">Bytes freed at the least loss</title>"
        text += "<desc id=\"\(HTML.escape(id))-d\">\(HTML.escape(spoken.joined(separator: ", ")))</desc>"
        text += line(last) + axes(last)
        for corner in halves {
            let title = "\(bytes(corner.freedBytes)) for \(CountFormat.grouped(corner.loss)) \(lossName)"
            text += "<g><title>\(HTML.escape(title))</title><circle class=\"f1\" "
            text += "cx=\"\(Percent.text(Percent.hundredths(corner.loss, last.loss)))\" "
            text += "cy=\"\(Self.top + y(corner.freedBytes, last))\" r=\"4\"/></g>"
        }
        return text + "</svg></figure>\n" + table(halves, last)
    }

    /// The corners nearest to a quarter, a half, nine tenths and all of the bytes.
    private func milestones(_ last: Frontier.Corner) -> [Frontier.Corner] {
        var found: [Frontier.Corner] = []
        for tenths in [2, 5, 8, 9, 10] as [Int64] {
            let wanted = last.freedBytes / 10 * tenths
            guard let corner = corners.first(where: { $0.freedBytes >= wanted }), found.last != corner else { continue }
            found.append(corner)
        }
        if found.last != last { found.append(last) }
        return found
    }

    private func bytes(_ count: Int64) -> String { PageText.bytes(count, units: units) }

    private func x(_ corner: Frontier.Corner, _ last: Frontier.Corner) -> Int {
        Self.part(corner.loss, last.loss, of: Self.wide)
    }

    /// Below the top of the plot.
    private func y(_ bytes: Int64, _ last: Frontier.Corner) -> Int {
        Self.plot - Self.part(bytes, last.freedBytes, of: Self.plot)
    }

    private static func part(_ value: Int64, _ whole: Int64, of length: Int) -> Int {
        Int(Int128(value) * Int128(length) / Int128(max(1, whole)))
    }

    private func line(_ last: Frontier.Corner) -> String {
        var points = corners.map { "\(x($0, last)),\(y($0.freedBytes, last))" }
        // Corners that fall on one pixel are one point.
        points = points.enumerated().filter { $0.offset == 0 || points[$0.offset - 1] != $0.element }.map(\.element)
        let joined = points.joined(separator: " ")
        var text = "<svg y=\"\(Self.top)\" width=\"100%\" height=\"\(Self.plot)\" "
        text += "viewBox=\"0 0 \(Self.wide) \(Self.plot)\" preserveAspectRatio=\"none\">"
        text += "<polygon class=\"f5\" points=\"0,\(Self.plot) \(joined) \(Self.wide),\(Self.plot)\"/>"
        return text + "<polyline class=\"line\" points=\"\(joined)\"/></svg>"
    }

    /// The sizes stand at the right, where the curve is above all lines but the last.
    private func axes(_ last: Frontier.Corner) -> String {
        let base = Self.height - Self.bottom
        var text = ""
        for quarter in 0...4 {
            let bytes = quarter == 4 ? last.freedBytes : last.freedBytes / 4 * Int64(quarter)
            let height = Self.top + y(bytes, last)
            text += "<line class=\"grid\" x1=\"0\" x2=\"100%\" y1=\"\(height)\" y2=\"\(height)\"/>"
            guard quarter > 0 else { continue }
            text += "<text class=\"\(quarter == 4 ? "u" : "t5")\" text-anchor=\"end\" x=\"100%\" y=\"\(height - 8)\">"
            text += "\(HTML.escape(self.bytes(bytes)))</text>"
        }
        for (loss, place, anchor) in [(0, "0", "start"), (last.loss / 2, "50%", "middle"), (last.loss, "100%", "end")]
        where loss > 0 || anchor == "start" {
            text += "<text class=\"u\" text-anchor=\"\(anchor)\" x=\"\(place)\" y=\"\(base + 18)\">"
            text += "\(CountFormat.grouped(loss))</text>"
        }
        return text + "<text class=\"u\" text-anchor=\"middle\" x=\"50%\" y=\"\(Self.height - 6)\">"
            + "\(HTML.escape(lossName)) given up</text>"
    }

    private func table(_ corners: [Frontier.Corner], _ last: Frontier.Corner) -> String {
        var text =
            "<div class=\"scroll\"><table class=\"narrow\"><caption>Bytes freed at the least loss</caption><thead>"
        text += "<tr><th scope=\"col\" class=\"n\">Frees</th><th scope=\"col\" class=\"n\">Of what may go</th>"
        text += "<th scope=\"col\" class=\"n\">\(HTML.escape(lossName.prefix(1).uppercased() + lossName.dropFirst()))"
        text += " given up</th></tr></thead><tbody>"
        for corner in corners {
            text += "<tr><td class=\"n\">\(HTML.escape(bytes(corner.freedBytes)))</td><td class=\"n\">"
            text += "\(HTML.escape(RatioFormat.percent(corner.freedBytes, of: last.freedBytes) ?? "–"))</td>"
            text += "<td class=\"n\">\(CountFormat.grouped(corner.loss))</td></tr>"
        }
        return text + "</tbody></table></div>\n"
    }
}

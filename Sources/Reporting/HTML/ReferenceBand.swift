package import Figures

/// How often each byte is used: one band whose parts are bytes held by one image, by two, and so on.
package struct ReferenceBand: Sendable {
    package var id: String
    package var buckets: [ReferenceBucket]
    package var units: ByteUnits

    package init(id: String, buckets: [ReferenceBucket], units: ByteUnits = .si) {
        self.id = id
        self.buckets = buckets
        self.units = units
    }

    /// The band with its labels and the table behind it.
    package var html: String {
        let total = buckets.reduce(Int64(0)) { $0 + $1.bytes }
        let shown = buckets.filter { $0.bytes > 0 }
        let spoken = shown.map { "\($0.title) \(PageText.bytes($0.bytes, units: units))" }.joined(separator: ", ")
        var text = "<figure class=\"chart band\"><svg role=\"img\" aria-labelledby=\"\(id)-t \(id)-d\">"
        text += "<title id=\"\(id)-t\">Bytes by the number of images that hold them</title>"
        text += "<desc id=\"\(id)-d\">\(HTML.escape(spoken))</desc>"
        var start: Int64 = 0
        for bucket in shown {
            let width = Percent.hundredths(bucket.bytes, total)
            text += part(bucket, start, width)
            start += width
        }
        return text + "</svg></figure>\n" + table(total)
    }

    private func part(_ bucket: ReferenceBucket, _ start: Int64, _ width: Int64) -> String {
        let shade = bucket.shade
        let size = PageText.bytes(bucket.bytes, units: units)
        let title = HTML.escape("\(bucket.title): \(size), \(PageText.counted(bucket.objects, "object"))")
        var text = "<g><title>\(title)</title><rect class=\"f\(shade)\" x=\"\(Percent.text(start))\" "
        text += "width=\"\(Percent.text(width))\" height=\"56\"/>"
        // A label is shown only where the page is wide enough for the whole of it; the table has every figure.
        let needed = Int64(max(size.count * 9, bucket.title.count * 7) + 22)
        let steps: [Int64] = [320, 480, 640, 800, 1000]
        if let step = steps.first(where: { $0 * width >= needed * 10_000 }) {
            text += "<svg x=\"\(Percent.text(start))\"><g class=\"k k\(step)\">"
            text += "<text class=\"big t\(shade)\" x=\"11\" y=\"24\">\(HTML.escape(size))</text>"
            text += "<text class=\"t\(shade)\" x=\"11\" y=\"43\">\(HTML.escape(bucket.title))</text></g></svg>"
        }
        return text + "</g>"
    }

    private func table(_ total: Int64) -> String {
        var text = "<div class=\"scroll\"><table><caption>Bytes by the number of images that hold them</caption>"
        text += "<thead><tr><th scope=\"col\">Held by</th><th scope=\"col\" class=\"n\">Objects</th>"
        text +=
            "<th scope=\"col\" class=\"n\">Bytes</th><th scope=\"col\" class=\"n\">Of all bytes</th></tr></thead><tbody>"
        for bucket in buckets {
            let part = RatioFormat.percent(bucket.bytes, of: total) ?? "–"
            text += "<tr><th scope=\"row\"><span class=\"key\">\(Shade.swatch("f\(bucket.shade)"))"
            text +=
                "\(HTML.escape(bucket.title))</span></th><td class=\"n\">\(CountFormat.grouped(bucket.objects))</td>"
            text +=
                "<td class=\"n\">\(PageText.bytes(bucket.bytes, units: units))</td><td class=\"n\">\(HTML.escape(part))</td></tr>"
        }
        text += "</tbody><tfoot><tr><th scope=\"row\">Together</th><td class=\"n\">"
        text += CountFormat.grouped(buckets.reduce(0) { $0 + $1.objects })
        return text
            + "</td><td class=\"n\">\(PageText.bytes(total, units: units))</td><td></td></tr></tfoot></table></div>\n"
    }
}

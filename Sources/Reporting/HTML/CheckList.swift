package import Figures

/// The identities that bind the figures, with both sides of each.
package struct CheckList: Sendable {
    package var checks: [Check]
    package var units: ByteUnits
    /// So many checks that hold are listed one by one; more are counted by name.
    package var most: Int

    package init(_ checks: [Check], units: ByteUnits = .si, most: Int = 12) {
        self.checks = checks
        self.units = units
        self.most = most
    }

    /// The checks that broke first, then those explained, then those that hold.
    package var html: String {
        guard !checks.isEmpty else { return "<p>Nothing was there to check.</p>\n" }
        let other = checks.filter { $0.outcome == .broken } + checks.filter { $0.outcome == .explained }
        let holding = checks.filter { $0.outcome == .holds }
        var text = "<ul class=\"checks\">\n"
        for check in other { text += item(check) }
        if holding.count <= most {
            for check in holding { text += item(check) }
        } else {
            var order: [String] = []
            var count: [String: Int64] = [:]
            for check in holding {
                if count[check.name] == nil { order.append(check.name) }
                count[check.name, default: 0] += 1
            }
            for name in order {
                text += "<li><span class=\"good\" aria-hidden=\"true\">✓</span><div>\(HTML.escape(name))"
                text += "<div class=\"sub\">holds \(count[name] == 1 ? "" : "each of ")"
                text += "\(PageText.counted(count[name] ?? 0, "time"))</div></div></li>\n"
            }
        }
        return text + "</ul>\n"
    }

    private func item(_ check: Check) -> String {
        let mark: String
        switch check.outcome {
        case .holds: mark = "<span class=\"good\" role=\"img\" aria-label=\"holds\">✓</span>"
        case .broken: mark = "<span class=\"bad\" role=\"img\" aria-label=\"broken\">✗</span>"
        case .explained: mark = "<span class=\"warn\" role=\"img\" aria-label=\"differs, explained\">≠</span>"
        }
        var text = "<li>\(mark)<div>\(HTML.escape(check.name))"
        if !check.scope.isEmpty { text += " <span class=\"u\">· \(HTML.escape(check.scope))</span>" }
        let left = CountFormat.grouped(check.left)
        let right = CountFormat.grouped(check.right)
        let sides = check.left == check.right ? left : "\(left) against \(right), apart by \(difference(check))"
        text += "<div class=\"sub\">\(sides)\(check.note.isEmpty ? "" : HTML.escape(" – " + check.note))</div>"
        return text + "</div></li>\n"
    }

    private func difference(_ check: Check) -> String {
        let (difference, overflow) = check.left.subtractingReportingOverflow(check.right)
        return overflow ? "more than can be counted" : CountFormat.grouped(difference)
    }
}

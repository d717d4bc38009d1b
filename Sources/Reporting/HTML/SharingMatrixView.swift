package import Figures

/// Who shares with whom: half a matrix, since sharing goes both ways, with each name written once where its row and its
/// column meet.
package struct SharingMatrixView: Sendable {
    package var id: String
    package var matrix: SharingMatrix
    /// What the groups are: `repository`.
    package var groupName: String
    /// So many groups are drawn; the list of pairs is of all that the matrix has.
    package var most: Int
    package var units: ByteUnits

    private static let cellWidth = 44
    private static let cellHeight = 26

    package init(
        id: String, matrix: SharingMatrix, groupName: String = "repository", most: Int = 16, units: ByteUnits = .si
    ) {
        self.id = id
        self.matrix = matrix
        self.groupName = groupName
        self.most = most
        self.units = units
    }

    /// Pairs that share something, most bytes first.
    var pairs: [(first: Int, second: Int, bytes: Int64)] {
        var pairs: [(first: Int, second: Int, bytes: Int64)] = []
        for row in matrix.keys.indices {
            for column in 0..<row where shared(row, column) > 0 { pairs.append((column, row, shared(row, column))) }
        }
        return pairs.sorted { ($0.bytes, $1.first, $1.second) > ($1.bytes, $0.first, $0.second) }
    }

    private func shared(_ row: Int, _ column: Int) -> Int64 {
        row < matrix.sharedBytes.count && column < matrix.sharedBytes[row].count ? matrix.sharedBytes[row][column] : 0
    }

    /// The drawing and the list of the pairs that share most.
    package var html: String {
        let pairs = pairs
        guard let largest = pairs.first else {
            return "<p>No \(HTML.escape(groupName)) here shares anything with another.</p>\n"
        }
        let count = min(most, matrix.keys.count)
        let unit = unit(largest.bytes)
        let names = (0..<count).map { shortened(matrix.keys[$0]) }
        var width = 0
        for (row, name) in names.enumerated() {
            // Cells, the name, and the size beside it.
            width = max(width, row * Self.cellWidth + name.count * 7 + 96)
        }
        var text =
            "<div class=\"two\"><figure class=\"matrix\"><p class=\"note\">\(unit.name) that two have in common; beside "
        text += "each name all that it holds.</p><div class=\"scroll\" tabindex=\"0\" role=\"region\" "
        text += "aria-label=\"Matrix of sharing\"><svg role=\"img\" width=\"\(width)\" "
        text += "height=\"\(count * Self.cellHeight + 2)\" aria-label=\"Matrix of sharing; the list beside it has the "
        text += "pairs that share most\">\n"
        for row in 0..<count { text += rowText(row, names[row], largest.bytes, unit) }
        text += "</svg></div></figure>\n<div>" + pairsText(pairs) + "</div></div>\n"
        return text
    }

    private func rowText(
        _ row: Int, _ name: String, _ largest: Int64, _ unit: (name: String, bytes: Int64)
    ) -> String {
        let y = row * Self.cellHeight
        var text = "<g>"
        for column in 0..<row {
            let bytes = shared(row, column)
            let step = Self.step(bytes, largest)
            let x = column * Self.cellWidth
            let title = "\(matrix.keys[column]) and \(matrix.keys[row]): \(PageText.bytes(bytes, units: units))"
            text += "<g><title>\(HTML.escape(title))</title><rect class=\"m\(step)\" x=\"\(x)\" y=\"\(y)\" "
            text += "width=\"\(Self.cellWidth - 2)\" height=\"\(Self.cellHeight - 2)\" rx=\"2\"/>"
            let tenths = (bytes * 10 + unit.bytes / 2) / unit.bytes
            if tenths > 0 {
                let figure = tenths >= 1000 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
                text += "<text class=\"v\(step)\" x=\"\(x + Self.cellWidth / 2 - 1)\" y=\"\(y + 16)\" "
                text += "text-anchor=\"middle\">\(figure)</text>"
            }
            text += "</g>"
        }
        let x = row * Self.cellWidth + 6
        text += "<text fill=\"currentColor\" x=\"\(x)\" y=\"\(y + 16)\"><title>\(HTML.escape(matrix.keys[row]))</title>"
        text += "\(HTML.escape(name))<tspan dx=\"8\" fill-opacity=\".75\">"
        return text + "\(PageText.bytes(shared(row, row), units: units))</tspan></text></g>\n"
    }

    /// 0 for nothing, else 1 to 5 by the square root of the part, in integers.
    static func step(_ bytes: Int64, _ largest: Int64) -> Int {
        guard bytes > 0, largest > 0 else { return 0 }
        let hundredths = Percent.hundredths(bytes, largest)
        return [400, 1600, 3600, 6400].firstIndex { hundredths < $0 }.map { $0 + 1 } ?? 5
    }

    private func shortened(_ name: String) -> String {
        let harmless = TerminalText.harmless(name)
        return harmless.count > 30 ? harmless.prefix(29) + "…" : harmless
    }

    private func unit(_ bytes: Int64) -> (name: String, bytes: Int64) {
        var size: Int64 = 1
        var index = 0
        while bytes / size >= Int64(units.base), index + 1 < units.names.count {
            size *= Int64(units.base)
            index += 1
        }
        return (units.names[index], size)
    }

    private func pairsText(_ pairs: [(first: Int, second: Int, bytes: Int64)]) -> String {
        let shown = pairs.prefix(15)
        var text = "<div class=\"scroll\"><table><caption>Pairs that share most</caption><thead><tr>"
        text +=
            "<th scope=\"col\">Pairs that share most</th><th scope=\"col\" class=\"n\">In common</th></tr></thead><tbody>\n"
        for pair in shown {
            text += "<tr><th scope=\"row\">\(HTML.escape(matrix.keys[pair.first])) <span class=\"u\">and</span> "
            text += "\(HTML.escape(matrix.keys[pair.second]))</th>"
            text += "<td class=\"n\">\(PageText.bytes(pair.bytes, units: units))</td></tr>\n"
        }
        text += "</tbody></table></div>"
        if pairs.count > shown.count {
            text += "<p class=\"note\">\(PageText.counted(Int64(pairs.count), "pair")) share something.</p>"
        }
        return text
    }
}

package import Figures

/// The names of a node of the layer tree: the report is given them, since the tree holds numbers alone.
package struct LayerLabel: Sendable, Equatable {
    /// What made the layer, as its history says; empty when not known.
    package var instruction: String
    /// The layer's digest; empty for nodes folded together.
    package var digest: String
    /// An image that stands on the layer, such as `debian:stretch`; empty when not known.
    package var example: String

    package init(instruction: String, digest: String, example: String) {
        self.instruction = instruction
        self.digest = digest
        self.example = example
    }
}

/// A layer tree with the names of its nodes.
package struct LabelledLayerTree: Sendable, Equatable {
    package var tree: LayerTree
    /// One for each node.
    package var labels: [LayerLabel]

    package init(tree: LayerTree, labels: [LayerLabel]) {
        self.tree = tree
        self.labels = labels
    }

    func label(_ node: Int) -> LayerLabel {
        node < labels.count ? labels[node] : LayerLabel(instruction: "", digest: "", example: "")
    }

    func name(_ node: Int) -> String {
        let folded = tree.nodes[node].foldedNodes
        if folded > 0 { return "\(CountFormat.grouped(folded)) small layers" }
        let label = label(node)
        let text =
            label.instruction.isEmpty ? DigestFormat.short(label.digest) : InstructionText.plain(label.instruction)
        return TerminalText.harmless(text.isEmpty ? "layer" : text)
    }
}

/// The tree of layers drawn as an icicle: each box a layer on the one above it, as wide as its bytes and those of
/// everything built on it. The script redraws it to the page's width, and zooms.
package struct Icicle: Sendable {
    package var id: String
    package var tree: LabelledLayerTree
    package var units: ByteUnits

    static let rowHeight = 24
    static let levels = 26
    /// A box narrower than one in so many of the whole is drawn together with its narrow siblings.
    static let narrowest: Int64 = 300

    package init(id: String, tree: LabelledLayerTree, units: ByteUnits = .si) {
        self.id = id
        self.tree = tree
        self.units = units
    }

    /// The drawing, its legend, and a table of the widest layers behind it.
    package var html: String {
        let boxes = staticBoxes
        let deepest = boxes.map { $0.level + 1 }.max() ?? 0
        var text = "<div class=\"icicle\" id=\"\(id)\">\n" + Shade.legend("Layers in")
        text += "<ol class=\"path\" hidden=\"hidden\" aria-label=\"Where the drawing starts\"></ol>\n"
        text += "<figure class=\"chart\"><svg role=\"img\" height=\"\(max(1, deepest) * Self.rowHeight)\" "
        text += "aria-label=\"Tree of layers; the table below it has the widest ones\">"
        for box in boxes { text += drawing(box) }
        text += "</svg></figure>\n<p class=\"note deeper\" hidden=\"hidden\"></p>\n"
        text += "<div class=\"detail\" role=\"status\" hidden=\"hidden\"></div>\n"
        return text + widest + dataBlock + "</div>\n"
    }

    /// A box of the drawing that stands without a script: a node, or narrow siblings as one.
    struct Box: Equatable {
        var node: Int?
        var narrowNodes: Int64 = 0
        var bytes: Int64
        var shade: Int
        var level: Int
        /// In hundredths of a percent of the whole.
        var start: Int64
        var width: Int64
    }

    /// The boxes, those too narrow to see drawn as one so that no bytes are missing from the picture.
    var staticBoxes: [Box] {
        let nodes = tree.tree.nodes
        var children: [[Int]] = Array(repeating: [], count: nodes.count)
        var top: [Int] = []
        for (index, node) in nodes.enumerated() {
            if let parent = node.parent, parent < index { children[parent].append(index) } else { top.append(index) }
        }
        var boxes: [Box] = []
        var waiting = [(nodes: top, start: Int64(0), level: 0)]
        while let next = waiting.popLast() {
            var start = next.start
            var narrow: (nodes: Int64, bytes: Int64, shades: [Int64]) = (0, 0, Array(repeating: 0, count: 6))
            for index in next.nodes {
                let node = nodes[index]
                let shade = max(1, Shade.of(images: node.images))
                guard node.totalBytes > 0, tree.tree.widthBytes / node.totalBytes < Self.narrowest else {
                    narrow.nodes += max(1, node.foldedNodes)
                    narrow.bytes += node.totalBytes
                    narrow.shades[shade] += node.totalBytes
                    continue
                }
                boxes.append(box(index, node.totalBytes, shade, next.level, start))
                if next.level + 1 < Self.levels { waiting.append((children[index], start, next.level + 1)) }
                start += node.totalBytes
            }
            if narrow.bytes > 0 {
                let shade = narrow.shades.indices.max { narrow.shades[$0] < narrow.shades[$1] } ?? 1
                var one = box(nil, narrow.bytes, shade, next.level, start)
                one.narrowNodes = narrow.nodes
                if one.width > 0 { boxes.append(one) }
            }
        }
        return boxes
    }

    private func box(_ node: Int?, _ bytes: Int64, _ shade: Int, _ level: Int, _ start: Int64) -> Box {
        let left = Percent.hundredths(start, tree.tree.widthBytes)
        let right = Percent.hundredths(start + bytes, tree.tree.widthBytes)
        return Box(node: node, bytes: bytes, shade: shade, level: level, start: left, width: right - left)
    }

    private func drawing(_ box: Box) -> String {
        let y = box.level * Self.rowHeight
        let size = PageText.bytes(box.bytes, units: units)
        let narrow = "\(CountFormat.grouped(box.narrowNodes)) narrow layers"
        let name = box.node.map(tree.name) ?? narrow
        let short = name.count > 60 ? name.prefix(59) + "…" : name
        var text = "<g><title>\(HTML.escape("\(short): \(size)"))</title><rect class=\"f\(box.shade)\" "
        text += "x=\"\(Percent.text(box.start))\" y=\"\(y)\" width=\"\(Percent.text(box.width))\" "
        text += "height=\"\(Self.rowHeight)\"/>"
        // The label is as long as the box is at 1,000 pixels, and shown on pages that are as wide.
        let room = Int(box.width / 10) - 9
        if room >= 60 {
            let most = room / 7
            let label = name.count <= most ? name : name.prefix(most - 1) + "…"
            text += "<svg x=\"\(Percent.text(box.start))\"><text class=\"k k1000 t\(box.shade)\" x=\"5\" "
            text += "y=\"\(y + 16)\">\(HTML.escape(label))</text></svg>"
        }
        return text + "</g>\n"
    }

    private var widest: String {
        let nodes = tree.tree.nodes
        let order = nodes.indices.filter { nodes[$0].foldedNodes == 0 }
            .sorted { (nodes[$0].totalBytes, $1) > (nodes[$1].totalBytes, $0) }.prefix(20)
        guard !order.isEmpty else { return "" }
        var text =
            "<details><summary>The widest \(order.count) layers as a table</summary><div class=\"scroll\"><table>"
        text += "<caption>The widest layers of the tree</caption><thead><tr><th scope=\"col\">Layer</th>"
        text += "<th scope=\"col\">Level</th><th scope=\"col\" class=\"n\">Itself</th>"
        text +=
            "<th scope=\"col\" class=\"n\">With all above</th><th scope=\"col\" class=\"n\">Images</th></tr></thead><tbody>"
        for index in order {
            let node = nodes[index]
            let name = tree.name(index)
            text += "<tr><td class=\"c\">\(HTML.escape(name.count > 160 ? name.prefix(159) + "…" : name))</td>"
            text += "<td>\(node.depth + 1)</td><td class=\"n\">\(PageText.bytes(node.bytes, units: units))</td>"
            text += "<td class=\"n\">\(PageText.bytes(node.totalBytes, units: units))</td>"
            text += "<td class=\"n\">\(CountFormat.grouped(node.images))</td></tr>\n"
        }
        return text + "</tbody></table></div></details>\n"
    }
}

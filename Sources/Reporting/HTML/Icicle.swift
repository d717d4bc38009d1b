package import Figures

/// The names of a node of the layer tree: the report is given them, since the tree holds numbers alone.
package struct LayerLabel: Sendable, Equatable {
    /// What made the layer, as ``InstructionText`` gives it; empty when not known.
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
        let text = label.instruction.isEmpty ? DigestFormat.short(label.digest) : label.instruction
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

    package init(id: String, tree: LabelledLayerTree, units: ByteUnits = .si) {
        self.id = id
        self.tree = tree
        self.units = units
    }

    /// The drawing, its legend, and a table of the widest layers behind it.
    package var html: String {
        let nodes = tree.tree.nodes
        let places = Self.places(tree.tree)
        let visible = nodes.indices.filter { places[$0].width >= 12 && nodes[$0].depth < Self.levels }
        let deepest = visible.map { nodes[$0].depth }.max().map { $0 + 1 } ?? 0
        var text = "<div class=\"icicle\" id=\"\(id)\">\n" + Shade.legend("Layers in")
        text += "<ol class=\"path\" hidden=\"hidden\" aria-label=\"Where the drawing starts\"></ol>\n"
        text += "<figure class=\"chart\"><svg role=\"img\" height=\"\(max(1, deepest) * Self.rowHeight)\" "
        text += "aria-label=\"Tree of layers; the table below it has the widest ones\">"
        for node in visible { text += box(node, places[node]) }
        text += "</svg></figure>\n<p class=\"note deeper\" hidden=\"hidden\"></p>\n"
        text += "<div class=\"detail\" role=\"status\" hidden=\"hidden\"></div>\n"
        return text + widest + dataBlock + "</div>\n"
    }

    /// Where each node lies and how wide it is, in hundredths of a percent.
    static func places(_ tree: LayerTree) -> [(start: Int64, width: Int64)] {
        var next = Array(repeating: Int64(0), count: tree.nodes.count)
        var top: Int64 = 0
        var places: [(Int64, Int64)] = []
        for (index, node) in tree.nodes.enumerated() {
            var start = top
            if let parent = node.parent, parent < index {
                start = next[parent]
                next[parent] += node.totalBytes
            } else {
                top += node.totalBytes
            }
            next[index] = start
            let left = Percent.hundredths(start, tree.widthBytes)
            places.append((left, Percent.hundredths(start + node.totalBytes, tree.widthBytes) - left))
        }
        return places
    }

    private func box(_ index: Int, _ place: (start: Int64, width: Int64)) -> String {
        let node = tree.tree.nodes[index]
        let shade = max(1, Shade.of(images: node.images))
        let y = node.depth * Self.rowHeight
        var text = "<g><title>\(HTML.escape(spoken(index)))</title><rect class=\"f\(shade)\" "
        text += "x=\"\(Percent.text(place.start))\" y=\"\(y)\" width=\"\(Percent.text(place.width))\" "
        text += "height=\"\(Self.rowHeight)\"/>"
        // The label is as long as the box is at 1,000 pixels, and shown on pages that are as wide.
        let room = Int(place.width / 10) - 9
        let name = tree.name(index)
        if room >= 60 {
            let most = room / 7
            let label = name.count <= most ? name : name.prefix(most - 1) + "…"
            text += "<svg x=\"\(Percent.text(place.start))\"><text class=\"k k1000 t\(shade)\" x=\"5\" y=\"\(y + 16)\">"
            text += "\(HTML.escape(label))</text></svg>"
        }
        return text + "</g>\n"
    }

    private func spoken(_ index: Int) -> String {
        let node = tree.tree.nodes[index]
        let name = tree.name(index)
        return "\(name.count > 200 ? name.prefix(199) + "…" : name): "
            + "\(PageText.bytes(node.totalBytes, units: units)) with all above it, "
            + "\(PageText.bytes(node.bytes, units: units)) itself, \(PageText.counted(node.images, "image"))"
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

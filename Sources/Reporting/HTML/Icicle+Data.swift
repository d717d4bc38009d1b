import Figures

extension Icicle {
    /// The nodes for the script, a column at a time.
    var dataBlock: String {
        let nodes = tree.tree.nodes
        var text = "<script type=\"application/json\" id=\"\(id)-data\">{\"w\":\(tree.tree.widthBytes)"
        text += numbers("p", nodes.map { Int64($0.parent ?? -1) })
        text += numbers("b", nodes.map(\.bytes))
        text += numbers("t", nodes.map(\.totalBytes))
        text += numbers("n", nodes.map(\.images))
        text += numbers("e", nodes.map(\.endingImages))
        text += numbers("f", nodes.map(\.foldedNodes))
        text += numbers("r", nodes.indices.filter { nodes[$0].isRepeat }.map { Int64($0) })
        text += texts(
            "l",
            nodes.indices.map { index in
                let name = tree.name(index)
                return name.count > 120 ? name.prefix(119) + "…" : name
            })
        text += texts("x", nodes.indices.map { TerminalText.harmless(tree.label($0).example) })
        text += ",\"d\":"
        JSONText.append(
            .list(nodes.indices.map { .text(TerminalText.harmless(DigestFormat.short(tree.label($0).digest))) }),
            to: &text, place: .script)
        return text + "}</script>\n"
    }

    private func numbers(_ name: String, _ values: [Int64]) -> String {
        ",\"\(name)\":[" + values.map(String.init).joined(separator: ",") + "]"
    }

    /// Texts listed once, and the place of each node's text in the list.
    private func texts(_ name: String, _ values: [String]) -> String {
        var places: [String: Int64] = [:]
        var words: [JSONValue] = []
        let indices = values.map { value -> Int64 in
            if let place = places[value] { return place }
            places[value] = Int64(words.count)
            words.append(.text(value))
            return Int64(words.count - 1)
        }
        var text = ",\"\(name)w\":"
        JSONText.append(.list(words), to: &text, place: .script)
        return text + numbers(name, indices)
    }
}

import Figures
import Reporting

extension ExampleReport {
    private final class Branch {
        var digest = ""
        var bytes: Int64 = 0
        var total: Int64 = 0
        var instruction = ""
        var example = ""
        var images: Int64 = 0
        var ending: Int64 = 0
        var isRepeat = false
        var children: [String: Branch] = [:]

        func measure() -> Int64 {
            total = bytes + children.values.reduce(0) { $0 + $1.measure() }
            return total
        }
    }

    /// The layer tree, nodes under a thousandth of the whole folded together.
    var tree: LabelledLayerTree {
        let root = Branch()
        var seen: Set<String> = []
        for image in images {
            var branch = root
            for layer in image.layers {
                if branch.children[layer.digest] == nil {
                    let child = Branch()
                    child.digest = layer.digest
                    child.bytes = layer.bytes
                    child.instruction = InstructionText.plain(layer.instruction)
                    child.example = image.repository + (image.tags.first.map { ":" + $0 } ?? "")
                    child.isRepeat = !seen.insert(layer.digest).inserted
                    branch.children[layer.digest] = child
                }
                branch = branch.children[layer.digest] ?? branch
                branch.images += 1
            }
            branch.ending += 1
        }
        let width = root.measure()
        var tree = LayerTree(widthBytes: width, images: Int64(images.count))
        var labels: [LayerLabel] = []
        append(root, parent: nil, depth: 0, least: max(1, width / 4000), to: &tree, &labels)
        tree.layerBytes = width - tree.repeatedBytes
        return LabelledLayerTree(tree: tree, labels: labels)
    }

    private func append(
        _ branch: Branch, parent: Int?, depth: Int, least: Int64, to tree: inout LayerTree, _ labels: inout [LayerLabel]
    ) {
        let order = branch.children.values.sorted { ($0.total, $1.digest) > ($1.total, $0.digest) }
        var folded = LayerTree.Node(
            parent: parent, object: nil, bytes: 0, totalBytes: 0, images: 0, endingImages: 0, exampleItem: nil,
            depth: depth, isRepeat: false)
        for child in order {
            if child.total < least {
                folded.bytes += child.total
                folded.totalBytes += child.total
                folded.images += child.images
                folded.foldedNodes += 1
                continue
            }
            let place = tree.nodes.count
            tree.nodes.append(
                .init(
                    parent: parent, object: UInt32(place), bytes: child.bytes, totalBytes: child.total,
                    images: child.images, endingImages: child.ending, exampleItem: nil, depth: depth,
                    isRepeat: child.isRepeat))
            if child.isRepeat { tree.repeatedBytes += child.bytes }
            labels.append(.init(instruction: child.instruction, digest: child.digest, example: child.example))
            append(child, parent: place, depth: depth + 1, least: least, to: &tree, &labels)
        }
        if folded.foldedNodes > 0 {
            tree.nodes.append(folded)
            labels.append(.init(instruction: "", digest: "", example: ""))
        }
    }
}

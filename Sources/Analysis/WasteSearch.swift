import Figures

/// Finds what nothing keeps alive.
///
/// Alive is what has a name (a holding with a reference), and what hangs on that: an index's children, and referrers of
/// anything alive. A referrer whose subject is missing is not kept alive by its own tag, because signatures are stored
/// under tags that nobody removes with the image; it is when a live index lists it.
struct WasteSearch {
    private let graph: LayerGraph
    /// Items about each item: `referrers[offsets[i]..<offsets[i + 1]]`.
    private var referrers: [UInt32] = []
    private var offsets: [Int] = []

    init(_ graph: LayerGraph) {
        self.graph = graph
        guard graph.itemSubjects.contains(where: { $0 < LayerGraph.missing }) else { return }
        offsets = [Int](repeating: 0, count: graph.itemCount + 1)
        for subject in graph.itemSubjects where subject < LayerGraph.missing { offsets[Int(subject) + 1] += 1 }
        for item in 0..<graph.itemCount { offsets[item + 1] += offsets[item] }
        var places = offsets
        referrers = [UInt32](repeating: 0, count: offsets[graph.itemCount])
        for (item, subject) in graph.itemSubjects.enumerated() where subject < LayerGraph.missing {
            referrers[places[Int(subject)]] = UInt32(item)
            places[Int(subject)] += 1
        }
    }

    /// By item: the kind of waste that a held item is; nil for what is alive, and for what is not held itself.
    func kindOfItem() -> [WasteKind?] {
        var isHeld = [Bool](repeating: false, count: graph.itemCount)
        var isNamed = isHeld
        var isInRepository = isHeld
        let isNoRepository = graph.repositoryNames.map { $0 == LayerGraph.noRepository }
        for holding in 0..<graph.holdingCount {
            let item = Int(graph.holdingItems[holding])
            isHeld[item] = true
            if graph.holdingIsReferenced[holding] { isNamed[item] = true }
            if !isNoRepository[Int(graph.holdingRepositories[holding])] { isInRepository[item] = true }
        }
        let isOrphan = graph.itemSubjects.map { $0 == LayerGraph.missing }
        var isAlive = [Bool](repeating: false, count: graph.itemCount)
        spread(from: isNamed.indices.filter { isNamed[$0] && !isOrphan[$0] }, in: &isAlive)
        var hangsOnOrphan = isAlive
        spread(from: isHeld.indices.filter { isHeld[$0] && isOrphan[$0] && !isAlive[$0] }, in: &hangsOnOrphan)
        return isHeld.indices.map { item in
            guard isHeld[item], !isAlive[item] else { return nil }
            if hangsOnOrphan[item] { return .orphaned }
            if !graph.itemIsIntermediate.isEmpty, graph.itemIsIntermediate[item] { return nil }
            return isInRepository[item] ? .untagged : .dangling
        }
    }

    /// Marks items and all that hangs on them; what is marked already is not looked at again.
    private func spread(from roots: [Int], in marks: inout [Bool]) {
        for item in roots { marks[item] = true }
        if graph.children.isEmpty && referrers.isEmpty { return }
        var stack = roots
        while let item = stack.popLast() {
            for child in graph.children(of: item) where !marks[Int(child)] {
                marks[Int(child)] = true
                stack.append(Int(child))
            }
            guard !referrers.isEmpty else { continue }
            for place in offsets[item]..<offsets[item + 1] where !marks[Int(referrers[place])] {
                marks[Int(referrers[place])] = true
                stack.append(Int(referrers[place]))
            }
        }
    }
}

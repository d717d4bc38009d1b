import Figures

/// Those of many holders that hold most, and those whose going would free most.
struct TopHolders {
    /// A node that stays, in numbers.
    struct Entry {
        var node: LayerGraph.Index
        var heldBytes: Int64
        var freesBytes: Int64
    }

    private let limit: Int
    private var byHeld: [Entry] = []
    private var byFreed: [Entry] = []

    /// - Parameter limit: how many of each.
    init(limit: Int) { self.limit = limit }

    /// Adds one; of equals the first added stands first.
    mutating func add(_ entry: Entry) {
        insert(entry, into: &byHeld) { ($0.heldBytes, $0.freesBytes) }
        insert(entry, into: &byFreed) { ($0.freesBytes, $0.heldBytes) }
    }

    private func insert(_ entry: Entry, into list: inout [Entry], by key: (Entry) -> (Int64, Int64)) {
        if list.count == limit {
            guard let last = list.last, key(entry) > key(last) else { return }
            list.removeLast()
        }
        let place = list.lastIndex { key($0) >= key(entry) }.map { $0 + 1 } ?? 0
        list.insert(entry, at: place)
    }

    /// Most held bytes first, each once.
    var entries: [Entry] {
        let known = Set(byHeld.map(\.node))
        return (byHeld + byFreed.filter { !known.contains($0.node) }).sorted { left, right in
            if left.heldBytes != right.heldBytes { return left.heldBytes > right.heldBytes }
            if left.freesBytes != right.freesBytes { return left.freesBytes > right.freesBytes }
            return left.node < right.node
        }
    }
}

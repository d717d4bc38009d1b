import Figures

extension WhatIf {
    private static let limit = 20
    /// So many items are looked at for one object, and for all together: a base layer may be in a million.
    private static let itemsPerObject = 20_000
    private static let itemsInAll = 200_000
    /// So many holders are compared.
    private static let comparedHolders = 500

    /// Says who holds objects that stay. What goes was taken from the counts.
    func findHolders(
        of retained: [Index], _ counts: inout MarkCounts, _ followers: inout Followers, in answer: inout Answer
    ) {
        let graph = nodes.graph
        var bytes: [Index: Int64] = [:]
        var left = Self.itemsInAll
        for object in retained.sorted(by: { graph.bytes($0) > graph.bytes($1) }) where graph.bytes(object) > 0 {
            let (holders, isWhole) = holders(of: object, atMost: min(left, Self.itemsPerObject), counts)
            left -= holders.looked
            for node in holders.nodes { bytes[node, default: 0] += graph.bytes(object) }
            if !isWhole { answer.comparesAllHolders = false }
        }
        var candidates = bytes.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }.map(\.key)
        if candidates.count > Self.comparedHolders {
            candidates.removeSubrange(Self.comparedHolders...)
            answer.comparesAllHolders = false
        }
        var held = answer.comparesAllHolders ? nil : HeldObjects(graph, retained)
        candidates.sort()
        var top = TopHolders(limit: Self.limit)
        for node in candidates {
            let heldBytes = held?.bytes(heldBy: nodes.items[Int(node)]) ?? bytes[node] ?? 0
            let frees = counts.bytesFreed(byTaking: node, followers: &followers)
            top.add(TopHolders.Entry(node: node, heldBytes: heldBytes, freesBytes: frees))
        }
        answer.holders = top.entries.map { nodes.holder($0) { _ in true } }
    }

    /// The nodes that stay for their own sake and reach an object, how many items were looked at, and whether these
    /// were all.
    private func holders(
        of object: Index, atMost limit: Int, _ counts: MarkCounts
    ) -> (found: (nodes: Set<Index>, looked: Int), isWhole: Bool) {
        var found = Set<Index>()
        var seen = Set<Index>()
        var stack: [Index] = []
        var isWhole = true
        func look(at items: ArraySlice<Index>) {
            for item in items where !seen.contains(item) {
                guard seen.count < limit else {
                    isWhole = false
                    return
                }
                seen.insert(item)
                stack.append(item)
            }
        }
        look(at: itemsOfObject[object])
        while let item = stack.popLast() {
            for node in nodesOfItem[item] where !counts.isGone[Int(node)] && isRoot(node) { found.insert(node) }
            look(at: parentsOfItem[item])
        }
        return ((found, seen.count), isWhole)
    }

    private func isRoot(_ node: Index) -> Bool { followers.isFixed[Int(node)] || nodes.leaders[Int(node)] == 0 }
}

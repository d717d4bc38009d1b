extension FrontierSearch {
    /// How many candidates are tried, and how many edges looked at.
    private static let triedCandidates = 2000
    private static let completingEffort = 1 << 24

    /// What adding a node, with all that it needs, brings.
    private struct Addition {
        var node: Int
        var trade: Trade
    }

    /// Adds what frees most for its loss, one after the other, and at last what reaches the target at the least loss:
    /// after as many of the former as makes the whole cheapest. Does nothing if that is not found.
    ///
    /// - Parameter waiting: candidates in the order of the hull. What is next on it is likeliest to fit: only some are
    ///   tried, and what they hold together.
    func complete(_ selection: inout ClosureSelection, _ bytes: Int64, _ waiting: ArraySlice<UInt32>) {
        var nodes = triedNodes(selection, waiting)
        let limit = selection.work + Self.completingEffort
        var steps: [[UInt32]] = []
        var best: (loss: Int64, steps: Int, node: Int)?
        while selection.work < limit {
            let (reaching, cheapest) = additions(to: &selection, bytes, &nodes)
            if let reaching, selection.loss + reaching.trade.loss < best?.loss ?? .max {
                best = (selection.loss + reaching.trade.loss, steps.count, reaching.node)
            }
            guard let cheapest, selection.loss + cheapest.trade.loss < best?.loss ?? .max else { break }
            steps.append(selection.add(cheapest.node))
        }
        while steps.count > best?.steps ?? 0, let last = steps.popLast() { selection.takeBack(last) }
        if let best { selection.add(best.node) }
    }

    private func triedNodes(_ selection: ClosureSelection, _ waiting: ArraySlice<UInt32>) -> [Int] {
        var nodes: Set<Int> = []
        for candidate in waiting.lazy.filter({ !selection.isChosen[Int($0)] }).prefix(Self.triedCandidates) {
            nodes.insert(Int(candidate))
            for edge in needers.edges(to: Int(candidate)) { nodes.insert(Int(needers.tails[Int(edge)])) }
        }
        return nodes.sorted()
    }

    /// The addition that reaches the target at the least loss, and the one that frees most for its loss without.
    private func additions(
        to selection: inout ClosureSelection, _ bytes: Int64, _ nodes: inout [Int]
    ) -> (reaching: Addition?, cheapest: Addition?) {
        let (loss, freed) = (selection.loss, selection.bytes)
        var reaching: Addition?
        var cheapest: Addition?
        nodes.removeAll { node in
            let added = selection.add(node)
            let trade = Trade(bytes: selection.bytes - freed, loss: selection.loss - loss)
            selection.takeBack(added)
            if trade.bytes >= bytes - freed {
                if trade.loss < reaching?.trade.loss ?? .max { reaching = Addition(node: node, trade: trade) }
            } else if !added.isEmpty {
                if cheapest.map({ trade.isCheaper(than: $0.trade) }) ?? true {
                    cheapest = Addition(node: node, trade: trade)
                }
            }
            return added.isEmpty
        }
        return (reaching, cheapest)
    }
}

import Figures

extension CleanupClosure {
    /// The nodes that go, in the order of deletion: whatever names another's digest before it (an index before its
    /// children, a referrer before its subject, an image before what it was built from), so that a run that stops half-way leaves nothing that is broken.
    var order: [Index] {
        let listing = nodes.listed
        let subjects = nodes.referrers.reversed(count: nodes.count)
        var isDone = going.origins.map { $0 == LayerGraph.none }
        var order: [Index] = []
        // Depth first, each node after all that it names; turned round at the end.
        var stack: [(node: Index, isLeft: Bool)] = []
        for start in (0..<Index(nodes.count)).reversed() where !isDone[Int(start)] {
            stack.append((start, false))
            while let (node, isLeft) = stack.popLast() {
                if isLeft {
                    order.append(node)
                    continue
                }
                guard !isDone[Int(node)] else { continue }
                isDone[Int(node)] = true
                stack.append((node, true))
                for rows in [listing[node], subjects[node], nodes.bases[node]] {
                    for below in rows where !isDone[Int(below)] { stack.append((below, false)) }
                }
            }
        }
        return order.reversed()
    }
}

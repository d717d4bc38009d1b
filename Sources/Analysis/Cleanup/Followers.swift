import Figures

/// Finds what goes along with nodes: children and referrers of which nothing is left that lists them or that they are
/// about, and which nothing else keeps.
struct Followers: Sendable {
    typealias Index = LayerGraph.Index

    let nodes: HoldingGraph
    /// By node: whether it stays, whatever becomes of what lists it or what it is about; or has gone already.
    private(set) var isFixed: [Bool]
    /// By node: how many leaders (``HoldingGraph/leaders``) are left.
    private(set) var leaders: [UInt32]

    init(_ nodes: HoldingGraph, isFixed: [Bool]) {
        self.nodes = nodes
        self.isFixed = isFixed
        leaders = nodes.leaders
    }

    /// What goes when these nodes go, these included. Nothing is changed by the question.
    mutating func going(with roots: [Index]) -> [Index] {
        var going = roots
        let isRoot = roots.count > 1 ? Set(roots) : []
        var position = 0
        while position < going.count {
            let node = going[position]
            position += 1
            nodes.forEachBelow(node) { below in
                leaders[Int(below)] -= 1
                guard leaders[Int(below)] == 0, !isFixed[Int(below)], below != roots.first, !isRoot.contains(below)
                else { return }
                going.append(below)
            }
        }
        for node in going { nodes.forEachBelow(node) { leaders[Int($0)] += 1 } }
        return going
    }

    /// Takes nodes away for good.
    mutating func take(_ gone: [Index]) {
        for node in gone {
            isFixed[Int(node)] = true
            nodes.forEachBelow(node) { leaders[Int($0)] -= 1 }
        }
    }
}

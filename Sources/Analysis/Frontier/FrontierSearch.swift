package import Figures

/// Finds the ``Frontier`` of a problem, and then choices for targets.
package struct FrontierSearch: Sendable {
    package let frontier: Frontier
    /// The problem without what cannot matter.
    let graph: ClosureGraph
    let needers: ClosureNeeders
    let pieces: [HullPiece]
    /// Candidates' numbers in ``graph``, of all pieces.
    let members: [UInt32]
    /// Pieces between corner i and the next: `pieces[steps[i]]`. They cost the same per byte, and each can be had
    /// without the others.
    let steps: [Range<Int>]

    /// Finds the whole frontier.
    package init(_ problem: FrontierProblem) {
        graph = ClosureGraph(problem)
        needers = ClosureNeeders(graph)
        var search = HullSearch(graph)
        search.sortPieces()
        pieces = search.pieces
        members = search.members
        var corners = [Frontier.Corner(loss: 0, freedBytes: 0)]
        var entersAt = [UInt32](repeating: Frontier.never, count: problem.candidateCount)
        var steps: [Range<Int>] = []
        for (place, piece) in pieces.enumerated() {
            var corner = corners[corners.count - 1]
            corner.loss += piece.trade.loss
            corner.freedBytes += piece.trade.bytes
            if piece.trade.loss == 0 {
                corners[0] = corner
            } else if let step = steps.last, pieces[step.lowerBound].trade.hasSamePrice(as: piece.trade) {
                corners[corners.count - 1] = corner
                steps[steps.count - 1] = step.lowerBound..<place + 1
            } else {
                corners.append(corner)
                steps.append(place..<place + 1)
            }
            for member in members[piece.members] {
                entersAt[Int(graph.names[Int(member)])] = UInt32(corners.count - 1)
            }
        }
        self.steps = steps
        frontier = Frontier(
            corners: corners, entersAt: entersAt,
            lossUnit: max(1, graph.losses.reduce(0) { greatestCommonDivisor($0, $1) }))
    }
}

package import Figures

extension FrontierSearch {
    /// How many edges the search for proof looks at before it gives up; some tenths of a second.
    package static let usualEffort = 20_000_000

    /// The choice that frees at least so many bytes at the least loss that could be found.
    ///
    /// It starts between two corners: from what is best with fewer bytes, by adding what fills the rest, and from what is
    /// best with more, by giving back what is not needed. If the bound leaves room for a better one, everything that
    /// could be better is searched through, as far as `effort` goes: if that comes to an end, the choice is optimal, and
    /// its ``TargetChoice/lowerBound`` says so.
    ///
    /// - Parameter provenCandidates: with no more undecided candidates than that, there is no end to the effort.
    package func target(_ bytes: Int64, effort: Int = usualEffort, provenCandidates: Int = 22) -> TargetOutcome {
        guard bytes > 0 else {
            return .reached(TargetChoice(candidates: [], loss: 0, freedBytes: 0, lowerBound: 0))
        }
        guard let corner = frontier.corner(freeing: bytes), let bound = frontier.leastLoss(freeing: bytes) else {
            return .unreachable(mostBytes: frontier.mostBytes)
        }
        var best = selection(at: corner)
        guard corner > 0, best.loss > bound else { return .reached(choice(best.isChosen, bound)) }
        prune(&best, bytes)
        if best.loss > bound {
            let filled = filled(corner, bytes)
            if filled.loss < best.loss { best = filled }
        }
        guard best.loss > bound else { return .reached(choice(best.isChosen, bound)) }
        let proof = prove(best, corner, bytes, bound, (effort, provenCandidates))
        return .reached(choice(proof.isChosen, proof.isComplete ? nil : bound))
    }

    private func prove(
        _ best: ClosureSelection, _ corner: Int, _ bytes: Int64, _ bound: Int64, _ effort: (edges: Int, candidates: Int)
    ) -> (isChosen: [Bool], isComplete: Bool) {
        let (low, high) = (frontier.corners[corner - 1], frontier.corners[corner])
        let (cost, gain) = (high.freedBytes - low.freedBytes, high.loss - low.loss)
        let divisor = greatestCommonDivisor(cost, gain)
        let question = ProofQuestion(
            bytes: bytes, bound: bound, lossUnit: frontier.lossUnit, cost: cost / divisor, gain: gain / divisor,
            corner: low, order: members, entering: pieces[steps[corner - 1].upperBound - 1].members.upperBound,
            isChosen: best.isChosen, loss: best.loss)
        // Sums of slack stay below the worth of everything.
        let worth = question.gain.multipliedReportingOverflow(by: frontier.mostBytes)
        let price = question.cost.multipliedReportingOverflow(by: graph.totalLoss)
        if !worth.overflow, !price.overflow, worth.partialValue < 1 << 60, price.partialValue < 1 << 60 {
            var search = ProofSearch<Int64>(graph, question)
            let isComplete = search.run(effort)
            return (search.isChosen, isComplete)
        }
        var search = ProofSearch<Int128>(graph, question)
        let isComplete = search.run(effort)
        return (search.isChosen, isComplete)
    }

    /// The choice of these candidates; optimal if there is no bound but its own loss.
    private func choice(_ isChosen: [Bool], _ bound: Int64?) -> TargetChoice {
        var selection = ClosureSelection(graph, needers)
        var candidates: [LayerGraph.Index] = []
        for candidate in isChosen.indices where isChosen[candidate] {
            selection.add(candidate)
            candidates.append(graph.names[candidate])
        }
        return TargetChoice(
            candidates: candidates, loss: selection.loss, freedBytes: selection.bytes,
            lowerBound: bound ?? selection.loss)
    }

    private func selection(at corner: Int) -> ClosureSelection {
        var selection = ClosureSelection(graph, needers)
        let end = corner > 0 ? steps[corner - 1].upperBound : steps.first?.lowerBound ?? pieces.count
        for piece in pieces[..<end] {
            for member in members[piece.members] { selection.add(Int(member)) }
        }
        return selection
    }

    /// What is best with fewer bytes, filled up.
    private func filled(_ corner: Int, _ bytes: Int64) -> ClosureSelection {
        var selection = selection(at: corner - 1)
        let step = steps[corner - 1]
        // Pieces of one price are on the hull in any order: the large ones first, as far as they fit.
        for piece in pieces[step].sorted(by: { $0.trade.bytes > $1.trade.bytes })
        where piece.trade.bytes <= bytes - selection.bytes {
            for member in members[piece.members] { selection.add(Int(member)) }
        }
        guard selection.bytes < bytes else { return selection }
        let waiting = members[pieces[step.lowerBound].members.lowerBound...]
        complete(&selection, bytes, waiting)
        // Everything on the hull up to the next corner is enough in any case.
        for member in waiting {
            guard selection.bytes < bytes else { break }
            selection.add(Int(member))
        }
        prune(&selection, bytes)
        return selection
    }
}

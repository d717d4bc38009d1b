extension FrontierSearch {
    /// How many edges are looked at.
    private static let pruningEffort = 1 << 26

    /// Gives back what is not needed for the target, what costs most for its bytes first, and goes on as long as that
    /// helps.
    func prune(_ selection: inout ClosureSelection, _ bytes: Int64) {
        let limit = selection.work + Self.pruningEffort
        while selection.bytes > bytes, selection.work < limit {
            let loss = selection.loss
            for candidate in spareCandidates(&selection, bytes, limit) where selection.isChosen[candidate] {
                let removed = selection.remove(candidate, keeping: bytes)
                if selection.bytes < bytes { selection.put(removed) }
            }
            if selection.loss == loss { return }
        }
    }

    /// Candidates that could be given back, each alone with those that need it.
    private func spareCandidates(_ selection: inout ClosureSelection, _ bytes: Int64, _ limit: Int) -> [Int] {
        let (loss, freed) = (selection.loss, selection.bytes)
        var spare: [(candidate: Int, trade: Trade)] = []
        // Most candidates' own bytes alone are too many to give back.
        for candidate in selection.isChosen.indices
        where selection.isChosen[candidate] && graph.bytes[candidate] <= freed - bytes {
            let removed = selection.remove(candidate, keeping: bytes)
            let trade = Trade(bytes: freed - selection.bytes, loss: loss - selection.loss)
            if selection.bytes >= bytes, trade.loss > 0 { spare.append((candidate, trade)) }
            selection.put(removed)
            guard selection.work < limit else { break }
        }
        spare.sort { one, other in
            if other.trade.isCheaper(than: one.trade) { return true }
            return one.trade.isCheaper(than: other.trade) ? false : one.candidate < other.candidate
        }
        return spare.map(\.candidate)
    }
}

/// Least loss against most freed bytes: the corners of the lower hull of all plans, exact.
///
/// **Why a cut.** An object is freed only when every one of its holders goes. Let every freed byte be worth 1 and every
/// unit of loss cost λ. A plan is then worth `freed bytes − λ · loss`, and the best one is a *maximum closure* of the
/// graph in which an object needs its holders (and a candidate what must go with it). That is a minimum cut between
/// source → objects (their bytes), objects → holders (unlimited) and holders → sink (λ times their loss), which a
/// maximum flow finds, exactly, in whole numbers.
///
/// **Why nested.** If λ falls, loss becomes cheaper and nothing that was worth its price ceases to be. So the best plans
/// for falling prices contain one another, and ``entersAt``, one number per candidate, tells all of them. Between two of
/// them, another one can only be best at the price of their chord (bytes per loss): cutting there finds it or shows that
/// there is none, and what both plans agree upon takes no part any more.
///
/// **What the bound means.** A plan that is best at a price frees most of all plans of its loss. Whatever is not best at
/// any price lies on or below the chords between the corners. So no plan with less loss than ``leastLoss(freeing:)``
/// frees so many bytes; a plan that has it is the best that there is, and any other one is off by at most the difference.
package struct Frontier: Sendable, Equatable {
    /// A plan that no other beats at some price.
    package struct Corner: Sendable, Equatable {
        /// The losses of all chosen candidates together.
        package var loss: Int64
        /// Bytes that are freed by them together.
        package var freedBytes: Int64

        package init(loss: Int64, freedBytes: Int64) {
            self.loss = loss
            self.freedBytes = freedBytes
        }
    }

    /// Stands for "in no corner" in ``entersAt``: choosing the candidate frees nothing.
    package static let never = UInt32.max

    /// From what is free at no loss to everything; loss and bytes ascend, bytes per loss descend strictly.
    package var corners: [Corner]
    /// By candidate: the first corner that has it; all later ones have it, too. ``never`` where none has.
    package var entersAt: [UInt32]
    /// Every loss is a multiple of it; at least 1.
    package var lossUnit: Int64

    package init(corners: [Corner], entersAt: [UInt32], lossUnit: Int64) {
        self.corners = corners
        self.entersAt = entersAt
        self.lossUnit = lossUnit
    }

    /// The most that any plan frees.
    package var mostBytes: Int64 { corners.last?.freedBytes ?? 0 }

    /// The candidates of a corner, ascending.
    package func chosen(at corner: Int) -> [LayerGraph.Index] {
        entersAt.indices.filter { entersAt[$0] <= corner && entersAt[$0] != Self.never }.map { LayerGraph.Index($0) }
    }

    /// The first corner that frees so much; nil when none does.
    package func corner(freeing bytes: Int64) -> Int? {
        var (low, high) = (0, corners.count)
        while low < high {
            let middle = (low + high) / 2
            if corners[middle].freedBytes >= bytes { high = middle } else { low = middle + 1 }
        }
        return low < corners.count ? low : nil
    }

    /// The loss below which no plan frees so many bytes: the hull's, rounded up to a whole ``lossUnit``. Nil when nothing
    /// frees so much.
    package func leastLoss(freeing bytes: Int64) -> Int64? {
        guard bytes > 0 else { return 0 }
        guard let after = corner(freeing: bytes) else { return nil }
        guard after > 0 else { return corners[0].loss }
        let (low, high) = (corners[after - 1], corners[after])
        let missing = Int128(bytes - low.freedBytes) * Int128(high.loss - low.loss)
        let gained = Int128(high.freedBytes - low.freedBytes) * Int128(lossUnit)
        // Losses at corners are whole units, so the rest can be rounded alone.
        return low.loss + Int64((missing + gained - 1) / gained) * lossUnit
    }

    /// At most so many corners (at least two, if there are), evenly by bytes, the first and the last among them: for a
    /// drawing. All of them lie on the hull.
    package func thinned(to count: Int) -> [Corner] {
        guard corners.count > max(2, count), let first = corners.first else { return corners }
        let steps = Int128(max(2, count) - 1)
        var kept: [Int] = []
        for step in 0...steps {
            let bytes = first.freedBytes + Int64(Int128(mostBytes - first.freedBytes) * step / steps)
            guard let place = corner(freeing: bytes), kept.last != place else { continue }
            kept.append(place)
        }
        return kept.map { corners[$0] }
    }
}

/// Which candidates to give up in order to free so many bytes.
package struct TargetChoice: Sendable, Equatable {
    /// Ascending.
    package var candidates: [LayerGraph.Index]
    package var loss: Int64
    /// At least the target.
    package var freedBytes: Int64
    /// No plan that frees the target has less loss than this.
    package var lowerBound: Int64

    package init(candidates: [LayerGraph.Index], loss: Int64, freedBytes: Int64, lowerBound: Int64) {
        self.candidates = candidates
        self.loss = loss
        self.freedBytes = freedBytes
        self.lowerBound = lowerBound
    }

    /// How far from the best possible the loss can be at most.
    package var gap: Int64 { loss - lowerBound }
    /// Whether no plan can be better: the bound says so, or a search through everything that could be did.
    package var isOptimal: Bool { gap == 0 }
}

/// What a search for a target comes to.
package enum TargetOutcome: Sendable, Equatable {
    case reached(TargetChoice)
    /// All candidates together free no more than this.
    case unreachable(mostBytes: Int64)
}

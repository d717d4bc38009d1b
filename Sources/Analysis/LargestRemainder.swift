/// Rounds shares so that they sum to a total: those with the largest fractions get one byte more.
struct LargestRemainder {
    /// Digits that one round looks at.
    private static let digitBits = 15
    /// Fractions are below 2⁹⁰.
    private static let fractionBits = 90
    /// Below this many candidates, sorting is quicker than counting digits.
    private static let fewCandidates = 512

    /// The positions of the `count` largest fractions; of equal ones, those that come first.
    ///
    /// - Parameter precedes: which of two positions with equal fractions comes first; nil for the lower position.
    static func positions(
        ofLargest count: Int, in fractions: [UInt128], precedes: ((Int, Int) -> Bool)? = nil
    ) -> [Int] {
        guard count > 0 else { return [] }
        guard count < fractions.count else { return Array(fractions.indices) }
        var chosen: [Int] = []
        chosen.reserveCapacity(count)
        var candidates = Array(fractions.indices)
        var missing = count
        var shift = fractionBits
        // Radix selection from the highest digits down: what is above the threshold digit is in, what is below is
        // out, and only the candidates with that digit go into the next round.
        while shift > 0, missing > 0, candidates.count > fewCandidates {
            shift -= digitBits
            let (above, threshold) = split(candidates, fractions, shift, missing, into: &chosen)
            missing -= above
            candidates = threshold
        }
        guard missing > 0 else { return chosen }
        let first = precedes ?? { $0 < $1 }
        if shift > 0 || precedes != nil {
            candidates.sort { left, right in
                fractions[left] != fractions[right] ? fractions[left] > fractions[right] : first(left, right)
            }
        }
        chosen.append(contentsOf: candidates.prefix(missing))
        return chosen
    }

    /// Chooses candidates whose digit is above that of the `missing`-th largest; returns how many they are, and those
    /// that have this digit.
    private static func split(
        _ candidates: [Int], _ fractions: [UInt128], _ shift: Int, _ missing: Int, into chosen: inout [Int]
    ) -> (Int, [Int]) {
        let mask = (1 << digitBits) - 1
        func digit(_ position: Int) -> Int { Int(truncatingIfNeeded: fractions[position] >> UInt128(shift)) & mask }
        var histogram = [Int](repeating: 0, count: mask + 1)
        for position in candidates { histogram[digit(position)] += 1 }
        var threshold = mask
        var above = 0
        while above + histogram[threshold] < missing {
            above += histogram[threshold]
            threshold -= 1
        }
        var equal: [Int] = []
        equal.reserveCapacity(histogram[threshold])
        for position in candidates {
            let own = digit(position)
            if own > threshold { chosen.append(position) }
            if own == threshold { equal.append(position) }
        }
        return (above, equal)
    }
}

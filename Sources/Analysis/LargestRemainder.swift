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
        var candidates = (0..<UInt32(fractions.count)).map { $0 }
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
                let (one, other) = (fractions[Int(left)], fractions[Int(right)])
                return one != other ? one > other : first(Int(left), Int(right))
            }
        }
        chosen.append(contentsOf: candidates.prefix(missing).map { Int($0) })
        return chosen
    }

    /// Chooses candidates whose digit is above that of the `missing`-th largest; returns how many they are, and those
    /// that have this digit.
    private static func split(
        _ candidates: [UInt32], _ fractions: [UInt128], _ shift: Int, _ missing: Int, into chosen: inout [Int]
    ) -> (Int, [UInt32]) {
        let mask = (1 << digitBits) - 1
        let distance = UInt128(shift)
        let digits = candidates.map { Int32(truncatingIfNeeded: fractions[Int($0)] >> distance) & Int32(mask) }
        var histogram = [Int](repeating: 0, count: mask + 1)
        for digit in digits { histogram[Int(digit)] += 1 }
        var threshold = mask
        var above = 0
        while above + histogram[threshold] < missing {
            above += histogram[threshold]
            threshold -= 1
        }
        var equal: [UInt32] = []
        equal.reserveCapacity(histogram[threshold])
        for place in digits.indices where digits[place] >= threshold {
            if digits[place] > threshold {
                chosen.append(Int(candidates[place]))
            } else {
                equal.append(candidates[place])
            }
        }
        return (above, equal)
    }
}

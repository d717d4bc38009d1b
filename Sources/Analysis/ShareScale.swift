/// Exact arithmetic for fair shares: whole bytes, and a fraction of a byte in units of 1/``unit``.
///
/// ``unit`` is the least common multiple of 1…64, so that a byte divided among up to 64 groups (or any divisor of it)
/// is exact; for other numbers a fraction is rounded down by less than 2⁻⁵⁰, and the sums stay exact because the
/// rest is handed out by largest remainder.
enum ShareScale {
    /// lcm(1…64), a little below 2⁹⁰.
    static let unit: UInt128 = (1...64).reduce(1) { (scale: UInt128, number: UInt128) in
        scale / greatestCommonDivisor(scale, number) * number
    }

    /// `unit / n` for small n; entry 0 is not used.
    static let inverses: [UInt128] = [0] + (1...4096).map { unit / UInt128($0) }

    /// The part of one of `holders` in so many bytes: whole bytes and a fraction below ``unit``.
    @inline(__always)
    static func part(of bytes: Int64, among holders: UInt32, _ inverses: [UInt128]) -> (Int64, UInt128) {
        let divisor = Int64(holders)
        let (whole, rest) = bytes.quotientAndRemainder(dividingBy: divisor)
        guard rest != 0 else { return (whole, 0) }
        let inverse = divisor < inverses.count ? inverses[Int(divisor)] : unit / UInt128(divisor)
        return (whole, UInt128(rest) &* inverse)
    }

    /// Moves whole bytes out of a fraction.
    @inline(__always)
    static func carry(_ whole: inout Int64, _ fraction: inout UInt128, _ unit: UInt128) {
        guard fraction >= unit else { return }
        let bytes = fraction / unit
        whole += Int64(bytes)
        fraction -= bytes * unit
    }

    private static func greatestCommonDivisor(_ first: UInt128, _ second: UInt128) -> UInt128 {
        var (large, small) = (first, second)
        while small != 0 { (large, small) = (small, large % small) }
        return large
    }
}

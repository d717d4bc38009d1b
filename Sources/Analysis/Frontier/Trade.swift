/// Bytes that are freed for a loss.
struct Trade: Sendable, Equatable {
    var bytes: Int64
    var loss: Int64

    /// Whether it frees more for its loss.
    func isCheaper(than other: Trade) -> Bool {
        Int128(bytes) * Int128(other.loss) > Int128(other.bytes) * Int128(loss)
    }

    func hasSamePrice(as other: Trade) -> Bool {
        Int128(bytes) * Int128(other.loss) == Int128(other.bytes) * Int128(loss)
    }
}

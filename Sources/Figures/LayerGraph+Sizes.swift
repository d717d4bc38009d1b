extension LayerGraph {
    /// Marks sizes that cannot be true as unknown: those so large that a sum over the graph might overflow.
    ///
    /// Sizes come from documents that anyone may push, so a claim near 2^63 must not stop a run. Nothing changes while
    /// all bytes of all items, each listed as often as it stands there, fit in 63 bits.
    package mutating func discardImpossibleSizes() {
        guard let most = impossibleAbove else { return }
        for object in objectBytes.indices where objectBytes[object] > most { objectBytes[object] = -1 }
    }

    /// The graph without sizes that cannot be true (``discardImpossibleSizes()``): itself, in nearly every case.
    package var believable: LayerGraph {
        guard impossibleAbove != nil else { return self }
        var copy = self
        copy.discardImpossibleSizes()
        return copy
    }

    /// The largest size that surely leaves every sum within 63 bits; nil when nothing is in danger.
    package var impossibleAbove: Int64? {
        let terms = Int64(ownObjects.count) + Int64(objectBytes.count) + 1
        let largest = objectBytes.max() ?? 0
        let (_, overflow) = largest.multipliedReportingOverflow(by: terms)
        guard overflow else { return nil }
        var total: UInt128 = 0
        for bytes in objectBytes where bytes > 0 { total += UInt128(bytes) }
        for object in ownObjects { total += UInt128(bytes(object)) }
        return total <= UInt128(Int64.max) ? nil : Int64.max / terms
    }
}

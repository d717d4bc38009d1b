import ImageModel

/// Says which entries of an image's history made which of its layers.
///
/// The Engine API tells the bytes of each history entry, but not which entries made no layer. Every way to lay the
/// entries over the layers, in order, that fits what is known is considered; only what all of them agree on is told.
struct LayerAlignment {
    /// What is known of a layer for sure.
    struct Layer: Equatable {
        /// The entry that made it; nil when more than one could have.
        var step: Int?
        /// Its bytes; nil when they could be different ones.
        var bytes: Int64?
    }

    /// Beyond this many entry-and-layer pairs nothing is tried: no real image comes near.
    private static let pairLimit = 4_000_000

    /// Aligns an image's history with its layers.
    ///
    /// - Parameters:
    ///   - known: bytes of layers by position, as far as other images told them.
    ///   - counts: the number of layers after an entry (by its position), as far as other images told it.
    /// - Returns: as many as there are layers.
    static func align(_ image: EngineImage, known: [Int64?], counts: [Int: Int] = [:]) -> [Layer] {
        if image.history.allSatisfy({ $0.isEmpty != nil }), !image.history.isEmpty {
            return direct(image, known: known)
        }
        guard image.history.count * max(1, image.diffIDs.count) <= pairLimit else {
            return known.map { Layer(step: nil, bytes: $0) }
        }
        var best: [Layer]?
        for trusting in [false, true] {
            let table = Table(image, known: known, counts: counts, trusting: trusting)
            guard let layers = table.layers(), best?.agrees(with: layers) ?? true else { continue }
            best = layers
            if layers.allSatisfy({ $0.bytes != nil && $0.step != nil }) { break }
        }
        var layers = best ?? known.map { Layer(step: nil, bytes: $0) }
        fillRemainder(&layers, total: image.layerBytes)
        return layers
    }

    /// With each entry marked, they are counted off: from the base, or from the top as Podman does.
    private static func direct(_ image: EngineImage, known: [Int64?]) -> [Layer] {
        var layers = known.map { Layer(step: nil, bytes: $0) }
        let makers = image.history.indices.filter { image.history[$0].isEmpty == false }
        let offset = image.isCountedFromTop ? layers.count - makers.count : 0
        for (order, step) in makers.enumerated() where layers.indices.contains(order + offset) {
            layers[order + offset].step = step
            if let bytes = image.history[step].bytes { layers[order + offset].bytes = bytes }
        }
        fillRemainder(&layers, total: image.layerBytes)
        return layers
    }

    /// What the image's own total leaves for the layers that nothing else tells of.
    private static func fillRemainder(_ layers: inout [Layer], total: Int64?) {
        guard let total else { return }
        let open = layers.indices.filter { layers[$0].bytes == nil }
        let rest = total - layers.reduce(0) { $0 + ($1.bytes ?? 0) }
        guard rest >= 0 else { return }
        if open.count == 1 { layers[open[0]].bytes = rest }
        if rest == 0 { for position in open { layers[position].bytes = 0 } }
    }
}

extension [LayerAlignment.Layer] {
    /// Whether the others say nothing else where these say something.
    fileprivate func agrees(with others: [LayerAlignment.Layer]) -> Bool {
        zip(self, others).allSatisfy { own, other in
            (own.step == nil || own.step == other.step) && (own.bytes == nil || own.bytes == other.bytes)
        }
    }
}

/// Which (entries taken, layers made) can be reached from the start, and from which the end can be reached.
private struct Table {
    let image: EngineImage
    let known: [Int64?]
    let counts: [Int: Int]
    let verdicts: [EngineImage.Step.Verdict]
    private let width: Int
    private var fromStart: [Bool]

    init(_ image: EngineImage, known: [Int64?], counts: [Int: Int], trusting: Bool) {
        self.image = image
        self.known = known
        self.counts = counts
        verdicts = image.history.map { $0.verdict(trusting: trusting) }
        width = image.diffIDs.count + 1
        fromStart = [Bool](repeating: false, count: (image.history.count + 1) * width)
        fromStart[0] = true
        for step in image.history.indices {
            for made in 0..<width where fromStart[step * width + made] {
                if canSkip(step, made) { fromStart[(step + 1) * width + made] = true }
                if canMake(step, made) { fromStart[(step + 1) * width + made + 1] = true }
            }
        }
    }

    private func isAllowed(after step: Int, _ made: Int) -> Bool { counts[step].map { $0 == made } ?? true }

    private func canSkip(_ step: Int, _ made: Int) -> Bool {
        verdicts[step] != .layer && isAllowed(after: step, made)
    }

    private func canMake(_ step: Int, _ made: Int) -> Bool {
        guard made + 1 < width, verdicts[step] != .noLayer, isAllowed(after: step, made + 1) else { return false }
        guard let known = known[made], let bytes = image.history[step].bytes else { return true }
        return known == bytes
    }

    /// What all alignments agree on; nil when there is none. A history with fewer layers than the image has stands for
    /// the lowest ones (moby, daemon/images/image_history.go): that is considered only if none accounts for all.
    func layers() -> [LayerAlignment.Layer]? {
        let last = image.history.count * width
        let full = width - 1
        if fromStart[last + full] { return agreed(endingIn: full...full) }
        let ends = (0..<full).filter { fromStart[last + $0] }
        guard let lowest = ends.first, let highest = ends.last else { return nil }
        return agreed(endingIn: lowest...highest)
    }

    private func agreed(endingIn ends: ClosedRange<Int>) -> [LayerAlignment.Layer] {
        let steps = image.history.count
        var toEnd = [Bool](repeating: false, count: (steps + 1) * width)
        for made in ends { toEnd[steps * width + made] = true }
        for step in image.history.indices.reversed() {
            for made in 0..<width {
                let skips = canSkip(step, made) && toEnd[(step + 1) * width + made]
                let makes = canMake(step, made) && toEnd[(step + 1) * width + made + 1]
                toEnd[step * width + made] = skips || makes
            }
        }
        return (0..<(width - 1)).map { position in
            var makers = 0
            var maker: Int?
            var sizes: Set<Int64?> = []
            for step in 0..<steps
            where fromStart[step * width + position] && canMake(step, position)
                && toEnd[(step + 1) * width + position + 1]
            {
                makers += 1
                maker = step
                sizes.insert(image.history[step].bytes)
            }
            // Above the lowest end, an alignment may leave the layer without an entry.
            let isSure = position < ends.lowerBound && sizes.count == 1
            return LayerAlignment.Layer(
                step: makers == 1 && position < ends.lowerBound ? maker : nil,
                bytes: known[position] ?? (isSure ? sizes.first ?? nil : nil))
        }
    }
}

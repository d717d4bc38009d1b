import ImageModel

/// Finds the bytes of every layer of an engine, by chainID, from all its images together: what one image tells of a
/// layer holds for every image that has it, since the same chainID is the same stored layer.
struct LayerSizes {
    /// Bytes by chainID, of those that are known.
    private(set) var bytes: [Digest: Int64] = [:]
    /// What is known of each image's layers, base first, in the order of the images.
    private(set) var layers: [[LayerAlignment.Layer]]
    let images: [EngineImage]
    private let chains: [[Digest]]

    /// The diffID of a tar without any entry: 1,024 zero bytes.
    private static let emptyTar = Digest.of([UInt8](repeating: 0, count: 1024))

    init(_ images: [EngineImage]) {
        self.images = images
        chains = images.map(\.chain)
        layers = images.map { _ in [] }
        for (image, chain) in zip(images, chains) {
            for (diffID, chainID) in zip(image.diffIDs, chain) where diffID == Self.emptyTar { bytes[chainID] = 0 }
        }
        solve(images.indices) { _ in [:] }
        guard !unresolved.isEmpty else { return }
        let counts = StepCounts(images)
        solve(unresolved) { counts.counts(for: images[$0]) }
    }

    /// Images of which not everything is known: the bytes of each layer, and the step that made it. The bytes may have
    /// come from other images while the image's own history still leaves the steps open.
    var unresolved: [Int] { images.indices.filter { !isResolved($0) } }

    private func isResolved(_ position: Int) -> Bool {
        layers[position].count == chains[position].count && layers[position].allSatisfy { $0.step != nil }
            && chains[position].allSatisfy { bytes[$0] != nil }
    }

    /// Takes what images' own configurations say of their steps, by the images' positions, and looks again at the
    /// others.
    mutating func learn(_ marked: [Int: EngineImage]) {
        guard !marked.isEmpty else { return }
        for (position, image) in marked {
            take(LayerAlignment.align(image, known: chains[position].map { bytes[$0] }), of: position)
        }
        let counts = StepCounts(images)
        let images = images
        solve(unresolved.filter { marked[$0] == nil }) { counts.counts(for: images[$0]) }
    }

    /// Aligns images until nothing new is learnt: one more time after the last bytes were, since they may tell which
    /// step made a layer.
    private mutating func solve(_ positions: some Collection<Int>, counts: (Int) -> [Int: Int]) {
        var open = Array(positions)
        var isLearning = true
        while isLearning && !open.isEmpty {
            isLearning = false
            for position in open {
                let before = bytes.count
                let known = chains[position].map { bytes[$0] }
                take(LayerAlignment.align(images[position], known: known, counts: counts(position)), of: position)
                if bytes.count > before { isLearning = true }
            }
            open = open.filter { !isResolved($0) }
        }
    }

    private mutating func take(_ found: [LayerAlignment.Layer], of position: Int) {
        layers[position] = found
        for (layer, chainID) in zip(found, chains[position]) {
            if let size = layer.bytes, bytes[chainID] == nil { bytes[chainID] = size }
        }
    }
}

/// Tells how many layers an image had after a step, from images that ended with that step: those that the history
/// names, and those whose whole history and layers are the beginning of it.
private struct StepCounts {
    private var byDigest: [Digest: [Digest]] = [:]
    private var byHistory: [[EngineImage.Step]: [[Digest]]] = [:]

    init(_ images: [EngineImage]) {
        for image in images {
            byDigest[image.digest] = image.diffIDs
            if let id = image.imageID { byDigest[id] = image.diffIDs }
            byHistory[Self.key(image.history[...]), default: []].append(image.diffIDs)
        }
    }

    func counts(for image: EngineImage) -> [Int: Int] {
        var counts: [Int: Int] = [:]
        for position in image.history.indices.dropLast() {
            if let named = image.history[position].image.flatMap({ byDigest[$0] }),
                image.diffIDs.starts(with: named)
            {
                counts[position] = named.count
                continue
            }
            let beginnings = byHistory[Self.key(image.history[...position])] ?? []
            let fitting = Set(beginnings.filter { image.diffIDs.starts(with: $0) }.map(\.count))
            if let count = fitting.first, fitting.count == 1 { counts[position] = count }
        }
        return counts
    }

    /// A history without the image IDs, which only the engine that built an image knows.
    private static func key(_ steps: ArraySlice<EngineImage.Step>) -> [EngineImage.Step] {
        steps.map { step in
            var step = step
            step.image = nil
            return step
        }
    }
}

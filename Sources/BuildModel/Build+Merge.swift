import ImageModel

extension Build {
    /// Takes from another reading of the same build what this one lacks. Of what both have, the more exact reading's
    /// stands: what the builder itself says over `rawjson` over a log; of two of one kind the first one's.
    package mutating func merge(_ other: Build) {
        var (exact, rough) = (self, other)
        if other.form.rank > form.rank { swap(&exact, &rough) }
        exact.fill(from: rough)
        self = exact
    }

    private mutating func fill(from other: Build) {
        reference = reference ?? other.reference
        project = project ?? other.project
        target = target ?? other.target
        dockerfile = dockerfile ?? other.dockerfile
        branch = branch ?? other.branch
        commit = commit ?? other.commit
        builder = builder ?? other.builder
        startedAt = startedAt ?? other.startedAt
        duration = duration ?? other.duration
        if result == .unknown { result = other.result }
        error = error ?? other.error
        imageDigest = imageDigest ?? other.imageDigest
        if imageNames.isEmpty { imageNames = other.imageNames }
        vertices = vertices ?? other.vertices
        cachedVertices = cachedVertices ?? other.cachedVertices
        gaps += other.gaps.filter { !gaps.contains($0) }
        guard !steps.isEmpty else {
            steps = other.steps
            return
        }
        // Steps of one name are the same in the order in which they come.
        var others = Dictionary(grouping: other.steps, by: \.comparedName).mapValues { $0[...] }
        for position in steps.indices {
            guard let step = others[steps[position].comparedName]?.popFirst() else { continue }
            steps[position].fill(from: step)
        }
    }
}

extension BuildStep {
    /// Inputs stay: the other reading's numbers are its own.
    fileprivate mutating func fill(from other: BuildStep) {
        platform = platform ?? other.platform
        stage = stage ?? other.stage
        position = position ?? other.position
        positions = positions ?? other.positions
        instruction = instruction ?? other.instruction
        vertex = vertex ?? other.vertex
        startOffset = startOffset ?? other.startOffset
        duration = duration ?? other.duration
        error = error ?? other.error
        lines = lines ?? other.lines
        if layers.isEmpty { layers = other.layers }
        imageID = imageID ?? other.imageID
    }
}

extension BuildForm {
    /// How exactly it tells of a build.
    fileprivate var rank: Int {
        switch self {
        case .log: 0
        case .rawjson: 1
        case .record, .api: 2
        }
    }
}

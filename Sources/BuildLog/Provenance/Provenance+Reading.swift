import ImageModel

extension Provenance {
    private static let stepLimit = 50_000

    /// Takes what is read of a provenance. Throws ``ImageModel/ImageModelError`` when it is none of BuildKit's.
    init(_ raw: RawProvenance) throws(ImageModelError) {
        let predicate = raw.predicate
        let definition = predicate.buildDefinition
        guard let type = definition?.buildType ?? predicate.buildType, type.contains("buildkit") else {
            throw ImageModelError(.document, at: "buildType", "is none of BuildKit's")
        }
        self.init(version: definition == nil ? .slsa02 : .slsa1)
        let source = definition?.externalParameters?.configSource ?? predicate.invocation?.configSource
        let request = definition?.externalParameters?.request ?? predicate.invocation?.parameters
        let details = predicate.runDetails?.metadata?.details ?? predicate.metadata?.details
        let config = definition?.internalParameters?.buildConfig ?? predicate.buildConfig
        let arguments = request?.args ?? request?.root?.request?.args ?? [:]
        let origin = BuildOrigin(
            attributes: arguments, vcs: details?.vcs ?? [:], contextURI: source?.uri,
            contextCommit: source?.digest?["sha1"] ?? source?.digest?["gitCommit"])
        dockerfile = origin.dockerfile ?? source?.path ?? source?.entryPoint
        target = origin.target
        project = origin.project
        commit = origin.commit
        branch = origin.branch
        steps = try Self.steps(config, details)
    }

    private static func steps(
        _ config: RawProvenance.BuildConfig?, _ details: RawProvenance.Details?
    ) throws(ImageModelError) -> [Digest: Step] {
        guard let mapping = config?.digestMapping else { return [:] }
        guard mapping.count <= stepLimit, config?.llbDefinition?.count ?? 0 <= stepLimit else {
            throw ImageModelError(.document, at: "buildConfig", "has more than \(stepLimit) steps")
        }
        let chains = chains(of: details)
        var inputs: [String: [String]] = [:]
        for definition in config?.llbDefinition ?? [] { inputs[definition.id] = definition.inputs ?? [] }
        var steps: [Digest: Step] = [:]
        for (text, id) in mapping {
            let vertex: Digest
            do {
                vertex = try Digest(text)
            } catch {
                throw ImageModelError(.document, at: "buildConfig.digestMapping", error.reason)
            }
            let step = Step(
                lines: lines(details?.source?.locations?[id]),
                layers: ownLayers(chains[id] ?? [:], inputs: inputs[id], chains))
            if step.lines != nil || !step.layers.isEmpty { steps[vertex] = step }
        }
        return steps
    }

    /// The lines of an instruction: from the first to the last of the ranges that it is said to stand in.
    private static func lines(_ places: RawProvenance.Details.Places?) -> ClosedRange<Int>? {
        guard let place = places?.locations?.first else { return nil }
        let spans = (place.ranges ?? []).compactMap { range -> ClosedRange<Int>? in
            guard let start = range.start?.line, start > 0 else { return nil }
            let end = range.end?.line ?? start
            return end >= start ? start...end : start...start
        }
        guard let first = spans.map(\.lowerBound).min(), let last = spans.map(\.upperBound).max() else { return nil }
        return first...last
    }

    /// For each step, by the output's number, the layers that its results consist of, base first: `stepN:0` is the key.
    private static func chains(of details: RawProvenance.Details?) -> [String: [String: [[Digest]]]] {
        var chains: [String: [String: [[Digest]]]] = [:]
        for (key, results) in details?.layers ?? [:] {
            let id = String(key.prefix { $0 != ":" })
            chains[id, default: [:]][key] = results.map { ($0 ?? []).map(\.digest) }
        }
        return chains
    }

    /// The layers that a step made: those that its result has beyond that of its first input, which is what it stands
    /// on. A result without layers was not looked into, so that none is known to be what; then, if the step has more
    /// layers than one, it cannot be told which are its own.
    private static func ownLayers(
        _ outputs: [String: [[Digest]]], inputs: [String]?, _ chains: [String: [String: [[Digest]]]]
    ) -> [Digest] {
        guard let inputs else { return [] }
        let below = inputs.first.flatMap { chains[String($0.prefix { $0 != ":" })]?[$0] } ?? []
        var own: [Digest] = []
        for (_, results) in outputs.sorted(by: { $0.key < $1.key }) {
            for chain in results {
                let base = below.filter { chain.starts(with: $0) }.map(\.count).max() ?? 0
                guard inputs.isEmpty || base > 0 || chain.count == 1 else { continue }
                for layer in chain[base...] where !own.contains(layer) { own.append(layer) }
            }
        }
        return own
    }
}

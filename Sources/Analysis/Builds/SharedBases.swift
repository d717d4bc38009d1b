import BuildModel

/// The images that stages of a lineage are printed to begin with.
///
/// BuildKit prints a FROM that several stages share under one of them, now this and now that. Where a build has one
/// image, a stage without a FROM begins with it; where it has several, what is printed of the stage in another build
/// tells which.
struct SharedBases {
    private struct Key: Hashable {
        var platform: String?
        var stage: String?
    }

    /// In the order of the builds.
    private var printed: [Key: [(build: Int, name: String)]] = [:]

    init(_ builds: [Build]) {
        for (number, build) in builds.enumerated() where build.tool == .buildkit {
            for step in build.steps where step.kind == .from && step.position != nil {
                let key = Key(platform: step.platform, stage: step.stage)
                printed[key, default: []].append((number, BaseName(from: step.text).name))
            }
        }
    }

    /// The name of those given that the stage had in the last build before this one, else in the first after it.
    func name(of key: StageKey, in build: Int, among names: Set<String>) -> String? {
        let known = (printed[Key(platform: key.platform, stage: key.name)] ?? []).filter { names.contains($0.name) }
        return (known.last { $0.build < build } ?? known.first { $0.build > build })?.name
    }
}

extension StagedBuild {
    /// The FROM of a stage that has none of its own, as it is printed under another stage.
    ///
    /// - Returns: nil where there is none, or it cannot be told; whether other builds had to tell which of several.
    func sharedBase(of key: StageKey, _ shared: SharedBases, _ number: Int) -> (step: Int, isGuessed: Bool)? {
        // The beginning of a log that is cut may have had the stage's own.
        guard build.tool == .buildkit, build.gaps.isEmpty, let first = order[key]?.first else { return nil }
        if tellsInputs {
            let images = imagesBelow(first)
            let others = images.filter { image in
                let base = BaseName(from: build.steps[image].text)
                return !build.steps[first].namedSources.contains { base.isImage($0) }
            }
            return (others.first ?? images.first).map { ($0, false) }
        }
        guard mayLackBase(key) else { return nil }
        let images = build.steps.indices.filter {
            build.steps[$0].kind == .from && build.steps[$0].platform == key.platform
        }
        let bases = images.map { BaseName(from: build.steps[$0].text) }
        if Set(bases).count == 1 { return images.first.map { ($0, false) } }
        guard let name = shared.name(of: key, in: number, among: Set(bases.map(\.name))) else { return nil }
        return zip(images, bases).first { $1.name == name }.map { ($0.0, true) }
    }

    /// Images that a step stands on immediately, in the order in which it names them.
    private func imagesBelow(_ index: Int) -> [Int] {
        var found: [Int] = []
        var (open, seen) = (Array(build.steps[index].inputs.reversed()), Set<Int>())
        while let number = open.popLast() {
            guard seen.insert(number).inserted, let input = indices[number] else { continue }
            switch build.steps[input].kind {
            case .from: found.append(input)
            case .instruction: break
            default: open += build.steps[input].inputs.reversed()
            }
        }
        return found
    }

    /// Whether the stage begins with an image whose FROM is not printed under it. One that begins with another stage
    /// counts its steps from 1, as one on `scratch` does.
    private func mayLackBase(_ key: StageKey) -> Bool {
        guard let first = order[key]?.first, build.steps[first].kind != .from else { return false }
        return build.tool == .buildkit && build.steps[first].position ?? 1 > 1
    }

    /// Whether it is not known for certain which image the stage begins with.
    func isBaseOpen(_ key: StageKey) -> Bool { guessed.contains(key) || mayLackBase(key) }

    /// What tells an image from others that had its name: the digest that FROM was resolved to, or the ID that the
    /// builder printed. That of a stage is no such thing.
    func version(ofBase from: Int) -> String? {
        let step = build.steps[from]
        return BaseName(from: step.text).digest ?? (links[from].isEmpty ? step.imageID : nil)
    }
}

import BuildModel

/// A build with its steps in their stages, and what each stands on.
struct StagedBuild {
    let build: Build
    /// The stages in the order of their first steps; with BuildKit of their first instructions, as it means nothing
    /// which of them a FROM is printed under.
    private(set) var stages: [StageKey] = []
    /// Indices of a stage's FROM, which may be printed under another stage, and of its instructions, in the order of
    /// the Dockerfile.
    private(set) var order: [StageKey: [Int]] = [:]
    /// By step; nil for one that is in no stage.
    private(set) var stage: [StageKey?]
    private(set) var identity: [StepIdentity?]
    /// By step: its index in the stage that it is printed under.
    private(set) var place: [Int]
    /// Stages of which other builds tell with which of several images they begin.
    private(set) var guessed: Set<StageKey> = []
    /// By step: the steps of other stages that it takes files from or begins with.
    private(set) var links: [[Int]]
    /// By step; nil for one that is in no stage and is no image.
    private(set) var chain: [StepChain?]
    /// Whether the build tells what its steps stand on.
    let tellsInputs: Bool
    let indices: [Int: Int]

    /// - Parameter number: the build's index in the lineage that the shared bases are of.
    init(_ build: Build, _ number: Int, _ shared: SharedBases, table: inout ChainTable) {
        self.build = build
        let count = build.steps.count
        stage = Array(repeating: nil, count: count)
        identity = Array(repeating: nil, count: count)
        place = Array(repeating: 0, count: count)
        links = Array(repeating: [], count: count)
        chain = Array(repeating: nil, count: count)
        tellsInputs = build.steps.contains { !$0.inputs.isEmpty }
        indices = Dictionary(build.steps.enumerated().map { ($1.number, $0) }) { first, _ in first }
        sortIntoStages()
        addSharedBases(shared, number)
        for step in 0..<count { links[step] = findLinks(step) }
        makeChains(&table)
    }

    /// An image that only `COPY --from` names stands in no stage.
    private func isOutside(_ step: BuildStep) -> Bool {
        step.kind == .from && step.position == nil && build.tool == .buildkit
    }

    private mutating func sortIntoStages() {
        let members = build.steps.indices.filter {
            [.from, .instruction].contains(build.steps[$0].kind) && !isOutside(build.steps[$0])
        }
        let groups = Dictionary(grouping: members) { index in
            StageKey(
                tool: build.tool, platform: build.steps[index].platform, name: build.steps[index].stage, segment: 0)
        }
        for (key, group) in groups {
            let sorted = group.sorted {
                (build.steps[$0].position ?? .max, build.steps[$0].number, $0)
                    < (build.steps[$1].position ?? .max, build.steps[$1].number, $1)
            }
            var (segment, seen) = (key, Set<Int>())
            for index in sorted {
                if build.steps[index].kind == .from, !seen.isEmpty { segment.segment += 1 }
                seen.insert(index)
                stage[index] = segment
                order[segment, default: []].append(index)
            }
        }
        for (key, group) in order {
            var counts: [String: Int] = [:]
            for (position, index) in group.enumerated() {
                place[index] = position
                let text = build.steps[index].text
                identity[index] = StepIdentity(stage: key, text: text, occurrence: counts[text, default: 0])
                counts[text, default: 0] += 1
            }
        }
        let begins = order.mapValues { steps in
            let instructions = steps.filter { build.tool != .buildkit || build.steps[$0].kind != .from }
            return (instructions.min() ?? steps.min() ?? 0, steps.min() ?? 0)
        }
        stages = order.keys.sorted { (begins[$0] ?? (0, 0)) < (begins[$1] ?? (0, 0)) }
    }

    private mutating func addSharedBases(_ shared: SharedBases, _ number: Int) {
        for key in stages where base(of: key) == nil {
            guard let found = sharedBase(of: key, shared, number) else { continue }
            for index in order[key] ?? [] { place[index] += 1 }
            order[key]?.insert(found.step, at: 0)
            if found.isGuessed { guessed.insert(key) }
        }
    }

    private func findLinks(_ index: Int) -> [Int] {
        guard let own = stage[index] else { return [] }
        let sources = build.steps[index].namedSources
        var found = Set(sources.compactMap { lastStep(of: $0, from: own) })
        if build.steps[index].kind != .from {
            found.formUnion(sources.filter { lastStep(of: $0, from: own) == nil }.compactMap(image))
        }
        var (open, seen) = (build.steps[index].inputs, Set<Int>())
        while let number = open.popLast() {
            guard seen.insert(number).inserted, let input = indices[number] else { continue }
            let step = build.steps[input]
            if stage[input] == nil && !isOutside(step) {
                // Merges, and the like: what they stand on counts.
                open += step.inputs
            } else if stage[input] != own && input != base(of: own) {
                found.insert(input)
            }
        }
        return found.sorted()
    }

    /// The last step of the stage that is named so.
    private func lastStep(of source: String, from own: StageKey) -> Int? {
        let name = source.lowercased()
        let names = Int(name) == nil ? [name] : [name, "stage-\(name)"]
        let matches = stages.filter { $0 != own && names.contains($0.name?.lowercased() ?? "") }
        let samePlatform = matches.filter { $0.platform == own.platform }
        if let match = samePlatform.first ?? (matches.count == 1 ? matches.first : nil) { return order[match]?.last }
        if build.tool != .buildkit, let number = Int(name), stages.indices.contains(number), stages[number] != own {
            return order[stages[number]]?.last
        }
        return nil
    }

    /// The FROM of an image, whatever stage BuildKit prints it under.
    private func image(_ name: String) -> Int? {
        build.steps.indices.first {
            build.tool == .buildkit && build.steps[$0].kind == .from
                && BaseName(from: build.steps[$0].text).isImage(name)
        }
    }

    /// Chains of one stage after the other, each after those it takes from. Stages that take from each other in a
    /// circle, which no builder makes, are taken as they come.
    private mutating func makeChains(_ table: inout ChainTable) {
        for index in build.steps.indices where isImage(index) {
            chain[index] = extend(table.root(build.tool, platform: build.steps[index].platform), index, &table)
        }
        var (done, begun) = (Set<StageKey>(), Set<StageKey>())
        for key in stages {
            var open = [key]
            while let next = open.last {
                let needed = (order[next] ?? []).flatMap { links[$0] }.filter { !isImage($0) }.compactMap { stage[$0] }
                let waiting = begun.insert(next).inserted ? needed.filter { !begun.contains($0) } : []
                open += waiting
                guard waiting.isEmpty else { continue }
                open.removeLast()
                if done.insert(next).inserted { makeChains(of: next, &table) }
            }
        }
    }

    private mutating func makeChains(of key: StageKey, _ table: inout ChainTable) {
        var below = table.root(build.tool, platform: key.platform)
        for index in order[key] ?? [] {
            below = isImage(index) ? chain[index] ?? below : extend(below, index, &table)
            chain[index] = below
        }
    }

    private func extend(_ below: StepChain, _ index: Int, _ table: inout ChainTable) -> StepChain {
        let step = build.steps[index]
        let base = step.kind == .from ? BaseName(from: step.text) : nil
        return table.extend(
            below, text: base.map { "FROM \($0.name)" } ?? step.text,
            version: base == nil ? nil : version(ofBase: index),
            links: links[index].compactMap { chain[$0]?.whole }.sorted())
    }

    /// Whether it is a FROM that names no stage.
    private func isImage(_ index: Int) -> Bool { build.steps[index].kind == .from && links[index].isEmpty }

    /// The stage's FROM, where it has a vertex or step.
    func base(of key: StageKey) -> Int? { order[key]?.first { build.steps[$0].kind == .from } }

    /// A step that missed among those that the given one is made of, itself included; the earliest of its stage.
    func missBelow(_ index: Int) -> Int? {
        var (open, seen) = ([index], Set<Int>())
        while let next = open.popLast() {
            guard seen.insert(next).inserted, let key = stage[next], let steps = order[key] else { continue }
            let upTo = steps[...(place[next])]
            if let miss = upTo.first(where: { build.steps[$0].isMiss }) { return miss }
            open += upTo.flatMap { links[$0] }
        }
        return nil
    }

    /// Whether all that the step stands on is told, and is steps and images: then equal steps have equal vertices.
    func standsOnStepsOnly(_ index: Int) -> Bool {
        guard tellsInputs else { return false }
        var (open, seen) = ([index], Set<Int>())
        while let next = open.popLast() {
            guard seen.insert(next).inserted else { continue }
            let step = build.steps[next]
            guard step.kind == .from || step.kind == .instruction else { return false }
            for number in step.inputs {
                guard let input = indices[number] else { return false }
                open.append(input)
            }
        }
        return true
    }
}

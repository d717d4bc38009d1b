import BuildModel

/// A build with its steps in their stages, and what each stands on.
struct StagedBuild {
    let build: Build
    /// The stages in the order of their first steps.
    private(set) var stages: [StageKey] = []
    /// Indices of a stage's FROM and instructions, in the order of the Dockerfile.
    private(set) var order: [StageKey: [Int]] = [:]
    /// By step; nil for one that is in no stage.
    private(set) var stage: [StageKey?]
    private(set) var identity: [StepIdentity?]
    /// By step: its index in the stage.
    private(set) var place: [Int]
    /// By step: the steps of other stages that it takes files from or begins with.
    private(set) var links: [[Int]]
    /// By step; nil for one that is in no stage and is no image.
    private(set) var chain: [StepChain?]
    /// Whether the build tells what its steps stand on.
    let tellsInputs: Bool
    private let indices: [Int: Int]

    init(_ build: Build, table: inout ChainTable) {
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
        stages = order.keys.sorted { (order[$0]?.min() ?? 0) < (order[$1]?.min() ?? 0) }
    }

    private func findLinks(_ index: Int) -> [Int] {
        guard let own = stage[index] else { return [] }
        var found = Set(build.steps[index].namedSources.compactMap { resolve($0, from: own) })
        var (open, seen) = (build.steps[index].inputs, Set<Int>())
        while let number = open.popLast() {
            guard seen.insert(number).inserted, let input = indices[number] else { continue }
            let step = build.steps[input]
            if stage[input] == nil && !isOutside(step) {
                // Merges, and the like: what they stand on counts.
                open += step.inputs
            } else if stage[input] != own {
                found.insert(input)
            }
        }
        return found.sorted()
    }

    /// The last step of the stage that is named so, or the image.
    private func resolve(_ source: String, from own: StageKey) -> Int? {
        let name = source.lowercased()
        let names = Int(name) == nil ? [name] : [name, "stage-\(name)"]
        let matches = stages.filter { $0 != own && names.contains($0.name?.lowercased() ?? "") }
        let samePlatform = matches.filter { $0.platform == own.platform }
        if let match = samePlatform.first ?? (matches.count == 1 ? matches.first : nil) { return order[match]?.last }
        if build.tool != .buildkit, let number = Int(name), stages.indices.contains(number), stages[number] != own {
            return order[stages[number]]?.last
        }
        return build.steps.indices.first {
            isOutside(build.steps[$0]) && BaseName(from: build.steps[$0].text).isImage(source)
        }
    }

    /// Chains of one stage after the other, each after those it takes from. Stages that take from each other in a
    /// circle, which no builder makes, are taken as they come.
    private mutating func makeChains(_ table: inout ChainTable) {
        for index in build.steps.indices where isOutside(build.steps[index]) {
            chain[index] = extend(table.root(build.tool, platform: build.steps[index].platform), index, &table)
        }
        var (done, begun) = (Set<StageKey>(), Set<StageKey>())
        for key in stages {
            var open = [key]
            while let next = open.last {
                let needed = (order[next] ?? []).flatMap { links[$0] }.compactMap { stage[$0] }
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
            below = extend(below, index, &table)
            chain[index] = below
        }
    }

    private func extend(_ below: StepChain, _ index: Int, _ table: inout ChainTable) -> StepChain {
        let step = build.steps[index]
        let base = step.kind == .from ? BaseName(from: step.text) : nil
        return table.extend(
            below, text: base.map { "FROM \($0.name)" } ?? step.text, digest: base?.digest,
            links: links[index].compactMap { chain[$0]?.whole }.sorted())
    }

    /// The stage's FROM, where it has a vertex or step of its own.
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

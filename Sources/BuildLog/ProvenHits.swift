internal import BuildModel

/// A stage of a build, or of one platform of it.
struct StepPlace: Hashable {
    var platform: String?
    var stage: String?

    /// Nil for a step that has no position in a stage.
    init?(_ step: StepName) {
        guard step.position != nil else { return nil }
        (platform, stage) = (step.platform, step.stage)
    }
}

/// The cached steps whose results were really there, as what ran later shows: a later step of the same stage, or one
/// that takes files from it (`--from=stage`), needed them. In a build that fails BuildKit also calls those steps
/// cached that were never looked up (moby/buildkit: the server completes what stands above a step that ended).
struct ProvenHits {
    private var proven: Set<Int> = []

    init(_ vertices: [PlainVertex], parsed: [StepName?]) {
        var stages: [StepPlace: [Int]] = [:]
        for (index, step) in parsed.enumerated() {
            if let place = step.flatMap(StepPlace.init) { stages[place, default: []].append(index) }
        }
        let byName = Dictionary(grouping: stages.keys) { $0.stage?.lowercased() }
        // Steps that ran, and cached ones that they prove, each looked at once.
        var open = vertices.indices.filter { Self.ran(vertices[$0], parsed[$0]) }
        var reached: [StepPlace: Int] = [:]
        while let index = open.popLast() {
            guard let step = parsed[index] else { continue }
            var needed: [(StepPlace, below: Int)] = []
            if let place = StepPlace(step), let position = step.position { needed.append((place, position)) }
            for source in Self.sources(of: step) {
                if let place = Self.place(of: source, for: step, among: byName[source.lowercased()] ?? []) {
                    needed.append((place, Int.max))
                }
            }
            for (place, below) in needed where reached[place, default: Int.min] < below {
                reached[place] = below
                for other in stages[place] ?? [] where vertices[other].ending == .cached {
                    guard let position = parsed[other]?.position, position < below else { continue }
                    if proven.insert(other).inserted { open.append(other) }
                }
            }
        }
    }

    func contains(_ index: Int) -> Bool { proven.contains(index) }

    /// Whether the vertex was at work. A canceled one was not, when it printed nothing. A COPY whose files are not
    /// there fails when they are looked up, while nothing that it stands on was built or even looked up
    /// (`failed to compute cache key`); only RUN fails by what it does.
    private static func ran(_ vertex: PlainVertex, _ step: StepName?) -> Bool {
        switch vertex.ending {
        case .done: true
        case .failed: vertex.isActive || step?.instruction == "RUN"
        case .canceled, nil: vertex.isActive || vertex.duration != nil
        case .cached: false
        }
    }

    /// Names of the stages whose files an instruction takes: `--from=x`, `--mount=type=bind,from=x`.
    private static func sources(of step: StepName) -> [String] {
        guard step.kind == .instruction, step.text.utf8.count < 1 << 16 else { return [] }
        return step.text.split(separator: " ").dropFirst().prefix { $0.hasPrefix("--") }.flatMap { flag -> [String] in
            if flag.hasPrefix("--from=") { return [stage(flag.dropFirst("--from=".count))] }
            guard flag.hasPrefix("--mount=") else { return [] }
            return flag.dropFirst("--mount=".count).split(separator: ",").filter { $0.hasPrefix("from=") }
                .map { stage($0.dropFirst("from=".count)) }
        }
    }

    /// A stage may be named by its number, and one without a name is printed as `stage-N`.
    private static func stage(_ name: Substring) -> String {
        Int(name) == nil ? String(name) : "stage-\(name)"
    }

    /// Which of the stages of that name: that of the same platform, or the only one.
    private static func place(of stage: String, for step: StepName, among places: [StepPlace]) -> StepPlace? {
        places.first { $0.platform == step.platform } ?? (places.count == 1 ? places[0] : nil)
    }
}

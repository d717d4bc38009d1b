import BuildModel
import ImageModel

extension SolveHistory {
    private static let errorLength = 500

    /// The steps of a build: one for each vertex, and one for each group of vertices, in the order in which they were
    /// first told of.
    func steps(
        of places: [Int], names: [VertexName], result: BuildResult, started: Int64?, _ standing: Standing
    ) -> [BuildStep] {
        var members: [[Int]] = []
        var groups: [String: Int] = [:]
        for (position, place) in places.enumerated() {
            guard let group = vertices[place].group, !group.id.isEmpty else {
                members.append([position])
                continue
            }
            if let known = groups[group.id] {
                members[known].append(position)
            } else {
                groups[group.id] = members.count
                members.append([position])
            }
        }
        var steps: [BuildStep] = []
        var inputs: [[Int]] = []
        var numbers: [Int: Int] = [:]
        for positions in members {
            let own = positions.map { places[$0] }
            let outcomes = own.map { outcome(of: $0, in: result, standing) }
            if isHidden(own, outcomes) { continue }
            let number = steps.count + 1
            for place in own { numbers[place] = number }
            inputs.append(own.flatMap { vertices[$0].inputs.compactMap { place(of: $0) } })
            steps.append(
                step(number, own, name: names[positions[0]], outcome: Self.together(outcomes), started: started))
        }
        for index in steps.indices {
            let numbers = Set(inputs[index].compactMap { numbers[$0] })
            steps[index].inputs = numbers.subtracting([index + 1]).sorted()
        }
        return steps
    }

    /// Whether a group is not worth a step: only vertices that are weak in it were started, and none of them ran. The
    /// builder's own printer hides it too [buildkit: util/progress/progressui/display.go `vertexGroup.refresh`].
    private func isHidden(_ places: [Int], _ outcomes: [VertexOutcome]) -> Bool {
        let isWeakStart = places.contains { vertices[$0].hasStarted && vertices[$0].group?.weak == true }
        let isStrongStart = places.contains { vertices[$0].hasStarted && vertices[$0].group?.weak != true }
        return isWeakStart && !isStrongStart && outcomes.allSatisfy { $0 == .cached || $0 == .skipped }
    }

    /// The outcome of a group: an error of one is an error of all, and it came from the cache only if all did.
    private static func together(_ outcomes: [VertexOutcome]) -> VertexOutcome {
        for worst in [VertexOutcome.failed, .canceled, .ran] where outcomes.contains(worst) { return worst }
        return outcomes.contains(.skipped) ? .skipped : .cached
    }

    private func step(
        _ number: Int, _ places: [Int], name: VertexName, outcome: VertexOutcome, started: Int64?
    ) -> BuildStep {
        var name = name
        if let group = vertices[places[0]].group, !group.name.isEmpty {
            // The group's name has the target's prefix only where the client put it there.
            let targets = Set([name.parsed.target].compactMap(\.self))
            name = VertexName(name: group.name, parsed: .parse(group.name, targets: targets))
        }
        let own = places.map { vertices[$0] }
        var step = BuildStep(
            number: number, name: name.name, parsed: name.parsed, outcome: StepOutcome(outcome, name.parsed.kind))
        // Of a group the vertex that the others lead to.
        let inner = Set(own.flatMap(\.inputs))
        step.vertex = (own.first { !inner.contains($0.digest) } ?? own[0]).digest
        step.error = own.lazy.compactMap(\.error).first.map { String($0.prefix(Self.errorLength)) }
        guard outcome != .skipped else { return step }
        if let started, let start = own.compactMap(\.firstStart).min(), start >= started {
            step.startOffset = start - started
        }
        let spans = own.flatMap(\.spans).merged()
        if !spans.isEmpty, !own.contains(where: { $0.openSince != nil || $0.hasTooManySpans }) {
            step.duration = spans.reduce(0) { $0 + ($1.upperBound - $1.lowerBound) }
        }
        return step
    }
}

extension StepOutcome {
    fileprivate init(_ outcome: SolveHistory.VertexOutcome, _ kind: StepKind) {
        switch outcome {
        case .cached: self = .hit
        case .ran: self = kind == .instruction ? .miss : .completed
        case .skipped: self = .skipped
        case .failed: self = .failed
        case .canceled: self = .canceled
        }
    }
}

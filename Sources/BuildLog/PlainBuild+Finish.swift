internal import BuildModel
internal import Foundation
internal import ImageModel

extension PlainBuild {
    /// The builds that the log tells of, one for each target. A vertex is its target's; one that was printed under
    /// several targets is each one's, and so is one that was printed under none (the client's own). None when the log
    /// shows no more than a name, which anything may look like.
    func finish() -> [FoundBuild] {
        let isProgress = vertices.contains { vertex in
            vertex.ending != nil || vertex.isActive || vertex.digest != nil
        }
        guard isProgress, vertices.contains(where: { $0.name != nil }) else { return [] }
        let targets = self.targets
        let digest = hash.finish()
        guard !targets.isEmpty else { return [found(vertices, target: nil, targets: [], digest: digest)] }
        // In the order in which the targets were first seen.
        let owners = vertices.map { vertex in
            Set(vertex.names.compactMap { StepName.parse($0, targets: targets).target })
        }
        let places = targets.map { target in (owners.firstIndex { $0.contains(target) } ?? 0, target) }
        return places.sorted(by: <).map { _, target in
            let own = zip(vertices, owners).filter { $1.isEmpty || $1.contains(target) }.map(\.0)
            return found(
                own, target: target, targets: targets,
                digest: targets.count == 1 ? digest : Digest.of(Array("\(digest) \(target)".utf8)))
        }
    }

    /// The targets that the client put before the names; none when it put none before the builder's own steps, which
    /// every target has.
    private var targets: Set<String> {
        let marks = vertices.flatMap(\.names).filter { name in
            [.internal, .context, .auth].contains(StepName.parse(name).kind)
        }
        guard !StepName.targets(in: marks).isEmpty else { return [] }
        return StepName.targets(in: vertices.flatMap(\.names))
    }

    private func found(
        _ vertices: [PlainVertex], target: String?, targets: Set<String>, digest: Digest
    ) -> FoundBuild {
        let start = begin(of: vertices)
        let names = vertices.map { vertex in
            vertex.names.first { StepName.parse($0, targets: targets).target == target } ?? vertex.name
        }
        let parsed = names.map { name in name.map { StepName.parse($0, targets: targets) } }
        let result = self.result(of: vertices, parsed: parsed, isAlone: targets.count < 2)
        // Steps are called cached without being looked up only where something stopped, or has not ended yet.
        let isWhole =
            result == .completed || (result == .unknown && !isCut && vertices.allSatisfy { $0.ending != nil })
        let there = ProvenHits(vertices, parsed: parsed)
        var steps: [BuildStep] = []
        for (index, vertex) in vertices.enumerated() {
            guard let name = names[index], let parsed = parsed[index] else { continue }
            let outcome = Self.outcome(
                of: vertex, kind: parsed.kind, isReal: isWhole || there.contains(index))
            var step = BuildStep(number: steps.count + 1, name: name, parsed: parsed, outcome: outcome)
            step.vertex = vertex.digest
            step.duration = outcome == .skipped || outcome == .hit ? nil : vertex.duration
            step.startOffset = startOffset(of: vertex, from: start)
            step.error = vertex.error
            steps.append(step)
        }
        let error = zip(vertices, parsed).first { $0.0.ending == .failed && $0.1?.kind.mayFail == false }?.0.error
        let end = end(of: vertices)
        let build = Build(
            contentDigest: digest, form: .log, tool: .buildkit, target: target,
            dockerfile: dockerfile(parsed), builder: builder,
            startedAt: start.map { Date(timeIntervalSince1970: Double($0) / 1e9) },
            duration: start.flatMap { start in end.map { max(0, $0 - start) } }, result: result,
            error: result == .failed ? error ?? failure : nil,
            imageDigest: targets.count < 2 ? exported.digest : nil,
            imageNames: targets.count < 2 ? exported.names : [],
            vertices: target == nil ? numbers.count : vertices.count + (numbers.contains(0) ? 1 : 0),
            cachedVertices: vertices.count { $0.ending == .cached }, steps: steps, gaps: gaps(vertices))
        return FoundBuild(build: build, lines: firstLine...lastLine)
    }

    private func dockerfile(_ parsed: [StepName?]) -> String? {
        let beginning = "load build definition from "
        return parsed.lazy.compactMap { $0 }.first { $0.kind == .internal && $0.text.hasPrefix(beginning) }
            .map { String($0.text.dropFirst(beginning.count)) }
    }

    private func gaps(_ vertices: [PlainVertex]) -> [String] {
        var gaps = isCut ? ["after line \(lastLine) there are more steps in this log than are kept"] : []
        let nameless = vertices.filter { $0.names.isEmpty }.map { "#\($0.number)" }
        if !nameless.isEmpty {
            let more = nameless.count > 20 ? " and \(nameless.count - 20) more" : ""
            gaps.append("no name was printed for \(nameless.prefix(20).joined(separator: ", "))\(more)")
        }
        return gaps
    }
}

// MARK: Times

extension PlainBuild {
    private func begin(of vertices: [PlainVertex]) -> Int64? {
        vertices.compactMap { vertex in vertex.intervals.map(\.lowerBound).min() ?? vertex.started }.min() ?? firstTime
    }

    private func end(of vertices: [PlainVertex]) -> Int64? {
        if let last = vertices.compactMap({ $0.intervals.map(\.upperBound).max() }).max() { return last }
        return firstTime == nil ? nil : lastTime
    }

    /// Where the log tells no times, lines tell when they were printed: a header at the latest when its vertex is
    /// seen at work, the end when it is over.
    private func startOffset(of vertex: PlainVertex, from start: Int64?) -> Int64? {
        guard let start else { return nil }
        if let first = vertex.intervals.map(\.lowerBound).min() ?? vertex.started { return first - start }
        guard let header = vertex.headerTime else { return nil }
        let worked = vertex.endTime.flatMap { end in vertex.duration.map { end - $0 } }
        return max(0, min(header, worked ?? header) - start)
    }
}

// MARK: Outcomes

extension PlainBuild {
    /// `isReal` tells whether a result that is called cached is known to have been there: when a build fails, BuildKit
    /// calls steps cached that never ran.
    static func outcome(of vertex: PlainVertex, kind: StepKind, isReal: Bool) -> StepOutcome {
        switch vertex.ending {
        case .cached: isReal || (kind != .instruction && kind != .from) ? .hit : .skipped
        case .done: kind == .instruction ? .miss : .completed
        case .failed: .failed
        case .canceled, nil: .canceled
        }
    }

    /// How the build ended. It is completed only when it says so: by an exporter that is done, or, of a Dockerfile
    /// with one stage (BuildKit names it only where there are several), by that stage having come to its last step. A
    /// log that just ends leaves it unknown.
    private func result(of vertices: [PlainVertex], parsed: [StepName?], isAlone: Bool) -> BuildResult {
        let pairs = zip(vertices, parsed)
        if pairs.contains(where: { $0.ending == .failed && $1?.kind.mayFail != true }) { return .failed }
        if isAlone, let failure { return failure.hasSuffix("context canceled") ? .canceled : .failed }
        if vertices.contains(where: { $0.ending == .canceled }) { return .canceled }
        if failure != nil, vertices.contains(where: { $0.ending == nil }) { return .canceled }
        guard !isCut, pairs.allSatisfy({ $0.ending != nil || $1?.kind == .auth }) else { return .unknown }
        if pairs.contains(where: { $0.ending == .done && $1?.kind == .export }) { return .completed }
        let placed = parsed.compactMap { step in step.flatMap { step in StepPlace(step).map { ($0, step) } } }
        let ended = Set(placed.filter { $1.position == $1.positions }.map(\.0))
        let isAtEnd = !placed.isEmpty && placed.allSatisfy { $0.0.stage == nil && ended.contains($0.0) }
        return isAtEnd ? .completed : .unknown
    }
}

extension StepKind {
    /// A cache that is not there, or cannot be written, does not fail a build by itself.
    fileprivate var mayFail: Bool { self == .cacheImport || self == .cacheExport }
}

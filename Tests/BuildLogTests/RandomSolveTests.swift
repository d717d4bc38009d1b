import BuildLog
import BuildModel
import ImageModel
import TestSupport
import Testing

private typealias S = SolveSample

/// Steps of random builds beside what a slow and obvious program finds in the same updates.
@Suite struct RandomSolveTests {
    private struct Drawn {
        var inputs: [Int]
        var updates: [(started: Int64, completed: Int64?, cached: Bool, error: Bool)] = []
        var isEnded: Bool { updates.last.map { $0.completed != nil } ?? false }
        var failed: Bool { isEnded && (updates.last?.error ?? false) }
        var loaded: Bool { updates.contains { $0.cached && !$0.error && ($0.completed ?? 0) > $0.started } }
        var marked: Bool { updates.contains(where: \.cached) }

        /// Whether it truly executed, straight from the rules' words.
        var ran: Bool {
            updates.enumerated().contains { index, update in
                guard let completed = update.completed, !update.cached, !update.error, completed > update.started
                else { return false }
                return !inputs.isEmpty || updates[..<index].contains { $0.cached && $0.error && $0.completed != nil }
            }
        }
        var hit: Bool { marked && (loaded || !ran) }
    }

    private func draw(_ random: inout SeededGenerator) -> [Drawn] {
        (0..<Int.random(in: 1...9, using: &random)).map { place in
            var vertex = Drawn(inputs: (0..<place).filter { _ in Int.random(in: 0..<3, using: &random) == 0 })
            var clock = Int64.random(in: 0..<20, using: &random)
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let length = Int64.random(in: 0..<4, using: &random) * 5
                let cached = Int.random(in: 0..<3, using: &random) == 0
                let error = Int.random(in: 0..<6, using: &random) == 0
                let isOpen = Int.random(in: 0..<8, using: &random) == 0
                // A start that is never told to end is told last.
                vertex.updates.append((clock, isOpen ? nil : clock + length, cached, !isOpen && error))
                if isOpen { break }
                clock += Int64.random(in: 1..<12, using: &random)
            }
            return vertex
        }
    }

    /// Whether anything above a vertex was done, by walking every way up.
    private func isProven(_ place: Int, _ vertices: [Drawn]) -> Bool {
        vertices.indices.contains { above in
            guard vertices[above].inputs.contains(place) else { return false }
            let vertex = vertices[above]
            let isSynthesised = vertex.hit && !vertex.loaded && !vertex.failed
            return vertex.isEnded && !vertex.failed && !isSynthesised || isProven(above, vertices)
        }
    }

    private func expected(_ place: Int, _ vertices: [Drawn]) -> StepOutcome {
        let vertex = vertices[place]
        if vertex.failed { return .failed }
        if vertex.updates.isEmpty { return .skipped }
        if !vertex.isEnded { return vertex.hit ? .hit : .canceled }
        let isBelow = vertices.contains { $0.inputs.contains(place) }
        let isFinished = !vertices.contains(where: \.failed) && isWhole(vertices)
        if vertex.hit, !vertex.loaded, !isFinished, isBelow, !isProven(place, vertices) { return .skipped }
        return vertex.hit ? .hit : .miss
    }

    private func isWhole(_ vertices: [Drawn]) -> Bool {
        let ended = vertices.indices.filter { vertices[$0].isEnded }
        let isOpen = vertices.contains { !$0.isEnded && !$0.updates.isEmpty }
        let tops = vertices.indices.filter { place in !vertices.contains { $0.inputs.contains(place) } }
        return !isOpen && !ended.isEmpty && tops.allSatisfy { vertices[$0].isEnded }
    }

    @Test func `outcomes and times agree with brute force over 3,000 random builds`() throws {
        var random = SeededGenerator(seed: 20_260)
        var seen: [StepOutcome: Int] = [:]
        for round in 0..<3_000 {
            let vertices = draw(&random)
            var updates = vertices.enumerated().map { place, vertex in
                S.vertex("\(place)", "RUN \(place)", on: vertex.inputs.map(String.init))
            }
            for (place, vertex) in vertices.enumerated() {
                for update in vertex.updates {
                    let inputs = vertex.inputs.map(String.init)
                    if Bool.random(using: &random) || update.completed == nil {
                        updates.append(
                            S.vertex("\(place)", "RUN \(place)", on: inputs, update.started, cached: update.cached))
                    }
                    guard let completed = update.completed else { continue }
                    updates.append(
                        S.vertex(
                            "\(place)", "RUN \(place)", on: inputs, update.started, completed, cached: update.cached,
                            error: update.error ? "exit code: 1" : nil))
                }
            }
            let history = try S.history(updates)
            let build = try #require(history.builds(form: .rawjson, content: S.digest("c")).first)
            #expect(build.steps.count == vertices.count && build.vertices == vertices.count)
            #expect(build.cachedVertices == vertices.count(where: \.marked), "round \(round)")
            for (place, vertex) in vertices.enumerated() {
                let step = build.steps[place]
                let outcome = expected(place, vertices)
                seen[outcome, default: 0] += 1
                #expect(step.outcome == outcome, "round \(round), vertex \(place): \(vertices)")
                #expect(step.inputs == vertex.inputs.map { $0 + 1 })
                guard outcome != .skipped, vertex.isEnded else {
                    #expect(step.duration == nil)
                    continue
                }
                let ticks = (Int64(0)..<100).count { tick in
                    vertex.updates.contains { $0.started <= tick && tick < ($0.completed ?? $0.started) }
                }
                #expect(step.duration == Int64(ticks), "round \(round), vertex \(place)")
            }
        }
        // The draw has to meet every rule often enough to mean something.
        for outcome in [StepOutcome.hit, .miss, .skipped, .failed, .canceled] {
            #expect((seen[outcome] ?? 0) > 300, "\(outcome): \(seen)")
        }
    }
}

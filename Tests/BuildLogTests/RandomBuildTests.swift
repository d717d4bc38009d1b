import BuildLog
import BuildModel
import TestSupport
import Testing

/// Builds made at random and printed as BuildKit prints them, with interruptions and output that looks like progress:
/// what is read is what was made. Which hits of a failed build are proven is worked out here by trying again until
/// nothing changes.
@Suite struct RandomBuildTests {
    private enum Ending: CaseIterable { case cached, done, failed, canceled, open }

    private struct Step {
        var stage: Int
        var position: Int
        var source: Int?
        var ending: Ending
        var prints: Bool
        var tenths: Int

        /// Whether it ended by its own work.
        var ran: Bool {
            switch ending {
            case .done: true
            case .failed: prints || source == nil
            case .canceled, .open: prints
            case .cached: false
            }
        }
    }

    private func make(_ random: inout SeededGenerator) -> (steps: [Step], counts: [Int]) {
        let counts = (0..<Int.random(in: 1...3, using: &random)).map { _ in Int.random(in: 1...4, using: &random) }
        let calm = Int.random(in: 0..<3, using: &random) == 0
        var steps: [Step] = []
        for (stage, count) in counts.enumerated() {
            for position in 1...count {
                let ending = calm ? [.cached, .done] : Ending.allCases + [.cached, .cached, .cached]
                steps.append(
                    Step(
                        stage: stage, position: position,
                        source: stage > 0 && Bool.random(using: &random)
                            ? Int.random(in: 0..<stage, using: &random) : nil,
                        ending: ending.randomElement(using: &random) ?? .done, prints: Bool.random(using: &random),
                        tenths: Int.random(in: 0..<20_000, using: &random)))
            }
        }
        return (steps, counts)
    }

    private func name(_ step: Step, _ counts: [Int]) -> String {
        let what =
            step.source.map { "COPY --from=s\($0) /a /b\(step.position)" } ?? "RUN echo '#1 DONE 0.1s' \(step.position)"
        return "[s\(step.stage) \(counts[step.stage] > 9 ? " " : "")\(step.position)/\(counts[step.stage])] \(what)"
    }

    /// Prints the steps, a few at a time, each with its header whenever it is another's turn.
    private func print(_ steps: [Step], _ counts: [Int], _ random: inout SeededGenerator) -> String {
        var text = "#0 building with \"x\" instance using docker driver\n\n"
        var queues: [[String]] = steps.map { step in
            var lines = step.prints ? ["0.123 #2 CACHED", "12.31 #3 [s0 1/9] RUN x", "WARN: #1 DONE 0.1s"] : []
            switch step.ending {
            case .cached: lines.append("CACHED")
            case .done: lines.append("DONE \(step.tenths / 10).\(step.tenths % 10)s")
            case .failed: lines.append("ERROR: exit code: \(step.position)")
            case .canceled: lines.append("CANCELED")
            case .open: break
            }
            return lines
        }
        var isSeen = Set<Int>()
        var last: Int?
        while let next = steps.indices.filter({ !queues[$0].isEmpty || !isSeen.contains($0) }).prefix(3)
            .randomElement(using: &random)
        {
            if last != next {
                if let last, !queues[last].isEmpty { text += "#\(last + 1) ...\n" }
                text += "\n#\(next + 1) \(name(steps[next], counts))\n"
            }
            isSeen.insert(next)
            last = next
            if !queues[next].isEmpty { text += "#\(next + 1) \(queues[next].removeFirst())\n" }
            if queues[next].isEmpty { last = nil }
        }
        return text
    }

    private func expected(_ steps: [Step], isWhole: Bool) -> [StepOutcome] {
        var needed = steps.map(\.ran)
        var isChanged = true
        while isChanged {
            isChanged = false
            for (index, step) in steps.enumerated() where needed[index] {
                for (other, below) in steps.enumerated() where !needed[other] && below.ending == .cached {
                    guard (below.stage == step.stage && below.position < step.position) || below.stage == step.source
                    else { continue }
                    needed[other] = true
                    isChanged = true
                }
            }
        }
        return steps.indices.map { index in
            switch steps[index].ending {
            case .cached: isWhole || needed[index] ? .hit : .skipped
            case .done: .miss
            case .failed: .failed
            case .canceled, .open: .canceled
            }
        }
    }

    @Test func `what is printed is what is read`() throws {
        var random = SeededGenerator(seed: 11)
        var hits = 0
        var skipped = 0
        for _ in 0..<2000 {
            let (steps, counts) = make(&random)
            let text = print(steps, counts, &random)
            let isWhole = steps.allSatisfy { $0.ending == .cached || $0.ending == .done }
            // Steps are told in the order in which their headers were printed.
            let log = try? readLog(text, pieces: Int.random(in: 1...500, using: &random))
            guard let log else {
                #expect(steps.allSatisfy { $0.ending == .open && !$0.prints })
                continue
            }
            try #require(log.builds.count == 1, "\(text)")
            let build = log.builds[0].build
            let outcomes = Dictionary(uniqueKeysWithValues: build.steps.map { ($0.name, $0) })
            let expected = expected(steps, isWhole: isWhole)
            for (index, step) in steps.enumerated() {
                let read = try #require(outcomes[name(step, counts)])
                #expect(read.outcome == expected[index], "\(name(step, counts)) in\n\(text)")
                #expect(read.duration == (step.ending == .done ? Int64(step.tenths) * 100_000_000 : nil))
                #expect(read.error == (step.ending == .failed ? "exit code: \(step.position)" : nil))
            }
            #expect(build.hits == expected.count { $0 == .hit } && build.misses == expected.count { $0 == .miss })
            #expect(build.vertices == steps.count + 1)
            #expect(build.cachedVertices == steps.count { $0.ending == .cached })
            hits += build.hits
            skipped += expected.count { $0 == .skipped }
        }
        #expect(hits > 500 && skipped > 500)
    }
}

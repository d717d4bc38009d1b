import Analysis
import Database
import Figures
import Foundation
import Postgres

/// Planning a clean-up of a large registry: reading what a plan needs, the closure with all its figures, the least loss
/// for a target, and how long a question "what if this went" takes.
struct PlanBench {
    let images: Int
    let database: LayerscopeDatabase
    let url: String

    func run() async throws {
        heading("Planning a clean-up of \(images) images")
        let connection = try await PostgresConnection.connect(url)
        try await GraphFilling(images: images).run(on: connection)
        await connection.close()
        resetPeakMemory()
        let clock = ContinuousClock()
        var start = clock.now
        let (graph, _, facts) = try await database.cleanupPicture(source: "bench")
        line("reading the graph and the facts", start.duration(to: clock.now))

        let now = Date(timeIntervalSince1970: 1_800_000_000)
        var untagged = CleanupRule(name: "untagged")
        untagged.kinds = [.untagged]
        var oldest = CleanupRule(name: "keep last 10")
        oldest.keepLast = 10
        var everything = CleanupRule(name: "every tag")
        everything.tag = ".*"
        for rules in [[untagged], [untagged, oldest], [untagged, everything]] {
            start = clock.now
            let selection = try select(graph, facts, rules: rules, now: now)
            let selected = clock.now
            let plan = plan(graph, facts, selection, collector: .distribution, source: 0)
            let end = clock.now
            line("\(rules.map(\.name).joined(separator: ", ")): selecting", start.duration(to: selected))
            line("  closure, freed bytes, who holds the rest", selected.duration(to: end))
            line("  deletions, freed bytes", "\(plan.deletions.count), \(plan.freedBytes)")
        }
        try target(graph, facts, try select(graph, facts, rules: [untagged, everything], now: now), now)
        whatIf(graph, facts)
        if let peak = peakMemory() { line("peak memory", decimal(Double(peak) / 1e6, places: 0) + " MB") }
    }

    private func target(
        _ graph: LayerGraph, _ facts: CleanupFacts, _ selection: CleanupSelection, _ now: Date
    ) throws {
        let clock = ContinuousClock()
        let start = clock.now
        let targets = try CleanupTargets(
            graph, facts, selection, collector: .distribution, source: 0, loss: .images, now: now)
        line("the whole curve of loss against bytes", start.duration(to: clock.now))
        for percent: Int64 in [10, 50, 90] {
            let bytes = targets.garbageBytes + targets.frontier.mostBytes / 100 * percent
            var outcome = TargetOutcome.unreachable(mostBytes: 0)
            let time = clock.measure { outcome = targets.choose(freeing: bytes) }
            guard case .reached(let choice) = outcome else {
                throw BenchError("plan: \(bytes) bytes are within reach, but were not found")
            }
            line("target of \(percent) %: time", time)
            line("  loss, at most too much", "\(choice.loss), \(choice.gap)")
        }
    }

    private func whatIf(_ graph: LayerGraph, _ facts: CleanupFacts) {
        let clock = ContinuousClock()
        let start = clock.now
        let what = WhatIf(graph, facts, collector: .distribution, source: 0)
        line("what-if: preparing", start.duration(to: clock.now))
        let repositories = LayerGraph.Index(graph.repositoryNames.count)
        let asked: [(String, (LayerGraph.Index) -> WhatIf.Subject)] = [
            ("an image", { .items([$0 * 997 % LayerGraph.Index(graph.itemCount)]) }),
            ("a tag", { .tags([$0 * 991 % LayerGraph.Index(facts.tags.count)]) }),
            ("a repository", { .repositories([$0 * 983 % repositories]) }),
            ("100 repositories", { first in .repositories((0..<100).map { (first * 977 + $0) % repositories }) }),
        ]
        for (name, subject) in asked {
            let times = (1...9).map { number -> Double in
                let time = clock.measure { _ = what.answer(subject(LayerGraph.Index(number))) }
                return Double(time.components.attoseconds) / 1e15 + Double(time.components.seconds) * 1000
            }
            line("what if \(name) went", Spread(times), places: 1, unit: " ms")
        }
    }
}

import Analysis
import Figures

/// The whole frontier of a clean-up of a large registry, and choices for targets beside those of a greedy search.
struct FrontierBench {
    let images: Int

    func run() throws {
        for isWeighted in [false, true] { try run(isWeighted: isWeighted) }
    }

    private func run(isWeighted: Bool) throws {
        heading("Frontier of \(images) candidates, each image's loss \(isWeighted ? "1 to 1000" : "1")")
        let problem = try FrontierFilling(images: images, isWeighted: isWeighted).problem()
        line("objects, pairs", "\(problem.objectBytes.count), \(problem.held.count)")
        resetPeakMemory()
        let clock = ContinuousClock()
        let start = clock.now
        let search = FrontierSearch(problem)
        line("the whole frontier", start.duration(to: clock.now))
        let frontier = search.frontier
        line("corners", "\(frontier.corners.count)")
        var choices: [(target: Int64, choice: TargetChoice)] = []
        for percent: Int64 in [1, 10, 25, 50, 75, 90, 99] {
            let target = frontier.mostBytes / 100 * percent
            var outcome = TargetOutcome.unreachable(mostBytes: 0)
            let time = clock.measure { outcome = search.target(target) }
            guard case .reached(let choice) = outcome else {
                throw BenchError("frontier: \(target) bytes are within reach, but were not found")
            }
            line("target of \(percent) %: time", time)
            choices.append((target, choice))
        }
        if let peak = peakMemory() { line("peak memory", decimal(Double(peak) / 1e6, places: 0) + " MB") }
        let greedy = GreedyDeletion(problem)
        for (target, choice) in choices {
            line(
                "\(target) bytes: loss, gap", "\(choice.loss), \(choice.gap)" + (choice.isOptimal ? " (optimal)" : ""))
            line(
                "  greedy's loss to ours",
                decimal(Double(greedy.loss(freeing: target)) / Double(choice.loss), places: 3))
        }
    }
}

import BuildModel
import Dockerfile
import Figures

/// What recorded builds tell of the instructions of one stage.
struct StageObservations {
    /// Whether what an instruction's cache entry hangs on changed since the build before.
    enum Change: Equatable {
        case changed
        case unchanged
        case unknown(String)
    }

    /// One build beside the one before it.
    struct Comparison: Equatable {
        var build: Int
        /// For each instruction of the stage, without FROM. Of one that makes no step always unchanged: builds do not
        /// show it.
        var changes: [Change]
        /// Everything had to run, whatever the order: the base image or stage changed.
        var baseChanged: Bool
        /// Nanoseconds of the real runs.
        var durations: [Int64?]
    }

    var comparisons: [Comparison] = []
    var rates: [ChangeRate]
    /// Nanoseconds of each instruction's real runs.
    var runs: [[Int64]]

    init(_ instructions: [Instruction], _ stage: StageName, baseStage: StageName?, builds: [Build]) {
        rates = instructions.map { _ in ChangeRate() }
        runs = instructions.map { _ in [] }
        var before: (build: Build, alignment: StageAlignment)?
        for (number, build) in builds.enumerated() {
            let alignment = StageAlignment(instructions, stage, in: build)
            if alignment.isEmpty { continue }
            let durations = instructions.indices.map { index -> Int64? in
                alignment.steps[index].map { build.steps[$0] }.flatMap { $0.isRun ? $0.duration : nil }
            }
            for (index, duration) in durations.enumerated() {
                if let duration { runs[index].append(duration) }
            }
            if let before {
                let pair = BuildPair(
                    instructions: instructions, before: before.build, after: build, old: before.alignment,
                    new: alignment)
                let changes = pair.changes(baseStage: baseStage)
                comparisons.append(
                    Comparison(
                        build: number, changes: changes, baseChanged: pair.isBaseChanged(baseStage),
                        durations: durations))
                for (index, change) in changes.enumerated() where alignment.steps[index] != nil {
                    if case .unknown = change { continue }
                    rates[index].observations += 1
                    rates[index].changes += change == .changed ? 1 : 0
                }
            }
            before = (build, alignment)
        }
    }

    /// The median in nanoseconds; nil without runs.
    func duration(_ index: Int) -> Int64? {
        let sorted = runs[index].sorted()
        guard !sorted.isEmpty else { return nil }
        let (low, high) = (sorted[(sorted.count - 1) / 2], sorted[sorted.count / 2])
        return low + (high - low) / 2
    }
}

extension BuildStep {
    /// Whether it ran to its end.
    fileprivate var isRun: Bool { [.miss, .notProbed, .completed].contains(outcome) }
    fileprivate var isDone: Bool { isRun || outcome == .hit }
}

/// Two builds of one stage, one after the other.
private struct BuildPair {
    let instructions: [Instruction]
    let before: Build
    let after: Build
    let old: StageAlignment
    let new: StageAlignment

    func isBaseChanged(_ baseStage: StageName?) -> Bool {
        if let baseStage {
            return after.steps.contains { $0.isMiss && baseStage.fits($0, in: after) }
        }
        guard let one = old.base, let two = new.base else { return false }
        return before.steps[one].text != after.steps[two].text
    }

    /// Whether the builder can be trusted to have had what the build before left.
    private var hadCache: Bool { after.hits > 0 || before.builder == after.builder }

    func changes(baseStage: StageName?) -> [StageObservations.Change] {
        var earlierMissed = isBaseChanged(baseStage)
        return instructions.indices.map { index in
            let instruction = instructions[index]
            guard let step = new.steps[index].map({ after.steps[$0] }) else {
                return instruction.makesStep ? .unknown("it is not in the build") : .unchanged
            }
            defer { if step.isMiss || step.outcome == .failed { earlierMissed = true } }
            let past = old.steps[index].map { before.steps[$0] }
            switch step.outcome {
            case .hit: return .unchanged
            case .skipped, .canceled: return .unknown("it did not run to its end")
            case .miss, .notProbed, .failed, .completed: break
            }
            guard let past else {
                return before.result == .completed ? .changed : .unknown("the build before did not reach it")
            }
            if past.text != step.text { return .changed }
            if earlierMissed || step.outcome == .completed || !after.usesCache {
                // Not looked up, so that only the text tells: and of a RUN the text is all there is.
                return instruction.readsFiles ? .unknown("it stands after the first miss") : .unchanged
            }
            guard past.isDone else { return .unknown("the build before did not finish it") }
            guard instruction.readsFiles else {
                return .unknown("it missed with the same text: evicted, or variables had other values")
            }
            return hadCache ? .changed : .unknown("another builder, and nothing was in its cache")
        }
    }
}

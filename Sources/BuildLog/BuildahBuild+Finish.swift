import BuildModel
import Foundation

extension BuildahBuild {
    /// The build as far as it was read.
    func closed() -> StepwiseBuild {
        var copy = self
        copy.settleRest()
        return copy.build
    }

    private mutating func settleRest() {
        build.usesCache = hasHit || hasLayers || !(hasStepWithoutMark || copiesBlobs || lacksMark)
        let waiting = stages.filter(\.value.isOpen).sorted { $0.value.step < $1.value.step }
        // First those that can be only one thing.
        for (key, place) in waiting.filter(\.value.stage.hasMissed) + waiting.filter({ !$0.value.stage.hasMissed }) {
            let fitting = marks.indices.filter { marks[$0].hit == nil || !place.stage.hasMissed }
            if !place.stage.hasMissed, Set(fitting.map { marks[$0].hit == nil }).count > 1 { isAmbiguous = true }
            if let index = fitting.first {
                give(marks.remove(at: index), to: key)
            } else if build.result == .completed {
                end(key, isHit: false, at: nil)
            }
        }
        // Marks of stages at the same time find their steps only here.
        if build.result == .unknown, open.isEmpty { finishIfWhole() }
        for place in stages.values where place.number == 1 && !place.isOpen && build.result == .completed {
            build.end(place.step, .completed, at: nil)
        }
        if !build.usesCache { build.ranWithoutCache() }
        if isAmbiguous, build.usesCache {
            build.gaps.append(
                "stages were built at the same time, and not each mark of a step could be told from another's")
        }
    }

    /// Whether a stage came to its end without an image though the build did.
    private var lacksMark: Bool {
        isDone && stages.values.contains { $0.isOpen && marks.isEmpty && $0.number == $0.total && $0.number > 1 }
    }
}

extension StepwiseBuild {
    /// What ran, ran without a look at a cache.
    mutating func ranWithoutCache() {
        for index in steps.indices where [.miss, .notProbed].contains(steps[index].outcome) {
            setOutcome(.completed, of: index)
        }
    }
}

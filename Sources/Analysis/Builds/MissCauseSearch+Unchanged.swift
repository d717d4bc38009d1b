import BuildModel
import Figures
import Foundation
import ImageModel

extension MissCauseSearch {
    /// The step has hit or run before with everything that is printed as it is now.
    func unchangedChain(_ index: Int, _ key: StageKey, _ seen: BuildHistory.Sighting) -> FirstMiss {
        if let miss = missedBelow(index) { return miss }
        if let hidden = hiddenChange(index, seen) { return hidden }
        let step = staged.build.steps[index]
        let isSameBuilder = staged.build.builder != nil && seen.builders[staged.build.builder] != nil
        // Where no builder is named, it may have been this one.
        let isUnnamed = staged.build.builder == nil || seen.builders[nil] != nil
        guard let last = seen.builders[staged.build.builder] ?? (isUnnamed ? seen.build : nil) else {
            return FirstMiss(
                step: index, cause: .notInCache,
                evidence: "builder \(staged.build.builder ?? "") never ran it; "
                    + "\(history.builds[seen.build].build.builder ?? "") did last, in \(name(seen.build))")
        }
        if let open = openBase(index, key) { return open }
        guard step.takesFiles else { return evicted(index, last, seen) }
        let before = history.builds[seen.build].build.steps[seen.step]
        if !step.layers.isEmpty && step.layers == before.layers {
            return FirstMiss(
                step: index, cause: .notInCache,
                evidence: "it made the same layer as in \(name(seen.build)), so that the cache lost the entry")
        }
        if !isSameBuilder && staged.build.hits == 0 {
            return unknown(index, "no builder is named and nothing hit: files changed, or the cache is another one")
        }
        let source = step.remoteSource.map { "what \($0) gives" } ?? "the files that it takes"
        return FirstMiss(
            step: index, cause: .inputsChanged,
            evidence: "it and all before it are as in \(name(last)): \(source) changed, unless the cache lost the entry"
        )
    }

    private func evicted(_ index: Int, _ last: Int, _ seen: BuildHistory.Sighting) -> FirstMiss {
        let place = staged.build.builder.map { "on \($0) " } ?? ""
        let rest =
            staged.build.steps[index].vertex.map(seen.vertices.contains) == true
            ? "to the vertex's digest" : "as far as it is printed (environment and build arguments are not)"
        let reason = staged.build.hits == 0 ? "; nothing hit in this build: pruned, or built without the cache" : ""
        return FirstMiss(
            step: index, cause: .notInCache,
            evidence: "it was last there \(place)in \(name(last)), and is the same \(rest)\(reason)")
    }

    /// Equal vertices have equal digests: another digest tells of a change that no text shows.
    private func hiddenChange(_ index: Int, _ seen: BuildHistory.Sighting) -> FirstMiss? {
        let before = history.builds[seen.build]
        guard let new = staged.build.steps[index].vertex, let old = before.build.steps[seen.step].vertex,
            !seen.vertices.contains(new), staged.standsOnStepsOnly(index), before.standsOnStepsOnly(seen.step)
        else { return nil }
        return FirstMiss(
            step: index, cause: .instructionChanged,
            evidence: "its vertex was \(old) in \(name(seen.build)) and is \(new): "
                + "environment, build arguments, user or the like changed")
    }

    /// A stage whose base is not told, and in which nothing hit, may stand on something else than before.
    private func openBase(_ index: Int, _ key: StageKey) -> FirstMiss? {
        guard !hasHitBefore(index) else { return nil }
        if let from = staged.base(of: key) {
            let base = BaseName(from: staged.build.steps[from].text)
            guard base.digest == nil, base.name != "scratch", staged.links[from].isEmpty else { return nil }
            return unknown(index, "the digest of \(base.name) is not told: it moved, or the cache lost the entry")
        }
        guard staged.build.tool == .buildkit, !staged.tellsInputs,
            let other = staged.build.steps.indices.first(where: {
                staged.build.steps[$0].isMiss && staged.stage[$0] != key
            })
        else { return nil }
        return unknown(
            index, "what its stage stands on is not told, and \(words(staged.build.steps[other].text)) missed too")
    }

    func hasHitBefore(_ index: Int) -> Bool {
        guard let key = staged.stage[index] else { return false }
        return (staged.order[key] ?? []).prefix(staged.place[index]).contains { staged.build.steps[$0].isHit }
    }

    func unknown(_ index: Int, _ evidence: String) -> FirstMiss {
        FirstMiss(step: index, cause: .unknown, evidence: evidence)
    }

    func name(_ number: Int) -> String { name(history.builds[number]) }

    /// When the build began; its reference where that is not known.
    func name(_ staged: StagedBuild) -> String {
        let build = staged.build
        return build.startedAt.map { "the build of \($0.formatted(.iso8601))" }
            ?? "build \(build.reference ?? build.contentDigest.short)"
    }

    func words(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        return "“\(line.count > 120 ? line.prefix(119) + "…" : line)”"
    }
}

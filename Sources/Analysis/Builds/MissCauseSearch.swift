import BuildModel
import Figures

/// Finds why the first miss of each stage missed, by what is known of earlier builds.
///
/// What would have had to be otherwise for a hit? A chain that was never seen tells that something printed changed: the
/// base image, when the stage has seen the image by that name and never with this digest, or its texts with another
/// digest; else the texts. A chain that was seen tells of something that is not printed: files, steps of other stages,
/// the cache itself.
struct MissCauseSearch {
    let staged: StagedBuild
    let history: BuildHistory

    func firstMisses() -> [FirstMiss] {
        let found = staged.stages.compactMap { key in
            staged.order[key]?.first { staged.build.steps[$0].isMiss }.map { ($0, key) }
        }
        let causes = found.map { index, key in cause(of: index, in: key) }
        let evicted = causes.first { $0.cause == .notInCache }
        return causes.map { miss in
            guard miss.cause == .inputsChanged, let evicted else { return miss }
            // The cache lost an entry whose step takes no files: it may have lost this one too.
            return FirstMiss(
                step: miss.step, cause: .unknown,
                evidence: "either files changed or the cache lost the entry, as it lost that of "
                    + words(staged.build.steps[evicted.step].text))
        }
    }

    private func cause(of index: Int, in key: StageKey) -> FirstMiss {
        guard let chain = staged.chain[index] else { return unknown(index, "the step stands in no stage") }
        if let seen = history.sightings[chain.whole] { return unchangedChain(index, key, seen) }
        if let seen = history.ownStage[chain.ownStage] { return changedElsewhere(index, seen) }
        guard !history.builds.isEmpty else { return unknown(index, "no earlier build is known") }
        if let moved = baseMoved(index, key, chain) { return moved }
        guard let before = history.stages[key] else { return newStage(index, key) }
        return changedText(index, key, since: history.builds[before])
    }

    // The chain was never seen.

    private func baseMoved(_ index: Int, _ key: StageKey, _ chain: StepChain) -> FirstMiss? {
        guard let from = staged.base(of: key) else { return nil }
        let base = BaseName(from: staged.build.steps[from].text)
        guard !staged.isBaseOpen(key), let version = staged.version(ofBase: from),
            let known = history.bases[key]?[base.name]
        else { return nil }
        let others = known.filter { $0.key != version }
        guard let last = others.max(by: { ($0.value, $0.key) < ($1.value, $1.key) }) else { return nil }
        guard known[version] == nil || history.texts[chain.texts] != nil else { return nil }
        return FirstMiss(
            step: index, cause: .baseMoved,
            evidence: "\(base.name) was \(last.key) in \(name(last.value)), and is \(version)")
    }

    private func newStage(_ index: Int, _ key: StageKey) -> FirstMiss {
        guard history.builds.contains(where: { $0.build.result == .completed && $0.build.tool == key.tool }) else {
            return unknown(index, "no earlier build came to this stage")
        }
        return FirstMiss(step: index, cause: .instructionChanged, evidence: "no earlier build has this stage")
    }

    private func changedText(_ index: Int, _ key: StageKey, since before: StagedBuild) -> FirstMiss {
        let isOpen = staged.isBaseOpen(key) || before.isBaseOpen(key)
        let (new, old) = (texts(of: staged, key, isOpen), texts(of: before, key, isOpen))
        let same = zip(new, old).prefix { $0 == $1 }.count
        let build = name(before)
        guard same < (order(of: staged, key, isOpen).firstIndex(of: index) ?? 0) + 1 else {
            if isOpen || (version(of: staged, key) == nil) != (version(of: before, key) == nil) {
                return unknown(index, "the image that its stage begins with is not told, here or in \(build)")
            }
            return FirstMiss(
                step: index, cause: .notInCache,
                evidence: "it stood in \(build), and ran to its end in no earlier build")
        }
        if let hit = unrecordedHit(before: index, after: same, in: order(of: staged, key, isOpen)) {
            return unknown(
                index,
                "\(words(staged.build.steps[hit].text)) hit, and no recorded build had it: "
                    + "one that is not recorded did, and what came after it there is not told")
        }
        let evidence: String
        if same == old.count {
            evidence = "\(words(new[same])) is new after the last step of \(build)"
        } else if old.contains(new[same]) && !new.contains(old[same]) {
            evidence = "\(words(old[same])) of \(build) was taken out"
        } else if same + 1 < new.count && new[(same + 1)...].contains(old[same]) {
            evidence = "\(words(new[same])) was put before \(words(old[same])) since \(build)"
        } else {
            evidence = "\(words(old[same])) of \(build) became \(words(new[same]))"
        }
        return FirstMiss(step: index, cause: .instructionChanged, evidence: evidence)
    }

    /// The step right before the given one, if it hit, stands at or after the first one that changed, and was in no build
    /// that is known. Then what changed was in the cache, and is not what missed.
    private func unrecordedHit(before index: Int, after same: Int, in order: [Int]) -> Int? {
        guard let place = order.firstIndex(of: index), place > same, place > 0 else { return nil }
        let hit = order[place - 1]
        guard staged.build.steps[hit].isHit, let chain = staged.chain[hit], history.sightings[chain.whole] == nil
        else { return nil }
        return hit
    }

    private func version(of build: StagedBuild, _ key: StageKey) -> String? {
        build.base(of: key).flatMap { build.version(ofBase: $0) }
    }

    private func order(of build: StagedBuild, _ key: StageKey, _ isOpen: Bool) -> [Int] {
        (build.order[key] ?? []).filter { !isOpen || build.build.steps[$0].kind != .from }
    }

    private func texts(of build: StagedBuild, _ key: StageKey, _ isOpen: Bool) -> [String] {
        order(of: build, key, isOpen).map { index in
            let step = build.build.steps[index]
            return step.kind == .from ? "FROM \(BaseName(from: step.text).name)" : step.text
        }
    }

    /// The own stage was seen as it is, on other stages than now.
    private func changedElsewhere(_ index: Int, _ seen: (build: Int, step: Int)) -> FirstMiss {
        if let miss = missedBelow(index) { return miss }
        let before = history.builds[seen.build]
        guard before.tellsInputs == staged.tellsInputs else {
            return unknown(index, "\(name(seen.build)) tells of other things than this one what its steps stand on")
        }
        guard let link = staged.links[index].first.map({ staged.build.steps[$0].text }) else {
            return unknown(index, "something before it stands on other stages than in \(name(seen.build))")
        }
        return FirstMiss(
            step: index, cause: .instructionChanged,
            evidence: "what it takes from, up to \(words(link)), is not what it was in \(name(seen.build))")
    }

    func missedBelow(_ index: Int) -> FirstMiss? {
        for link in staged.links[index] + baseLinks(index) {
            guard let miss = staged.missBelow(link) else { continue }
            let step = staged.build.steps[miss]
            let stage = staged.stage[miss]?.name.map { " of stage \($0)" } ?? ""
            return FirstMiss(
                step: index, cause: .earlierStep, evidence: "\(words(step.text))\(stage), on which it stands, missed")
        }
        return nil
    }

    /// What the stage itself begins with, where no hit shows that it is as it was.
    private func baseLinks(_ index: Int) -> [Int] {
        guard !hasHitBefore(index), let key = staged.stage[index] else { return [] }
        return (staged.order[key] ?? []).prefix(staged.place[index]).flatMap { staged.links[$0] }
    }
}

import BuildModel
import Foundation
import ImageModel
import TestSupport

/// A project, its builders and their caches, exactly: each step's key is made of all that its result depends on, so that
/// it is known why a step missed.
struct CacheModel {
    struct Step {
        var text: String
        /// The file that COPY takes.
        var file: String?
        /// The stage that COPY takes from.
        var from: Int?
    }

    struct Stage {
        var image: String?
        /// The stage that this one begins with, where it has no image.
        var parent: Int?
        var steps: [Step]
        /// What no step's text shows: the environment of RUN.
        var environment = 0
    }

    /// One build, and of each of its steps what the model knows.
    struct Made {
        var build: Build
        var steps: [Known]
    }

    struct Known {
        /// All that is printed of the step and what it stands on.
        var visible: String
        /// Causes that are true of a miss: without each of them the step could have hit, or would still have missed.
        var causes: Set<String> = []
        var isEvicted = false
    }

    var generator: SeededGenerator
    /// Whether the builds tell what steps stand on, and the digests of vertices.
    let tells: Bool
    /// Whether the builder looks up nothing after the first miss of a stage.
    let stops: Bool
    var stages: [Stage] = []
    var files: [String: Int] = [:]
    var bases = ["docker.io/library/alpine:3": 1, "docker.io/library/golang:1": 1]
    var caches: [String: Set<String>] = [:]
    private(set) var made: [Made] = []
    private var keysEver: Set<String> = []
    private var visibleOn: [String: Set<String>] = [:]
    private var ownEver: Set<String> = []
    private var textsEver: Set<String> = []
    private var withoutEnvironment: Set<String> = []
    private var digestsEver: [String: Set<Int>] = [:]

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
        tells = seed % 2 == 0
        stops = seed % 3 == 0
        for number in 0..<Int.random(in: 1...3, using: &generator) {
            let isOnStage = number > 0 && Bool.random(using: &generator)
            stages.append(
                Stage(
                    image: isOnStage ? nil : bases.keys.sorted().randomElement(using: &generator),
                    parent: isOnStage ? Int.random(in: 0..<number, using: &generator) : nil, steps: []))
            for _ in 0..<Int.random(in: 1...3, using: &generator) { insertStep(number) }
        }
    }

    private mutating func newStep(_ stage: Int) -> Step {
        switch Int.random(in: 0..<4, using: &generator) {
        case 0:
            let file = ["a", "b", "c"].randomElement(using: &generator) ?? "a"
            return Step(text: "COPY \(file) /src/", file: file)
        case 1 where stage > 0:
            let from = Int.random(in: 0..<stage, using: &generator)
            return Step(text: "COPY --from=s\(from) /out /out", from: from)
        default: return Step(text: "RUN make \(Int.random(in: 0..<6, using: &generator))")
        }
    }

    private mutating func insertStep(_ stage: Int) {
        let step = newStep(stage)
        stages[stage].steps.insert(step, at: Int.random(in: 0...stages[stage].steps.count, using: &generator))
    }

    /// Something happens between two builds, or nothing.
    mutating func change() {
        let stage = Int.random(in: stages.indices, using: &generator)
        switch Int.random(in: 0..<12, using: &generator) {
        case 0: insertStep(stage)
        case 1 where stages[stage].steps.count > 1:
            stages[stage].steps.remove(at: Int.random(in: stages[stage].steps.indices, using: &generator))
        case 2:
            let place = Int.random(in: stages[stage].steps.indices, using: &generator)
            stages[stage].steps[place] = newStep(stage)
        case 3, 4: files[["a", "b", "c"].randomElement(using: &generator) ?? "a", default: 0] += 1
        case 5, 6:
            if let image = bases.keys.sorted().randomElement(using: &generator) {
                bases[image] = Int.random(in: 1...4, using: &generator)
            }
        case 7:
            for (builder, keys) in caches {
                for key in keys.sorted() where Int.random(in: 0..<5, using: &generator) == 0 {
                    caches[builder]?.remove(key)
                }
            }
        case 8: caches["one"] = []
        case 9: stages[stage].environment = Int.random(in: 0...2, using: &generator)
        default: break
        }
    }

    mutating func runBuild() {
        let builder = Int.random(in: 0..<8, using: &generator) == 0 ? "two" : "one"
        let failing = Int.random(in: 0..<8, using: &generator) == 0 ? Int.random(in: 1...6, using: &generator) : nil
        var (steps, known): ([BuildStep], [Known]) = ([], [])
        var (lastKey, lastVisible): ([Int: String], [Int: String]) = ([:], [:])
        var (lastNumber, hasMissed, takesFiles): ([Int: Int], Set<Int>, [Int: Bool]) = ([:], [], [:])
        var (isOver, seen): (Bool, [(Known, key: String, own: String, texts: String, bare: String)]) = (false, [])
        var digestsNow: [(String, Int)] = []
        for (number, stage) in stages.enumerated() {
            var (key, visible, own, texts, bare) = ("", "", "", "", "")
            var (previous, stageMissed, hasFiles): (Int?, Bool, Bool) = (nil, false, false)
            var below: Set<Int> = []
            if let image = stage.image, let version = bases[image] {
                let text = "FROM \(image)@\(digest("\(image) \(version)"))"
                (key, visible, own, texts, bare) = (text, text, text, image, text)
                steps.append(
                    BuildStep(
                        number: steps.count + 1, kind: .from, name: text, stage: "s\(number)", position: 1, text: text,
                        vertex: tells ? digest(text) : nil, outcome: .completed))
                known.append(Known(visible: visible))
                previous = steps.count
                digestsNow.append(("s\(number) \(image)", version))
            } else if let parent = stage.parent {
                key = lastKey[parent] ?? ""
                bare = key
                hasFiles = takesFiles[parent] ?? false
                below.insert(parent)
                if tells {
                    visible = "(\(lastVisible[parent] ?? ""))"
                    previous = lastNumber[parent]
                }
            }
            for (place, step) in stage.steps.enumerated() {
                let file = step.file.map { "#\(files[$0, default: 0])" } ?? ""
                let environment = step.text.hasPrefix("RUN") ? "$\(stage.environment)" : ""
                let linked = step.from.map { "(\(lastKey[$0] ?? ""))" } ?? ""
                bare = key + "|" + step.text + file + linked
                key = digest(key + "|" + step.text + file + environment + linked).hex
                visible += "|\(step.text)" + (step.from.map { "(\(lastVisible[$0] ?? ""))" } ?? "")
                (own, texts) = (own + "|\(step.text)", texts + "|\(step.text)")
                hasFiles = hasFiles || step.file != nil || step.from.map { takesFiles[$0] ?? false } ?? false
                var fact = Known(visible: visible)
                let isHit = caches[builder, default: []].contains(key) && !(stops && stageMissed)
                let outcome: StepOutcome =
                    isOver
                    ? .skipped
                    : isHit
                        ? .hit
                        : failing == steps.count
                            ? .failed
                            : stops && stageMissed ? .notProbed : .miss
                if outcome == .failed { isOver = true }
                if outcome == .miss && !stageMissed {
                    let links = Set(step.from.map { [$0] } ?? []).union(place == 0 ? below : [])
                    let image = stage.image
                    let digests = image.flatMap { digestsEver["s\(number) \($0)"] } ?? []
                    let isMoved = image.map { !digests.subtracting([bases[$0] ?? 0]).isEmpty } ?? false
                    fact.isEvicted = keysEver.contains(key)
                    let wasVisible = visibleOn.values.contains { $0.contains(visible) }
                    if fact.isEvicted { fact.causes.insert("not_in_cache") }
                    if wasVisible && !visibleOn[builder, default: []].contains(visible) {
                        fact.causes.insert("not_in_cache")
                    }
                    if wasVisible && !fact.isEvicted {
                        if step.file != nil { fact.causes.insert("inputs_changed") }
                        if withoutEnvironment.contains(bare) {
                            fact.causes.formUnion(tells && !hasFiles ? ["instruction_changed"] : ["hidden"])
                        } else if step.file == nil {
                            // It stands on files, or an environment, that it never stood on before.
                            fact.causes.formUnion(["not_in_cache", "instruction_changed"])
                        }
                    }
                    if !ownEver.contains(own) && isMoved { fact.causes.insert("base_moved") }
                    if !ownEver.contains(own) && (!textsEver.contains(texts) || !isMoved) {
                        fact.causes.insert("instruction_changed")
                    }
                    if !isMissless(links, hasMissed) { fact.causes.insert("earlier_step") }
                    if ownEver.contains(own) && !wasVisible { fact.causes.insert("instruction_changed") }
                }
                if [.miss, .notProbed].contains(outcome) { (stageMissed, _) = (true, hasMissed.insert(number)) }
                let inputs = tells ? [previous, step.from.flatMap { lastNumber[$0] }].compactMap { $0 } : []
                steps.append(
                    BuildStep(
                        number: steps.count + 1, kind: .instruction, name: step.text, stage: "s\(number)",
                        position: place + 2, instruction: String(step.text.prefix { $0 != " " }), text: step.text,
                        vertex: tells ? digest(hasFiles ? "\(made.count) \(key)" : key) : nil,
                        inputs: inputs, outcome: outcome,
                        duration: [.miss, .notProbed].contains(outcome)
                            ? Int64.random(in: 0..<100, using: &generator) : nil))
                if tells && step.file != nil {
                    steps.append(
                        BuildStep(
                            number: steps.count + 1, kind: .context, name: "load build context",
                            text: "load build context", outcome: .completed))
                    steps[steps.count - 2].inputs.append(steps.count)
                }
                known.append(fact)
                if [.hit, .miss, .notProbed].contains(outcome) { seen.append((fact, key, own, texts, bare)) }
                if tells && step.file != nil { known.append(Known(visible: "context \(made.count)")) }
                previous = tells && step.file != nil ? steps.count - 1 : steps.count
            }
            // A stage whose own steps all hit passes on what missed below it only where it begins with it.
            (lastKey[number], lastVisible[number], lastNumber[number]) = (key, visible, previous)
            takesFiles[number] = hasFiles
            for stageBelow in below where hasMissed.contains(stageBelow) { hasMissed.insert(number) }
            for step in stage.steps { if let from = step.from, hasMissed.contains(from) { hasMissed.insert(number) } }
        }
        for (fact, key, own, texts, bare) in seen {
            caches[builder, default: []].insert(key)
            keysEver.insert(key)
            visibleOn[builder, default: []].insert(fact.visible)
            ownEver.insert(own)
            textsEver.insert(texts)
            withoutEnvironment.insert(bare)
        }
        for (name, version) in digestsNow { digestsEver[name, default: []].insert(version) }
        made.append(
            Made(
                build: Build(
                    contentDigest: digest("build \(made.count)"), form: .record, tool: .buildkit, builder: builder,
                    result: isOver ? .failed : .completed, steps: steps), steps: known))
    }

    private func isMissless(_ links: Set<Int>, _ missed: Set<Int>) -> Bool { links.isDisjoint(with: missed) }

    private func digest(_ text: String) -> Digest {
        var hasher = DigestHasher()
        hasher.update(Array(text.utf8))
        return hasher.finish()
    }
}

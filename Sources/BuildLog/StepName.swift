package import BuildModel

/// What BuildKit's name of a vertex tells:
/// `[` target? platform? stage? position`/`positions `] ` `ONBUILD `? INSTRUCTION …
/// [buildkit: frontend/dockerfile/dockerfile2llb/convert.go `prefixCommand`; buildx: util/progress `addPrefix`].
package struct StepName: Sendable, Equatable {
    /// The target of `bake`, or the service of `compose`, that the client put before the name; nil in a build of one.
    package var target: String?
    /// As printed: `linux/arm64`, `linux/amd64->arm64` for a step that runs on one and builds for the other.
    package var platform: String?
    /// The stage's name or `stage-N`.
    package var stage: String?
    /// `2` and `5` of `[stage 2/5]`.
    package var position: Int?
    package var positions: Int?
    /// The keyword in capitals: `RUN`, of `ONBUILD RUN …` too.
    package var instruction: String?
    /// The instruction from its keyword on; of other steps the name without what stands in brackets before it.
    package var text: String
    package var kind: StepKind

    /// Takes a name apart. `targets` are those that ``targets(in:)`` found in the names of the same build: they tell
    /// `[web 2/5]`, step 2 of target web, from the same words for a stage of that name.
    package static func parse(_ name: String, targets: Set<String> = []) -> StepName {
        let (words, text) = split(name)
        var step = StepName(text: text, kind: .other)
        guard var words else {
            step.classify()
            return step
        }
        if let last = words.last, let (position, positions) = positions(of: last) {
            (step.position, step.positions) = (position, positions)
            words.removeLast()
            step.takeWords(words, targets: targets, hasStage: true)
            step.classify()
        } else if let mark = words.last, mark == "internal" || mark == "auth" {
            step.takeWords(words.dropLast(), targets: targets, hasStage: false)
            step.kind = mark == "auth" ? .auth : isContext(text) ? .context : .internal
        } else if let mark = words.dropLast().firstIndex(of: "context") {
            step.takeWords(words[..<mark], targets: targets, hasStage: false)
            step.kind = .context
        } else {
            step.takeWords(words[...], targets: targets, hasStage: false)
            step.classify()
        }
        return step
    }

    /// The targets that a client of several builds (`bake`, `compose`) put before the names. It puts them before
    /// every name of such a build, its internal steps among them, which no stage can be mistaken for.
    package static func targets(in names: some Sequence<String>) -> Set<String> {
        var targets: Set<String> = []
        for name in names where name.hasPrefix("[") {
            if let target = parse(name).target { targets.insert(target) }
        }
        return targets
    }

    /// The words in the brackets before a name, and what follows them; no words when there are no brackets.
    private static func split(_ name: String) -> (words: ArraySlice<Substring>?, text: String) {
        guard name.hasPrefix("["), let end = name.firstIndex(of: "]") else { return (nil, name) }
        let inside = name[name.index(after: name.startIndex)..<end]
        let words = inside.split(separator: " ")
        guard !words.isEmpty else { return (nil, name) }
        return (words[...], String(name[name.index(after: end)...].drop { $0 == " " }))
    }

    private static func positions(of word: Substring) -> (Int, Int)? {
        let numbers = word.split(separator: "/", omittingEmptySubsequences: false)
        guard numbers.count == 2, numbers.allSatisfy({ $0.allSatisfy(\.isASCIIDigit) }),
            let position = Int(numbers[0]), let positions = Int(numbers[1])
        else { return nil }
        return (position, positions)
    }

    /// Neither a stage nor a target may have a slash in its name, and a platform always has one.
    private mutating func takeWords(_ words: ArraySlice<Substring>, targets: Set<String>, hasStage: Bool) {
        var rest = words
        if let index = rest.firstIndex(where: { $0.contains("/") }) {
            platform = String(rest[index])
            if index > rest.startIndex { target = String(rest[rest.startIndex]) }
            rest = rest[(index + 1)...]
        } else if let first = rest.first, !hasStage || rest.count > 1 || targets.contains(String(first)) {
            target = String(first)
            rest = rest.dropFirst()
        }
        if hasStage, let last = rest.last { stage = String(last) }
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { self >= "0" && self <= "9" }
}

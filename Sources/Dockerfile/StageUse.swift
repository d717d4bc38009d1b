/// That a stage needs something built elsewhere.
package struct StageUse: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case base
        /// COPY `--from`.
        case copy
        /// RUN `--mount=…,from=`.
        case mount
    }

    package var kind: Kind
    /// Expanded in FROM; elsewhere as written, since nothing is expanded there.
    package var name: String
    /// Index of the stage that is used; nil for an image, a named context or `scratch`.
    package var stage: Int?
    /// Index into ``Dockerfile/instructions``.
    package var instruction: Int
}

extension Dockerfile {
    /// What each stage uses, in the order of the file. Throws when a FROM cannot be expanded.
    package func uses(_ settings: BuildSettings = .init()) throws(DockerfileError) -> [[StageUse]] {
        let globals = try globalArguments(settings)
        let names = lastStages
        var uses: [[StageUse]] = []
        var earlier: [String: Int] = [:]
        for (index, stage) in stages.enumerated() {
            let base = try base(of: stage, globals)
            // The case of a name matters in FROM and nowhere else.
            var found = [
                StageUse(kind: .base, name: base, stage: earlier[base], instruction: stage.instructions.lowerBound)
            ]
            for number in stage.instructions { found += sources(number, names) }
            uses.append(found)
            if let name = stage.name { earlier[name] = index }
        }
        return uses
    }

    /// The stages that a target needs, itself included, in the order of the file. The target is a name or an index as
    /// in `--target`; nil means the last stage. Nil when there is no such stage.
    package func stages(
        neededFor target: String?, _ settings: BuildSettings = .init()
    ) throws(DockerfileError) -> [Int]? {
        let uses = try uses(settings)
        let last = stages.count - 1
        guard let start = target.map({ index(of: $0, lastStages) }) ?? last else { return nil }
        var needed: Set<Int> = [start]
        var open = [start]
        while let stage = open.popLast() {
            for use in uses[stage] {
                if let used = use.stage, needed.insert(used).inserted { open.append(used) }
            }
        }
        return needed.sorted()
    }

    /// By name; of two stages with one name the later one is meant.
    private var lastStages: [String: Int] {
        var names: [String: Int] = [:]
        for (index, stage) in stages.enumerated() { if let name = stage.name { names[name] = index } }
        return names
    }

    private func index(of name: String, _ names: [String: Int]) -> Int? {
        if let index = names[name.lowercased()] { return index }
        return Int(name).flatMap { stages.indices.contains($0) ? $0 : nil }
    }

    /// What COPY and the mounts of RUN use.
    private func sources(_ number: Int, _ names: [String: Int]) -> [StageUse] {
        let instruction = instructions[number]
        return instruction.sources.map { kind, name in
            // Only COPY takes numbers, and there a number is never a name.
            let stage = kind == .copy && Int(name) != nil ? index(of: name, [:]) : names[name.lowercased()]
            return StageUse(kind: kind, name: name, stage: stage, instruction: number)
        }
    }

    /// Whether BuildKit prints names of stages: when there are several, images that COPY or a mount takes something
    /// from counted too, and a mount without `from` counted as one of `scratch`.
    var printsStageNames: Bool {
        if stages.count > 1 { return true }
        let names = lastStages
        return instructions.contains { instruction in
            instruction.sources.contains { kind, name in
                names[name.lowercased()] == nil && !(kind == .copy && Int(name) != nil)
            } || instruction.mounts.contains { $0["from"] == nil && names["scratch"] == nil }
        }
    }
}

extension Instruction {
    /// The fields of each `--mount` of RUN: `type=cache,target=/x`. A field without a value has an empty one.
    package var mounts: [[String: String]] {
        guard keyword == "RUN" else { return [] }
        return flags.filter { $0.name == "mount" }.map { flag in
            var fields: [String: String] = [:]
            for field in (flag.value ?? "").fields {
                let (name, value) = field.nameAndValue
                fields[name.lowercased()] = value ?? ""
            }
            return fields
        }
    }

    fileprivate var sources: [(StageUse.Kind, String)] {
        switch keyword {
        case "COPY":
            flags.filter { $0.name == "from" }.compactMap { $0.value }.filter { !$0.isEmpty }.map { (.copy, $0) }
        case "RUN": mounts.compactMap { $0["from"] }.filter { !$0.isEmpty }.map { (.mount, $0) }
        default: []
        }
    }
}

extension String {
    /// Fields of a line of CSV (RFC 4180): a field in double quotes may hold commas, and `""` for a quote.
    fileprivate var fields: [String] {
        var fields: [String] = []
        var field = String.UnicodeScalarView()
        var isQuoted = false
        for scalar in unicodeScalars {
            switch scalar {
            case "\"":
                // A quote behind a closing one stands for itself.
                if !isQuoted, !field.isEmpty { field.append(scalar) }
                isQuoted.toggle()
            case "," where !isQuoted:
                fields.append(String(field))
                field.removeAll()
            default: field.append(scalar)
            }
        }
        fields.append(String(field))
        return fields
    }
}

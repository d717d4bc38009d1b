extension Dockerfile {
    /// Scalars that the texts of a whole file may grow to.
    private static let textLimit = 2 << 20

    /// Every step that BuildKit makes of the file, with its variables expanded as in BuildKit's own progress
    /// (frontend/dockerfile/dockerfile2llb/convert.go): FROM of an image, RUN, COPY, ADD and WORKDIR. ONBUILD triggers
    /// of an earlier stage are counted, but have no step of their own here.
    ///
    /// Throws when a FROM or an ARG before it cannot be expanded, or when variables grow without bound.
    package func vertices(_ settings: BuildSettings = .init()) throws(DockerfileError) -> [Vertex] {
        let globals = try globalArguments(settings)
        let printsNames = printsStageNames
        var environments: [StageEnvironment] = []
        var earlier: [String: Int] = [:]
        var vertices: [Vertex] = []
        var size = 0
        for (index, stage) in stages.enumerated() {
            let base = try base(of: stage, globals)
            var pass = StagePass(environment: StageEnvironment(lexer: lexer), settings: settings, globals: globals)
            if let parent = earlier[base] {
                pass.environment = environments[parent]
                pass.take(triggers: instructions[stages[parent].instructions].flatMap(\.trigger))
            } else {
                pass.environment.start(settings.baseEnvironments[base], isScratch: base == "scratch")
                if base != "scratch" { pass.begin(base, at: stage.instructions.lowerBound) }
            }
            for number in stage.instructions.dropFirst() {
                pass.read(instructions[number], number)
                size += pass.vertices.last.map { $0.instruction == number ? $0.text.utf8.count : 0 } ?? 0
                guard size <= Self.textLimit else {
                    throw DockerfileError(
                        line: instructions[number].lines.lowerBound,
                        .expansion("variables grow beyond \(Self.textLimit) bytes"))
                }
            }
            for var vertex in pass.vertices {
                vertex.stage = index
                vertex.total = pass.total
                vertex.stageName = printsNames ? stage.name ?? "stage-\(index)" : nil
                vertices.append(vertex)
            }
            environments.append(pass.environment)
            if let name = stage.name { earlier[name] = index }
        }
        return vertices
    }

    var lexer: ShellLexer { ShellLexer(escape: escape.unicodeScalars.first ?? "\\") }

    /// The arguments before the first FROM, and the predefined ones.
    func globalArguments(_ settings: BuildSettings) throws(DockerfileError) -> [String: String] {
        var values = settings.predefined(lastStage: stages.last?.name)
        for instruction in instructions[..<(stages.first?.instructions.lowerBound ?? 0)] {
            for argument in instruction.arguments {
                let (name, value) = argument.nameAndValue
                if let given = settings.arguments[name] {
                    values[name] = given
                } else if let value {
                    values[name] = try expand(value, values, instruction)
                }
            }
        }
        return values
    }

    /// What FROM names.
    func base(of stage: Stage, _ globals: [String: String]) throws(DockerfileError) -> String {
        let instruction = instructions[stage.instructions.lowerBound]
        let base = try expand(stage.base, globals, instruction)
        guard !base.isEmpty else {
            throw DockerfileError(
                line: instruction.lines.lowerBound,
                .expansion("\(stage.base) is empty; give the ARG that it needs a value"))
        }
        return base
    }

    private func expand(
        _ text: String, _ values: [String: String], _ instruction: Instruction
    ) throws(DockerfileError) -> String {
        do {
            return try lexer.expand(text, values).text
        } catch {
            throw DockerfileError(line: instruction.lines.lowerBound, .expansion("\(text): \(error.reason)"))
        }
    }
}

/// Goes through the instructions of a stage.
private struct StagePass {
    var environment: StageEnvironment
    let settings: BuildSettings
    let globals: [String: String]
    var vertices: [Vertex] = []
    var total = 0
    /// The position of the last step.
    private var position = 0
    private var isPositionCertain = true

    init(environment: StageEnvironment, settings: BuildSettings, globals: [String: String]) {
        self.environment = environment
        self.settings = settings
        self.globals = globals
    }

    /// Triggers come before the instructions of the stage. All of them are counted, whether they make a step or not.
    mutating func take(triggers: [Instruction]) {
        total += triggers.count
        for trigger in triggers {
            switch trigger.keyword {
            case "RUN", "COPY", "ADD": position += 1
            case "WORKDIR":
                position += 1
                environment.folder = nil
                isPositionCertain = false
            case "ARG", "ENV":
                for argument in trigger.arguments { environment.uncertain.insert(argument.nameAndValue.name) }
            default: break
            }
        }
    }

    mutating func begin(_ base: String, at number: Int) {
        total += 1
        add(number, "FROM " + base, true)
    }

    private mutating func add(_ number: Int, _ text: String, _ isCertain: Bool) {
        position += 1
        vertices.append(
            Vertex(
                stage: 0, instruction: number, position: position, total: 0, stageName: nil, text: text,
                isCertain: isCertain && isPositionCertain))
    }

    mutating func read(_ instruction: Instruction, _ number: Int) {
        switch instruction.keyword {
        case "ENV": environment.define(instruction)
        case "ARG": environment.declare(instruction, settings, globals)
        case "WORKDIR":
            total += 1
            let path = try? environment.expand(instruction.arguments[0])
            let isRoot = path.flatMap { environment.enter($0.text) }
            if isRoot == true, path?.isCertain == true { return }
            if isRoot == nil || path?.isCertain != true { isPositionCertain = false }
            step(instruction, number, environment.lexer)
        case "COPY", "ADD":
            total += 1
            step(instruction, number, environment.lexer)
        case "RUN":
            total += 1
            var lexer = environment.lexer
            lexer.keepsQuotes = true
            lexer.keepsUnset = true
            let saved = environment
            for mount in instruction.mounts where mount["type"] == "secret" {
                if let name = mount["env"] { environment.set(name, .init(text: "****", isCertain: true)) }
            }
            step(instruction, number, lexer)
            environment = saved
        default: break
        }
    }

    /// A text that cannot be expanded is printed as it is.
    private mutating func step(_ instruction: Instruction, _ number: Int, _ lexer: ShellLexer) {
        let written = instruction.printedText
        let word = (try? environment.expand(written, lexer)) ?? .init(text: written, isCertain: environment.isBaseKnown)
        add(number, word.text.withCapitalKeyword, word.isCertain)
    }
}

extension Instruction {
    /// As it is printed before expansion: a RUN of one heredoc is followed by the first line of it.
    var printedText: String {
        guard keyword == "RUN", !isJSON, let heredoc = heredocs.first, let word = arguments.first,
            (try? HeredocMark(word)) != nil
        else { return text }
        let content = Scalars(heredoc.content.unicodeScalars).trimmed
        let first = content.prefix { $0 != "\n" }
        let isWhole = first.count == content.count
        let line = first.last == "\r" && !isWhole ? first.dropLast() : first
        return "\(text) (\(line.text)\(isWhole ? "" : "..."))"
    }
}

extension String {
    var withCapitalKeyword: String {
        let keyword = unicodeScalars.prefix { $0 != " " }
        return String(keyword).uppercased() + String(unicodeScalars[keyword.endIndex...])
    }
}

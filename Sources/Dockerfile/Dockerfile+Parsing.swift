extension Dockerfile {
    /// Reads a Dockerfile.
    ///
    /// Throws what BuildKit refuses when it reads one: unknown instructions and flags, words that are missing, a file
    /// without FROM. Values of flags (`--mount`, `--chmod`) are not judged.
    package init(parsing text: String, limits: DockerfileLimits = .init()) throws(DockerfileError) {
        try self.init(parsing: text.utf8, limits: limits)
    }

    /// Reads a Dockerfile. Bytes that are no UTF-8 become U+FFFD.
    package init(parsing bytes: some Collection<UInt8>, limits: DockerfileLimits = .init()) throws(DockerfileError) {
        let parsed = try DockerfileNodes(parsing: bytes, limits: limits)
        self.init(
            syntax: parsed.directives.syntax, escape: Character(parsed.directives.escape), instructions: [], stages: [])
        for node in parsed.nodes {
            let instruction = try Instruction(node)
            if instruction.keyword == "FROM" {
                endStage()
                stages.append(Stage(instruction, at: instructions.count))
            } else if stages.isEmpty, instruction.keyword != "ARG" {
                throw DockerfileError(line: node.lines.lowerBound, .beforeFirstFrom(keyword: instruction.keyword))
            }
            instructions.append(instruction)
        }
        endStage()
        guard !stages.isEmpty else { throw DockerfileError(.noStages) }
    }

    private mutating func endStage() {
        guard let last = stages.indices.last else { return }
        stages[last].instructions = stages[last].instructions.lowerBound..<instructions.count
    }
}

extension Stage {
    fileprivate init(_ from: Instruction, at index: Int) {
        self.init(
            name: from.arguments.count == 3 ? from.arguments[2].lowercased() : nil, base: from.arguments[0],
            platform: from.flags.first { $0.name == "platform" }?.value, instructions: index..<(index + 1))
    }
}

extension Instruction {
    /// Judges a node. Throws what BuildKit refuses at this level.
    fileprivate init(_ node: DockerfileNode) throws(DockerfileError) {
        let line = node.lines.lowerBound
        let keyword = node.keyword.uppercased()
        guard InstructionRules.flags[keyword] != nil else {
            throw DockerfileError(line: line, .unknownInstruction(node.keyword))
        }
        self.init(unchecked: node)
        if let problem = InstructionRules.problem(node, keyword) ?? InstructionRules.problem(flags, of: keyword) {
            throw DockerfileError(line: line, .instruction(keyword: keyword, problem))
        }
    }

    /// What ONBUILD holds is judged only when it is used, so that any node becomes an instruction here.
    private init(unchecked node: DockerfileNode) {
        let keyword = node.keyword.uppercased()
        var arguments = node.words
        if keyword == "ENV" || keyword == "LABEL" {
            arguments = stride(from: 0, to: arguments.count - 2, by: 3).map { arguments[$0] + "=" + arguments[$0 + 1] }
        }
        let heredocs = node.heredocs.map { heredoc in
            var heredoc = heredoc
            if heredoc.isChomped { heredoc.content = heredoc.content.withoutLeadingTabs }
            return heredoc
        }
        let trigger = node.triggers.map { inner in
            var inner = inner
            inner.heredocs = node.heredocs
            inner.lines = node.lines
            return Instruction(unchecked: inner)
        }
        self.init(
            keyword: keyword, flags: InstructionRules.parts(node.flags), arguments: arguments, isJSON: node.isJSON,
            heredocs: heredocs, trigger: trigger, text: node.text, lines: node.lines)
    }
}

extension String {
    /// Each line without the tabs at its front (`<<-`).
    fileprivate var withoutLeadingTabs: String {
        var result = String.UnicodeScalarView()
        var isStart = true
        for scalar in unicodeScalars {
            if isStart, scalar == "\t" { continue }
            isStart = scalar == "\n"
            result.append(scalar)
        }
        return String(result)
    }
}

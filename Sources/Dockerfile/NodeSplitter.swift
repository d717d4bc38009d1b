/// Parts the text of an instruction into keyword, flags and words, each instruction in its own way
/// (frontend/dockerfile/parser, `line_parsers.go` and `split_command.go`).
struct NodeSplitter {
    var escape: Unicode.Scalar
    /// Where the instruction begins, for errors.
    var line: Int

    func node(_ text: Scalars, lines: ClosedRange<Int>) throws(DockerfileError) -> DockerfileNode {
        let whole = text.trimmed
        let keyword = whole.prefix { !$0.isGap }
        let (flags, rest) = flags(of: whole[keyword.endIndex...].drop { $0.isGap })
        var node = DockerfileNode(
            keyword: keyword.text, flags: flags, words: [], isJSON: false, heredocs: [], triggers: [],
            text: whole.text, lines: lines)
        try fill(&node, Scalars(rest.trimmed))
        return node
    }

    private func fill(_ node: inout DockerfileNode, _ rest: Scalars) throws(DockerfileError) {
        switch node.keyword.lowercased() {
        case "env", "label":
            node.words = try pairs(rest, node.keyword.uppercased())
        case "arg":
            node.words = words(rest)
        case "expose", "from":
            node.words = list(rest)
        case "maintainer", "stopsignal", "user", "workdir":
            node.words = rest.isEmpty ? [] : [rest.text]
        case "cmd", "entrypoint", "run", "shell":
            try command(&node, rest)
        case "add", "copy", "volume":
            if let strings = try strings(rest, node.keyword) {
                node.words = strings
                node.isJSON = true
            } else {
                node.words = list(rest)
            }
        case "healthcheck":
            let type = rest.prefix { !$0.isSpace }
            guard !type.isEmpty else { return }
            try command(&node, Scalars(rest[type.endIndex...].drop { $0.isSpace }))
            node.words.insert(type.text, at: 0)
        case "onbuild":
            try trigger(&node, rest)
        default:
            node.words = [""]
        }
    }

    private func command(_ node: inout DockerfileNode, _ rest: Scalars) throws(DockerfileError) {
        guard !rest.isEmpty else { return }
        if let strings = try strings(rest, node.keyword) {
            node.words = strings
            node.isJSON = true
        } else {
            node.words = [rest.text]
        }
    }

    /// ONBUILD holds one instruction. Another ONBUILD in it is refused later, but read here, by the same rules, no
    /// deeper than anybody writes it.
    private func trigger(_ node: inout DockerfileNode, _ rest: Scalars) throws(DockerfileError) {
        guard !rest.isEmpty else { return }
        let keyword = rest.prefix { !$0.isGap }.text
        guard keyword.lowercased() != "onbuild" else {
            throw DockerfileError(line: line, .instruction(keyword: "ONBUILD", "it cannot hold another ONBUILD"))
        }
        node.triggers = [try self.node(rest, lines: node.lines)]
    }

    /// The strings of a JSON array; nil for anything that is no JSON array. Throws for an array of other things.
    private func strings(_ rest: Scalars, _ keyword: String) throws(DockerfileError) -> [String]? {
        switch JSONArray(rest) {
        case .strings(let strings): return strings
        case .notJSON: return nil
        case .others:
            throw DockerfileError(
                line: line,
                .instruction(keyword: keyword.uppercased(), "the JSON array holds something other than strings"))
        }
    }

    /// Announced heredocs in the order of the line.
    func heredocs(in text: Scalars) throws(DockerfileError) -> [HeredocMark] {
        guard zip(text, text.dropFirst()).contains(where: { $0 == "<" && $1 == "<" }) else { return [] }
        let lexer = ShellLexer(escape: "\\", keepsQuotes: true, keepsEscapes: true, keepsUnset: true)
        // A line that the lexer cannot part has no heredocs: the shell will say what is wrong with it.
        guard let words = try? lexer.expand(text[...], [:]).words else { return [] }
        do throws(ShellFailure) {
            var marks: [HeredocMark] = []
            for word in words {
                if let mark = try HeredocMark(word) { marks.append(mark) }
            }
            return marks
        } catch {
            throw DockerfileError(line: line, .instruction(keyword: "", "heredoc: \(error.reason)"))
        }
    }
}

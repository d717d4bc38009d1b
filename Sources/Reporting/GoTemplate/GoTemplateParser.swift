/// Reads a template's tokens into nodes.
struct GoTemplateParser {
    /// Blocks and parentheses may be nested so deep; more is an error, so that no template exhausts the stack.
    static let depthLimit = 100

    private let tokens: [GoTemplateLexer.Token]
    private var index = 0
    private var depth = 0
    private var loops = 0
    private var scopes: [Set<String>] = [["$"]]

    private init(_ tokens: [GoTemplateLexer.Token]) { self.tokens = tokens }

    static func parse(_ template: String) throws(GoTemplateError) -> [GoTemplateNode] {
        var parser = GoTemplateParser(try GoTemplateLexer.tokens(of: template))
        let (nodes, ending) = try parser.parseNodes()
        if let ending { throw ending.position.error("unexpected {{\(ending.word)}}: nothing is open") }
        return nodes
    }

    private typealias Ending = (word: String, position: GoTemplatePosition)

    private mutating func next() -> GoTemplateLexer.Token? {
        guard index < tokens.count else { return nil }
        defer { index += 1 }
        return tokens[index]
    }

    private func peek() -> GoTemplateLexer.Token? { index < tokens.count ? tokens[index] : nil }

    private var lastPosition: GoTemplatePosition { tokens.last?.position ?? .init(line: 1, column: 1) }

    /// Nodes up to the end, or up to an `else` or `end`, whose word is read and whose rest is not.
    private mutating func parseNodes() throws(GoTemplateError) -> ([GoTemplateNode], Ending?) {
        var nodes: [GoTemplateNode] = []
        while let token = next() {
            if case .text(let text) = token.kind {
                nodes.append(.text(text))
                continue
            }
            guard let first = peek() else { break }
            guard case .word(let word) = first.kind else {
                nodes.append(.action(try parseClosedPipeline()))
                continue
            }
            switch word {
            case "end", "else":
                index += 1
                return (nodes, (word, first.position))
            case "if", "range", "with":
                index += 1
                nodes.append(try parseBlock(word, first.position))
            case "break", "continue":
                index += 1
                guard loops > 0 else { throw first.position.error("{{\(word)}} outside {{range}}") }
                try expectClose()
                nodes.append(word == "break" ? .breakLoop : .continueLoop)
            case "define", "block", "template":
                throw first.position.error("{{\(word)}} is not supported: write the text in place")
            default: nodes.append(.action(try parseClosedPipeline()))
            }
        }
        return (nodes, nil)
    }

    private mutating func parseBlock(
        _ word: String, _ position: GoTemplatePosition
    ) throws(GoTemplateError) -> GoTemplateNode {
        depth += 1
        guard depth <= Self.depthLimit else { throw position.error("blocks are nested too deep") }
        scopes.append([])
        let pipeline = try parsePipeline(inRange: word == "range")
        try expectClose()
        if word == "range" { loops += 1 }
        var (body, ending) = try parseNodes()
        if word == "range" { loops -= 1 }
        var alternative: [GoTemplateNode] = []
        if ending?.word == "else" {
            if let chained = peek(), case .word(let chainedWord) = chained.kind, word != "range",
                chainedWord == "if" || chainedWord == "with"
            {
                index += 1
                // `else if` shares the `end` of the block it belongs to.
                alternative = [try parseBlock(chainedWord, chained.position)]
                depth -= 1
                scopes.removeLast()
                return word == "if"
                    ? .ifElse(pipeline, body, alternative) : .with(pipeline, body, alternative)
            }
            try expectClose()
            (alternative, ending) = try parseNodes()
        }
        guard let ending else { throw position.error("{{\(word)}} is not closed: add {{end}}") }
        guard ending.word == "end" else { throw ending.position.error("a second {{else}}: expected {{end}}") }
        try expectClose()
        scopes.removeLast()
        depth -= 1
        return switch word {
        case "if": .ifElse(pipeline, body, alternative)
        case "range": .range(pipeline, body, alternative)
        default: .with(pipeline, body, alternative)
        }
    }

    private mutating func expectClose() throws(GoTemplateError) {
        let token = next()
        guard let token, token.kind == .close else {
            throw (token?.position ?? lastPosition).error("expected }}")
        }
    }

    private mutating func parseClosedPipeline() throws(GoTemplateError) -> GoTemplatePipeline {
        let pipeline = try parsePipeline(inRange: false)
        try expectClose()
        return pipeline
    }

    private mutating func parsePipeline(inRange: Bool) throws(GoTemplateError) -> GoTemplatePipeline {
        let start = peek()?.position ?? lastPosition
        var pipeline = GoTemplatePipeline(position: start)
        try parseVariables(&pipeline, inRange: inRange)
        while true {
            pipeline.commands.append(try parseCommand())
            guard let token = peek() else { throw lastPosition.error("expected }}") }
            if token.kind == .pipe {
                index += 1
                continue
            }
            break
        }
        scopes[scopes.count - 1].formUnion(pipeline.variables)
        return pipeline
    }

    private mutating func parseVariables(
        _ pipeline: inout GoTemplatePipeline, inRange: Bool
    ) throws(GoTemplateError) {
        var look = index
        var names: [String] = []
        while look < tokens.count, case .variable(let name) = tokens[look].kind {
            names.append(name)
            look += 1
            if look < tokens.count, tokens[look].kind == .comma { look += 1 } else { break }
        }
        guard !names.isEmpty, look < tokens.count else { return }
        guard tokens[look].kind == .declare || tokens[look].kind == .assign else { return }
        pipeline.declares = tokens[look].kind == .declare
        guard names.count == 1 || (names.count == 2 && inRange) else {
            throw tokens[index].position.error("too many variables: one, or two in a range")
        }
        if !pipeline.declares { for name in names { try expectDeclared(name, tokens[index].position) } }
        pipeline.variables = names
        index = look + 1
    }

    private func expectDeclared(_ name: String, _ position: GoTemplatePosition) throws(GoTemplateError) {
        guard scopes.contains(where: { $0.contains(name) }) else {
            throw position.error("undefined variable \(name)")
        }
    }

    private mutating func parseCommand() throws(GoTemplateError) -> GoTemplateCommand {
        var operands: [GoTemplateOperand] = []
        let start = peek()?.position ?? lastPosition
        while let token = peek() {
            switch token.kind {
            case .close, .pipe, .rightParenthesis:
                guard !operands.isEmpty else { throw token.position.error("missing value") }
                return GoTemplateCommand(operands: operands, position: start)
            default: operands.append(try parseOperand())
            }
        }
        throw start.error("action is not closed: add }}")
    }

    private mutating func parseOperand() throws(GoTemplateError) -> GoTemplateOperand {
        guard let token = next() else { throw lastPosition.error("missing value") }
        var operand: GoTemplateOperand
        switch token.kind {
        case .dot: operand = .init(base: .dot, position: token.position)
        case .field(let name):
            operand = .init(base: .dot, fields: [(name, token.position)], position: token.position)
        case .variable(let name):
            try expectDeclared(name, token.position)
            operand = .init(base: .variable(name), position: token.position)
        case .string(let text): operand = .init(base: .literal(.text(text)), position: token.position)
        case .integer(let number): operand = .init(base: .literal(.integer(number)), position: token.position)
        case .real(let number): operand = .init(base: .literal(.real(number)), position: token.position)
        case .word("true"): operand = .init(base: .literal(.flag(true)), position: token.position)
        case .word("false"): operand = .init(base: .literal(.flag(false)), position: token.position)
        case .word("nil"): operand = .init(base: .literal(.null), position: token.position)
        case .word(let name):
            guard GoTemplateFunction.exists(name) else {
                throw token.position.error("function \"\(TerminalText.harmless(name))\" not defined")
            }
            operand = .init(base: .function(name), position: token.position)
        case .leftParenthesis:
            depth += 1
            guard depth <= Self.depthLimit else { throw token.position.error("parentheses are nested too deep") }
            let inner = try parsePipeline(inRange: false)
            guard let close = next(), close.kind == .rightParenthesis else {
                throw token.position.error("parenthesis is not closed: add )")
            }
            depth -= 1
            operand = .init(base: .pipeline(inner), position: token.position)
        default: throw token.position.error("unexpected token in an action")
        }
        while let following = peek(), case .field(let name) = following.kind, !following.afterSpace {
            index += 1
            operand.fields.append((name, following.position))
        }
        return operand
    }
}

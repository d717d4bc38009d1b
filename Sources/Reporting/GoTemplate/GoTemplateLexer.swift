/// Cuts a template into text and the tokens of its actions (Go, package text/template: "Actions").
struct GoTemplateLexer {
    enum Kind: Sendable, Hashable {
        case text(String)
        case open
        case close
        /// `.a.b` gives the fields a and b, one token each; a lone `.` is ``dot``.
        case field(String)
        case dot
        /// `$` or `$name`, with its dollar sign.
        case variable(String)
        case word(String)
        case string(String)
        case integer(Int64)
        case real(Double)
        case leftParenthesis
        case rightParenthesis
        case pipe
        case assign
        case declare
        case comma
    }

    struct Token: Sendable, Hashable {
        var kind: Kind
        var position: GoTemplatePosition
        /// Whether white space stands before the token: `.A .B` are two operands, `.A.B` is one.
        var afterSpace: Bool
    }

    private let characters: [Unicode.Scalar]
    private var index = 0
    private var line = 1
    private var column = 1
    private var tokens: [Token] = []
    private var trimNext = false

    init(_ template: String) { characters = Array(template.unicodeScalars) }

    static func tokens(of template: String) throws(GoTemplateError) -> [Token] {
        var lexer = GoTemplateLexer(template)
        try lexer.run()
        return lexer.tokens
    }

    var position: GoTemplatePosition { .init(line: line, column: column) }

    func peek(_ offset: Int = 0) -> Unicode.Scalar? {
        index + offset < characters.count ? characters[index + offset] : nil
    }

    mutating func advance(_ count: Int = 1) {
        for _ in 0..<count where index < characters.count {
            if characters[index] == "\n" { (line, column) = (line + 1, 1) } else { column += 1 }
            index += 1
        }
    }

    private mutating func run() throws(GoTemplateError) {
        while index < characters.count {
            readText()
            if index < characters.count { try readAction() }
        }
    }

    private mutating func readText() {
        let start = position
        var text = String.UnicodeScalarView()
        while let scalar = peek(), !(scalar == "{" && peek(1) == "{") {
            text.append(scalar)
            advance()
        }
        if trimNext { text = .init(text.drop(while: Self.isSpace)) }
        trimNext = false
        if peek(2) == "-", let after = peek(3), Self.isSpace(after) {
            while let last = text.last, Self.isSpace(last) { text.removeLast() }
        }
        if !text.isEmpty { tokens.append(Token(kind: .text(String(text)), position: start, afterSpace: false)) }
    }

    private mutating func readAction() throws(GoTemplateError) {
        let start = position
        advance(2)
        if peek() == "-", let after = peek(1), Self.isSpace(after) { advance() }
        var look = 0
        while let scalar = peek(look), Self.isSpace(scalar) { look += 1 }
        if peek(look) == "/", peek(look + 1) == "*" {
            advance(look)
            return try skipComment(start)
        }
        tokens.append(Token(kind: .open, position: start, afterSpace: false))
        var afterSpace = false
        while true {
            guard let scalar = peek() else { throw start.error("action is not closed: add }}") }
            if scalar == "}", peek(1) == "}" {
                tokens.append(Token(kind: .close, position: position, afterSpace: afterSpace))
                return advance(2)
            }
            if Self.isSpace(scalar) {
                advance()
                if peek() == "-", peek(1) == "}", peek(2) == "}" {
                    advance()
                    trimNext = true
                }
                afterSpace = true
                continue
            }
            let place = position
            let kind = try readToken(scalar)
            tokens.append(Token(kind: kind, position: place, afterSpace: afterSpace))
            afterSpace = false
        }
    }

    private mutating func skipComment(_ start: GoTemplatePosition) throws(GoTemplateError) {
        advance(2)
        while peek() != nil, !(peek() == "*" && peek(1) == "/") { advance() }
        guard peek() != nil else { throw start.error("comment is not closed: add */}}") }
        advance(2)
        while let scalar = peek(), Self.isSpace(scalar) { advance() }
        if peek() == "-" {
            advance()
            trimNext = true
        }
        guard peek() == "}", peek(1) == "}" else { throw start.error("a comment must be alone in its action") }
        advance(2)
    }

    private mutating func readToken(_ scalar: Unicode.Scalar) throws(GoTemplateError) -> Kind {
        switch scalar {
        case "(": return single(.leftParenthesis)
        case ")": return single(.rightParenthesis)
        case "|": return single(.pipe)
        case ",": return single(.comma)
        case "=": return single(.assign)
        case ":" where peek(1) == "=":
            advance(2)
            return .declare
        case "\"": return .string(try readQuoted())
        case "`": return .string(try readRaw())
        case "'": return .integer(try readCharacter())
        case ".":
            if let next = peek(1), Self.isWord(next), !("0"..."9").contains(next) {
                advance()
                return .field(readWord())
            }
            if let next = peek(1), ("0"..."9").contains(next) { return try readNumber() }
            return single(.dot)
        case "$":
            advance()
            return .variable("$" + readWord())
        case "0"..."9", "-", "+": return try readNumber()
        default:
            guard Self.isWord(scalar) else {
                throw position.error("unexpected \(TerminalText.harmless(String(Character(scalar)))) in an action")
            }
            return .word(readWord())
        }
    }

    private mutating func single(_ kind: Kind) -> Kind {
        advance()
        return kind
    }

    mutating func readWord() -> String {
        var word = String.UnicodeScalarView()
        while let scalar = peek(), Self.isWord(scalar) {
            word.append(scalar)
            advance()
        }
        return String(word)
    }

    static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\t" || scalar == "\r" || scalar == "\n"
    }

    static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }
}

/// Why a text cannot be expanded.
struct ShellFailure: Error, Equatable {
    var reason: String
}

/// Expands variables and parts words as BuildKit does (frontend/dockerfile/shell/lex.go): `$x`, `${x}`, the modifiers
/// `:- :+ :? - + ? # ## % %% / //`, single and double quotes, and the escape character.
struct ShellLexer {
    var escape: Unicode.Scalar
    /// Quotes stay in the result.
    var keepsQuotes = false
    /// Escape characters stay in the result.
    var keepsEscapes = false
    /// Quotes are nothing special (content of heredocs).
    var ignoresQuotes = false
    /// Variables without a value stay as they are written.
    var keepsUnset = false

    struct Expanded: Equatable {
        var text: String
        /// The text parted at blanks that are not quoted.
        var words: [String]
        /// Names with and without a value that were looked up.
        var matched: Set<String>
        var unmatched: Set<String>
    }

    /// Scalars that one text may grow to.
    static let sizeLimit = 64 << 10
    /// How deep `${a:-${b:-…}}` may go.
    static let depthLimit = 64

    func expand(_ text: String, _ environment: [String: String]) throws(ShellFailure) -> Expanded {
        try expand(Scalars(text.unicodeScalars)[...], environment)
    }

    func expand(
        _ text: ArraySlice<Unicode.Scalar>, _ environment: [String: String]
    ) throws(ShellFailure) -> Expanded {
        var scan = ShellScan(lexer: self, text: Scalars(text), environment: environment)
        let (result, words) = try scan.run(until: nil, keepsEscapes: keepsEscapes)
        return Expanded(text: result.text, words: words, matched: scan.matched, unmatched: scan.unmatched)
    }
}

/// One pass over one text.
struct ShellScan {
    let lexer: ShellLexer
    let text: Scalars
    let environment: [String: String]
    var at = 0
    var depth = 0
    /// Whether escapes stay in the part that is read now: patterns need them.
    var keepsEscapes = false
    var matched: Set<String> = []
    var unmatched: Set<String> = []

    init(lexer: ShellLexer, text: Scalars, environment: [String: String]) {
        self.lexer = lexer
        self.text = text
        self.environment = environment
    }

    var current: Unicode.Scalar? { at < text.count ? text[at] : nil }

    mutating func take() -> Unicode.Scalar? {
        guard at < text.count else { return nil }
        at += 1
        return text[at - 1]
    }

    /// Reads up to `stop`, or to the end without one.
    mutating func run(
        until stop: Unicode.Scalar?, keepsEscapes: Bool
    ) throws(ShellFailure) -> (text: Scalars, words: [String]) {
        guard depth < ShellLexer.depthLimit else {
            throw ShellFailure(reason: "variables are nested deeper than \(ShellLexer.depthLimit)")
        }
        depth += 1
        let outer = self.keepsEscapes
        self.keepsEscapes = keepsEscapes
        defer {
            depth -= 1
            self.keepsEscapes = outer
        }
        var result = Scalars()
        var words = WordCollector()
        while let scalar = current {
            if scalar == stop {
                at += 1
                return (result, words.finish())
            }
            switch scalar {
            case "$":
                let value = try dollar()
                result += value
                for scalar in value { words.add(scalar) }
            case "<":
                let value = heredocMark()
                result += value
                words.addRaw(value)
            case "'" where !lexer.ignoresQuotes:
                let value = try singleQuoted()
                result += value
                words.addRaw(value)
            case "\"" where !lexer.ignoresQuotes:
                let value = try doubleQuoted()
                result += value
                words.addRaw(value)
            case lexer.escape:
                at += 1
                if self.keepsEscapes {
                    words.addRaw([scalar])
                    result.append(scalar)
                }
                if let escaped = take() {
                    words.addRaw([escaped])
                    result.append(escaped)
                }
            default:
                at += 1
                words.add(scalar)
                result.append(scalar)
            }
            guard result.count <= ShellLexer.sizeLimit else {
                throw ShellFailure(reason: "grows beyond \(ShellLexer.sizeLimit) characters")
            }
        }
        if let stop { throw ShellFailure(reason: "ends where \(stop) is missing") }
        return (result, words.finish())
    }

    private mutating func singleQuoted() throws(ShellFailure) -> Scalars {
        let start = at
        guard let end = text[(at + 1)...].firstIndex(of: "'") else {
            throw ShellFailure(reason: "a single quote is not closed")
        }
        at = end + 1
        return Scalars(lexer.keepsQuotes ? text[start...end] : text[(start + 1)..<end])
    }

    private mutating func doubleQuoted() throws(ShellFailure) -> Scalars {
        var result = Scalars()
        at += 1
        if lexer.keepsQuotes { result.append("\"") }
        while let scalar = current {
            if scalar == "$" {
                result += try dollar()
                continue
            }
            at += 1
            if scalar == "\"" {
                if lexer.keepsQuotes { result.append(scalar) }
                return result
            }
            guard scalar == lexer.escape else {
                result.append(scalar)
                continue
            }
            if keepsEscapes { result.append(scalar) }
            guard let next = current else { continue }
            // Only these are escaped here; before others the escape character is itself.
            if next == "\"" || next == "$" || next == lexer.escape {
                at += 1
                result.append(next)
            } else {
                result.append(scalar)
            }
        }
        throw ShellFailure(reason: "a double quote is not closed")
    }

    /// `<<` and the blanks before the name belong together, so that the name stays in one word with it.
    private mutating func heredocMark() -> Scalars {
        at += 1
        guard current == "<" else { return ["<"] }
        at += 1
        let blanks = text[at...].prefix { $0 == " " || $0 == "\t" || $0 == "\r" }
        at = blanks.endIndex
        return ["<", "<"] + blanks
    }
}

/// Collects the words of a text as its parts come.
private struct WordCollector {
    private var words: [String] = []
    private var word = Scalars()

    mutating func add(_ scalar: Unicode.Scalar) {
        guard scalar.isSpace else {
            word.append(scalar)
            return
        }
        end()
    }

    /// Adds what blanks do not part.
    mutating func addRaw(_ scalars: Scalars) { word += scalars }

    private mutating func end() {
        guard !word.isEmpty else { return }
        words.append(word.text)
        word.removeAll(keepingCapacity: true)
    }

    mutating func finish() -> [String] {
        end()
        return words
    }
}

/// Numbers, strings and characters (Go, "Lexical elements").
extension GoTemplateLexer {
    mutating func readNumber() throws(GoTemplateError) -> Kind {
        let start = position
        var text = ""
        while let scalar = peek(), Self.isWord(scalar) || scalar == "." || scalar == "+" || scalar == "-" {
            text.unicodeScalars.append(scalar)
            advance()
        }
        let plain = text.filter { $0 != "_" }
        if let integer = Int64(plain) { return .integer(integer) }
        if plain.lowercased().hasPrefix("0x"), let integer = Int64(plain.dropFirst(2), radix: 16) {
            return .integer(integer)
        }
        if let real = Double(plain), real.isFinite { return .real(real) }
        throw start.error("bad number \(text)")
    }

    mutating func readRaw() throws(GoTemplateError) -> String {
        let start = position
        advance()
        var text = String.UnicodeScalarView()
        while let scalar = peek(), scalar != "`" {
            text.append(scalar)
            advance()
        }
        guard peek() != nil else { throw start.error("raw string is not closed: add `") }
        advance()
        return String(text)
    }

    mutating func readQuoted() throws(GoTemplateError) -> String {
        let start = position
        advance()
        var text = String.UnicodeScalarView()
        while let scalar = peek(), scalar != "\"" {
            guard scalar != "\n" else { throw start.error("string is not closed: add \"") }
            text.append(scalar == "\\" ? try readEscape() : scalar)
            if scalar != "\\" { advance() }
        }
        guard peek() != nil else { throw start.error("string is not closed: add \"") }
        advance()
        return String(text)
    }

    mutating func readCharacter() throws(GoTemplateError) -> Int64 {
        let start = position
        advance()
        guard let scalar = peek() else { throw start.error("character is not closed: add '") }
        var value = scalar
        if scalar == "\\" { value = try readEscape() } else { advance() }
        guard peek() == "'" else { throw start.error("character is not closed: add '") }
        advance()
        return Int64(value.value)
    }

    private mutating func readEscape() throws(GoTemplateError) -> Unicode.Scalar {
        let start = position
        advance()
        guard let scalar = peek() else { throw start.error("string is not closed: add \"") }
        advance()
        let simple: [Unicode.Scalar: Unicode.Scalar] = [
            "n": "\n", "t": "\t", "r": "\r", "\\": "\\", "\"": "\"", "'": "'", "a": "\u{7}", "b": "\u{8}",
            "f": "\u{c}", "v": "\u{b}", "0": "\0",
        ]
        if let plain = simple[scalar] { return plain }
        let lengths: [Unicode.Scalar: Int] = ["x": 2, "u": 4, "U": 8]
        guard let length = lengths[scalar] else { throw start.error("unknown escape \\\(scalar)") }
        var digits = ""
        while digits.count < length, let digit = peek() {
            digits.unicodeScalars.append(digit)
            advance()
        }
        guard let code = UInt32(digits, radix: 16), let value = Unicode.Scalar(code) else {
            throw start.error("bad escape \\\(scalar)\(TerminalText.harmless(digits))")
        }
        return value
    }
}

/// The `# name=value` lines above everything else (frontend/dockerfile/parser/directives.go).
package struct ParserDirectives: Sendable, Equatable {
    /// Of `# syntax=`, without the words after the first.
    package var syntax: String?
    /// Of `# check=`, as written.
    package var check: String?
    /// Of `# escape=`: continues lines and escapes characters.
    package var escape: Unicode.Scalar = "\\"

    private var seen: Set<String> = []
    /// Whether a line came that is no directive: what follows is none either.
    private var isOver = false

    init() {}

    /// Takes a line, white space before it removed.
    mutating func read(_ line: ArraySlice<Unicode.Scalar>, number: Int) throws(DockerfileError) {
        guard !isOver else { return }
        guard line.first == "#", let (name, value) = Self.parts(line.dropFirst().drop { $0.isSpace }) else {
            isOver = true
            return
        }
        let key = name.lowercased()
        guard ["syntax", "escape", "check"].contains(key) else {
            isOver = true
            return
        }
        guard seen.insert(key).inserted else {
            throw DockerfileError(line: number, .directive("only one directive \(key) is allowed"))
        }
        switch key {
        case "syntax": syntax = value.prefix { $0 != " " }.text
        case "check": check = value.text
        default:
            guard let first = value.first, value.count == 1, first == "\\" || first == "`" else {
                throw DockerfileError(
                    line: number, .directive("the escape character is \(value.text), where only \\ and ` can be"))
            }
            escape = first
        }
    }

    /// `^([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$`
    private static func parts(_ line: ArraySlice<Unicode.Scalar>) -> (String, ArraySlice<Unicode.Scalar>)? {
        let name = line.prefix { $0.isASCII && ($0.isLetter || $0.isDigit) }
        guard let first = name.first, first.isLetter else { return nil }
        let rest = line[name.endIndex...].drop(while: isBlank)
        guard rest.first == "=", rest.count > 1 else { return nil }
        let value = rest.dropFirst().drop(while: isBlank)
        guard let last = value.lastIndex(where: { !isBlank($0) }) else { return (name.text, rest.suffix(1)) }
        return (name.text, value[...last])
    }

    /// `\s` of Go's regular expressions.
    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && scalar.isSpace && scalar != "\u{B}"
    }
}

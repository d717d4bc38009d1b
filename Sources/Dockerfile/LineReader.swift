/// Reads physical lines and joins continued ones (frontend/dockerfile/parser/parser.go, `Parse`).
struct LineReader {
    /// The number of lines taken so far.
    private(set) var number = 0
    private let lines: [Scalars]

    /// Throws when a line is longer than the limit. Bytes that are no UTF-8 become U+FFFD.
    init(_ bytes: some Collection<UInt8>, limit: Int) throws(DockerfileError) {
        var rest = Array(bytes)[...]
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        var lines: [Scalars] = []
        while !rest.isEmpty {
            let end = rest.firstIndex(of: 10) ?? rest.endIndex
            guard end - rest.startIndex <= limit else {
                throw DockerfileError(line: lines.count + 1, .lineLongerThan(bytes: limit))
            }
            let next = min(end + 1, rest.endIndex)
            lines.append(Scalars(String(decoding: rest[..<next], as: UTF8.self).unicodeScalars))
            rest = rest[next...]
        }
        self.lines = lines
    }

    private mutating func next() -> Scalars? {
        guard number < lines.count else { return nil }
        number += 1
        return lines[number - 1]
    }

    /// The next instruction with its continuation lines joined, and the line where it begins. Directives above it go
    /// into `directives`.
    mutating func nextInstruction(
        _ directives: inout ParserDirectives
    ) throws(DockerfileError) -> (text: Scalars, start: Int)? {
        while let raw = next() {
            let start = number
            let line = raw.withoutLineEnd.drop { $0.isSpace }
            try directives.read(line, number: number)
            if line.first == "#" || line.isEmpty { continue }
            var text = Scalars()
            var isContinued = append(line, to: &text, escape: directives.escape)
            while isContinued, let raw = next() {
                let line = raw.withoutLineEnd
                // A comment or an empty line does not end the instruction that it is in.
                guard let first = line.first(where: { !$0.isSpace }), first != "#" else { continue }
                isContinued = append(line, to: &text, escape: directives.escape)
            }
            return (text, start)
        }
        return nil
    }

    /// Appends a line without its continuation character and says whether it has one: the escape character, blanks
    /// allowed after it, which is not escaped itself (`([^\\])\\[ \t]*$|^\\[ \t]*$`).
    private func append(_ line: ArraySlice<Unicode.Scalar>, to text: inout Scalars, escape: Unicode.Scalar) -> Bool {
        var end = line.endIndex
        while end > line.startIndex, line[end - 1] == " " || line[end - 1] == "\t" { end -= 1 }
        guard end > line.startIndex, line[end - 1] == escape,
            end - 1 == line.startIndex || line[end - 2] != escape
        else {
            text += line
            return false
        }
        text += line[..<(end - 1)]
        return true
    }

    /// The lines up to the one that ends a heredoc.
    mutating func heredoc(_ mark: HeredocMark, start: Int) throws(DockerfileError) -> Instruction.Heredoc {
        let terminator = Scalars(mark.name.unicodeScalars)
        var content = String.UnicodeScalarView()
        while let raw = next() {
            let line = raw.withoutLineEnd
            if terminator.elementsEqual(mark.isChomped ? line.drop { $0 == "\t" } : line) {
                return .init(
                    name: mark.name, content: String(content), isExpanded: mark.isExpanded, isChomped: mark.isChomped)
            }
            content.append(contentsOf: raw)
        }
        throw DockerfileError(line: start, .unterminatedHeredoc(name: mark.name))
    }
}

extension Scalars {
    fileprivate var withoutLineEnd: ArraySlice<Unicode.Scalar> {
        var end = endIndex
        while end > startIndex, self[end - 1] == "\n" || self[end - 1] == "\r" { end -= 1 }
        return self[..<end]
    }
}

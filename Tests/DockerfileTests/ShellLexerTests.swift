import TestSupport
import Testing

@testable import Dockerfile

@Suite struct `Expanding variables` {
    static let environment = [
        "HOME": "/root", "EMPTY": "", "PATHS": "/a/b/c.tar.gz", "QUOTE": "it's", "BLANKS": "a  b", "N": "x\ny",
    ]

    @Test(arguments: [
        ("$HOME/x", "/root/x"), ("${HOME}x", "/rootx"), ("$UNSET.", "."), ("$", "$"), ("$.", "$."), ("$1x", "x"),
        ("a\\$HOME", "a$HOME"), ("'$HOME'", "$HOME"), ("\"$HOME\"", "/root"), ("\"a\\tb\\\"c\"", "a\\tb\"c"),
        ("a\\tb", "atb"),
        ("${UNSET:-d}", "d"), ("${EMPTY:-d}", "d"), ("${EMPTY-d}", ""), ("${UNSET-d}", "d"), ("${HOME:-d}", "/root"),
        ("${UNSET:+d}", ""), ("${EMPTY:+d}", ""), ("${EMPTY+d}", "d"), ("${HOME:+d}", "d"), ("${EMPTY?}", ""),
        ("${UNSET:-${UNSET:-$HOME}}", "/root"), ("${UNSET:-'}'}", "}"), ("${UNSET:-\\}}", "}"),
        ("${PATHS#/*/}", "b/c.tar.gz"), ("${PATHS##*/}", "c.tar.gz"), ("${PATHS%.*}", "/a/b/c.tar"),
        ("${PATHS%%.*}", "/a/b/c"), ("${PATHS#x}", "/a/b/c.tar.gz"), ("${PATHS##?}", "a/b/c.tar.gz"),
        ("${PATHS/a/X}", "/X/b/c.tar.gz"), ("${PATHS//\\//:}", ":a:b:c.tar.gz"), ("${PATHS//a/}", "//b/c.tr.gz"),
        ("${PATHS/[a]/}", "/a/b/c.tar.gz"), ("${N##*}", "\ny"), ("${HOME//o*/$EMPTY}", "/r"), ("${UNSET/a/b}", ""),
        ("<<E $HOME", "<<E /root"),
    ])
    func `gives what BuildKit gives`(_ text: String, _ expected: String) throws {
        #expect(try ShellLexer(escape: "\\").expand(text, Self.environment).text == expected)
    }

    @Test(arguments: [
        "${", "${}", "${{a}", "${:}", "${HOME", "${HOME:", "${HOME:=x}", "${HOME=x}", "${HOME:#x}", "${UNSET?}",
        "${UNSET:?why}",
        "${EMPTY:?}", "'a", "\"a", "\"a\\\"", "${HOME/a}", "${HOME/a/b", "${HOME#\\x}", "${HOME:-\"x}",
    ])
    func `refuses what BuildKit refuses`(_ text: String) {
        #expect(throws: ShellFailure.self) { try ShellLexer(escape: "\\").expand(text, Self.environment) }
    }

    @Test
    func `parts words after expansion, and keeps what RUN keeps`() throws {
        let lexer = ShellLexer(escape: "\\")
        #expect(try lexer.expand("x$BLANKS \"$BLANKS\" c\\ d", Self.environment).words == ["xa", "b", "a  b", "c d"])
        let run = ShellLexer(escape: "\\", keepsQuotes: true, keepsUnset: true)
        let text = try run.expand("RUN \"$HOME\" '$HOME' $NOT ${NOT:-x} \\\"", Self.environment).text
        #expect(text == "RUN \"/root\" '$HOME' $NOT ${NOT:-x} \"")
    }

    @Test
    func `stops at limits`() {
        let deep = String(repeating: "${a:-", count: 100) + String(repeating: "}", count: 100)
        #expect(throws: ShellFailure.self) { try ShellLexer(escape: "\\").expand(deep, [:]) }
        let wide = ["a": String(repeating: "x", count: 40_000)]
        #expect(throws: ShellFailure.self) { try ShellLexer(escape: "\\").expand("$a$a", wide) }
    }

    /// Every end that a pattern allows, found by trying all of them.
    private func ends(_ pattern: ArraySlice<Character>, _ text: ArraySlice<Character>) -> Set<Int> {
        guard let first = pattern.first else { return [text.startIndex] }
        let rest = pattern.dropFirst()
        if first == "*" {
            return (text.startIndex...text.endIndex).reduce(into: Set()) { $0.formUnion(ends(rest, text[$1...])) }
        }
        guard let next = text.first, first == "?" || first == next else { return [] }
        return ends(rest, text.dropFirst())
    }

    @Test(arguments: 0..<40)
    func `matches patterns as trying everything does`(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            let text = (0..<Int.random(in: 0...7, using: &random)).map { _ in "abc".randomElement(using: &random)! }
            let pattern = (0..<Int.random(in: 0...5, using: &random)).map { _ in "ab*?".randomElement(using: &random)! }
            let ends = ends(pattern[...], text[...]).sorted()
            let reversed = self.ends(pattern.reversed()[...], text.reversed()[...]).sorted()
            let environment = ["t": String(text)]
            func expand(_ text: String) throws -> String { try ShellLexer(escape: "\\").expand(text, environment).text }
            let written = String(pattern)
            #expect(try expand("${t#\(written)}") == String(text.dropFirst(ends.first ?? 0)))
            #expect(try expand("${t##\(written)}") == String(text.dropFirst(ends.last ?? 0)))
            #expect(try expand("${t%\(written)}") == String(text.dropLast(reversed.first ?? 0)))
            #expect(try expand("${t%%\(written)}") == String(text.dropLast(reversed.last ?? 0)))
        }
    }
}

@Suite(
    .enabled(if: FixtureFiles.table("envVarTest") != nil, "BuildKit's table envVarTest does not lie beside the project")
)
struct `BuildKit's table of expansions` {
    static let rows = (FixtureFiles.table("envVarTest") ?? "").split(separator: "\n").map(String.init).filter { row in
        // Rows marked W are for Windows.
        !row.hasPrefix("#") && !row.hasPrefix("W|") && row.contains("|")
    }

    @Test(arguments: rows)
    func `comes out the same`(_ row: String) throws {
        let parts = row.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        try #require(parts.count >= 3)
        let written = parts[1].trimmingEnd
        let expected = String(parts[2...].joined(separator: "|").drop { $0 == " " }).trimmingEnd
        let environment = ["PWD": "/home", "SHELL": "bash", "KOREAN": "한국어", "NULL": ""]
        let lexer = ShellLexer(escape: "\\")
        if expected == "error" {
            #expect(throws: ShellFailure.self) { try lexer.expand(written, environment) }
        } else {
            #expect(try lexer.expand(written, environment).text == expected)
        }
    }
}

extension String {
    fileprivate var trimmingEnd: String {
        var text = self
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}

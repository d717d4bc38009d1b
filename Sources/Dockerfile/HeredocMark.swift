/// A word that announces a heredoc: `<<EOT`, `<<-"EOT"`, `3<<EOT`.
struct HeredocMark: Equatable {
    var name: String
    /// Whether variables in the content are expanded: no part of the name is quoted.
    var isExpanded: Bool
    var isChomped: Bool

    /// Nil when the word announces nothing (`^(\d*)<<(-?)\s*([^<]*)$`). Throws when quotes in it are not closed.
    init?(_ word: String) throws(ShellFailure) {
        var rest = Scalars(word.unicodeScalars)[...].drop { $0.isASCII && $0.isDigit }
        guard rest.starts(with: ["<", "<"]) else { return nil }
        rest = rest.dropFirst(2)
        isChomped = rest.first == "-"
        if isChomped { rest = rest.dropFirst() }
        rest = rest.drop { $0.isASCII && $0.isSpace && $0 != "\u{0B}" }
        guard !rest.isEmpty, !rest.contains("<") else { return nil }
        var lexer = ShellLexer(escape: "\\", keepsUnset: true)
        let words = try lexer.expand(rest, [:]).words
        guard words.count == 1 else { return nil }
        lexer.keepsQuotes = true
        let quoted = try lexer.expand(rest, [:]).words
        name = words[0]
        isExpanded = Self.quotes(in: name) == Self.quotes(in: quoted.first ?? "")
    }

    private static func quotes(in text: String) -> Int {
        text.unicodeScalars.count { $0 == "'" || $0 == "\"" }
    }
}

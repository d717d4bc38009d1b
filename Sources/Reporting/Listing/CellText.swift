package import Figures

/// The values of a table as people read them on a terminal.
package struct CellText: Sendable {
    private let options: ListingOptions

    package init(_ options: ListingOptions) { self.options = options }

    /// The text of a value. What is not known is `N/A`, a digest or list that is not there is `<none>`, as Docker
    /// prints. Outside text is made harmless; a long one ends in an ellipsis unless it is to be `isWhole`.
    package func text(_ value: Value, _ kind: Table.Kind, isWhole: Bool = false) -> String {
        switch value {
        case .null:
            switch kind {
            case .digest, .list: return "<none>"
            case .text, .object: return ""
            case .bytes, .count, .ratio, .time, .flag: return "N/A"
            }
        case .integer(let number):
            return kind == .bytes ? ByteFormat.human(number, units: options.units) : String(number)
        case .real(let number): return RatioFormat.decimals(number)
        case .flag(let flag): return flag ? "true" : "false"
        case .time(let time):
            return isWhole ? TimeFormat.rfc3339(time) ?? "N/A" : TimeFormat.since(time, now: options.now)
        case .text(let text):
            if kind == .digest {
                return TerminalText.harmless(options.noTrunc ? text : DigestFormat.short(text))
            }
            return limited(TerminalText.harmless(text), isWhole)
        case .list(let texts):
            if texts.isEmpty { return "<none>" }
            let shown = kind == .digest && !options.noTrunc ? texts.map(DigestFormat.short) : texts
            return limited(TerminalText.harmless(shown.joined(separator: ",")), isWhole)
        case .object(let members):
            let pairs = members.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            return limited(TerminalText.harmless(pairs.joined(separator: ",")), isWhole)
        }
    }

    private func limited(_ text: String, _ isWhole: Bool) -> String {
        guard !isWhole, !options.noTrunc, text.count > options.textLimit else { return text }
        return text.prefix(max(1, options.textLimit - 1)) + "…"
    }
}

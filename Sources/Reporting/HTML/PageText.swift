import Figures
package import Foundation

/// Figures as the pages print them: one decimal, a space that does not break before the unit. The script of the pages
/// prints in the same way.
package enum PageText {
    /// `104.3 GB`, `512 B`.
    package static func bytes(_ bytes: Int64, units: ByteUnits = .si) -> String {
        let sign = bytes < 0 ? "-" : ""
        let size = bytes.magnitude
        var exponent = 0
        var unit: UInt64 = 1
        while size / unit >= units.base, exponent + 1 < units.names.count {
            unit *= units.base
            exponent += 1
        }
        if exponent == 0 { return "\(sign)\(size)\u{a0}B" }
        let scaled = size.multipliedFullWidth(by: 10)
        var (tenths, rest) = unit.dividingFullWidth((scaled.high, scaled.low))
        if rest >= unit - rest { tenths += 1 }
        if tenths >= units.base * 10, exponent + 1 < units.names.count {
            tenths = 10
            exponent += 1
        }
        rest = tenths % 10
        return "\(sign)\(CountFormat.grouped(Int64(tenths / 10))).\(rest)\u{a0}\(units.names[exponent])"
    }

    /// `29 January 2018, 08:28 UTC`; `never` when there is none.
    package static func time(_ time: Date?) -> String { time.flatMap(TimeFormat.long) ?? "never" }

    /// `1 image`, `1,953 images`.
    package static func counted(_ number: Int64, _ one: String, _ many: String? = nil) -> String {
        "\(CountFormat.grouped(number))\u{a0}\(number == 1 ? one : many ?? one + "s")"
    }

    /// The value of a table's cell as a page shows it, not yet escaped.
    static func cell(_ value: Value, _ kind: Table.Kind, units: ByteUnits, limit: Int?) -> String {
        let text: String
        switch value {
        case .null: return kind == .bytes || kind == .count ? "unknown" : "–"
        case .integer(let number):
            // A ratio or a time that happens to be whole.
            if kind == .ratio { return RatioFormat.decimals(Double(number)) }
            return kind == .bytes ? bytes(number, units: units) : CountFormat.grouped(number)
        case .real(let number): return number.isFinite ? RatioFormat.decimals(number) : "–"
        case .flag(let flag): return flag ? "yes" : "no"
        case .time(let time): return TimeFormat.rfc3339(time).map { String($0.prefix(10)) } ?? "–"
        case .text(let plain): text = kind == .digest ? DigestFormat.short(plain) : plain
        case .list(let texts):
            return list(texts.map(DigestFormat.short), limit: limit)
        case .object(let members):
            text = members.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
        }
        if text.isEmpty { return "–" }
        guard let limit, text.count > limit else { return text }
        return text.prefix(max(1, limit - 1)) + "…"
    }

    /// As many of the texts as fit, and how many more there are.
    private static func list(_ texts: [String], limit: Int?) -> String {
        if texts.isEmpty { return "–" }
        var text = ""
        for (index, element) in texts.enumerated() {
            let next = index == 0 ? element : ", " + element
            if let limit, index > 0, text.count + next.count > limit {
                return text + " and\u{a0}\(CountFormat.grouped(Int64(texts.count - index)))\u{a0}more"
            }
            text += next
        }
        guard let limit, text.count > limit * 2 else { return text }
        return text.prefix(max(1, limit * 2 - 1)) + "…"
    }
}

/// A part of a width in percent with two decimals, as SVG attributes take it.
enum Percent {
    static func of(_ part: Int64, _ whole: Int64) -> String { text(hundredths(part, whole)) }

    /// `part ÷ whole` in hundredths of a percent, from 0 to 10,000.
    static func hundredths(_ part: Int64, _ whole: Int64) -> Int64 {
        guard whole > 0, part > 0 else { return 0 }
        if part >= whole { return 10_000 }
        let scaled = UInt64(part).multipliedFullWidth(by: 10_000)
        let divided = UInt64(whole).dividingFullWidth((scaled.high, scaled.low))
        return Int64(divided.quotient) + (divided.remainder >= UInt64(whole) - divided.remainder ? 1 : 0)
    }

    static func text(_ hundredths: Int64) -> String {
        let fraction = hundredths % 100
        if fraction == 0 { return "\(hundredths / 100)%" }
        let digits = fraction < 10 ? "0\(fraction)" : fraction % 10 == 0 ? "\(fraction / 10)" : "\(fraction)"
        return "\(hundredths / 100).\(digits)%"
    }
}

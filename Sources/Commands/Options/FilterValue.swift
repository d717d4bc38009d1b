import Figures
import Foundation

/// Reads the value of a filter as its column's kind needs it.
enum FilterValue {
    /// A number of bytes, with or without a unit (`100`, `1.5GB`, `20MiB`); nil for anything else.
    static func bytes(_ text: String) -> Int64? {
        let number = text.prefix { $0.isNumber || $0 == "." || $0 == "-" }
        let units: [String: Int64] = [
            "": 1, "b": 1, "k": 1_000, "kb": 1_000, "m": 1_000_000, "mb": 1_000_000, "g": 1_000_000_000,
            "gb": 1_000_000_000, "t": 1_000_000_000_000, "tb": 1_000_000_000_000, "kib": 1 << 10, "mib": 1 << 20,
            "gib": 1 << 30, "tib": 1 << 40,
        ]
        let unit = text.dropFirst(number.count).trimmingCharacters(in: .whitespaces).lowercased()
        guard let factor = units[unit] else { return nil }
        if let whole = Int64(number) {
            let (bytes, overflow) = whole.multipliedReportingOverflow(by: factor)
            return overflow ? nil : bytes
        }
        guard let decimal = Double(number), decimal.isFinite else { return nil }
        return Int64(exactly: (decimal * Double(factor)).rounded())
    }

    /// Seconds of an age: `30m`, `12h`, `7d`, `2w`; nil for anything else.
    static func age(_ text: String) -> Double? {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Double(text.dropLast()), count >= 0, count < 1e6
        else { return nil }
        return count * unit
    }

    /// A moment: a date (`2026-01-31`), a time by RFC 3339, or an age (`30m`, `12h`, `7d`, `2w`) before now.
    static func time(_ text: String, now: Date = Date()) -> Date? {
        if let age = age(text) { return now.addingTimeInterval(-age) }
        if let date = try? Date(text, strategy: .iso8601) { return date }
        return try? Date(text, strategy: .iso8601.year().month().day())
    }

    /// `true` or `false`.
    static func flag(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "yes", "1": true
        case "false", "no", "0": false
        default: nil
        }
    }

    /// The value of a column of this kind; nil for empty text, which stands for "not known". Throws
    /// ``CommandFailure`` (usage) that says what would be right.
    static func value(_ filter: FilterOption, _ kind: Table.Kind) throws -> Value? {
        guard !filter.value.isEmpty else { return nil }
        let value: Value?
        let expected: String
        switch kind {
        case .bytes: (value, expected) = (bytes(filter.value).map(Value.integer), "a size such as 100MB")
        case .count: (value, expected) = (Int64(filter.value).map(Value.integer), "a whole number")
        case .ratio: (value, expected) = (Double(filter.value).map(Value.real), "a number")
        case .time:
            (value, expected) = (time(filter.value).map(Value.time), "a date such as 2026-01-31, or an age such as 7d")
        case .flag: (value, expected) = (flag(filter.value).map(Value.flag), "true or false")
        case .text, .digest, .list, .object: (value, expected) = (.text(filter.value), "")
        }
        guard let value else {
            throw CommandFailure(
                .usage, "--filter \(filter.column): \(filter.value.debugDescription) is not \(expected)")
        }
        return value
    }
}

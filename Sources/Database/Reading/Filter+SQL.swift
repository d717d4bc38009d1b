import Figures
import Foundation
import Postgres

/// Turns filters into SQL: columns are the view's own, values are parameters.
struct FilterSQL {
    /// The parameters so far.
    private(set) var parameters: [PostgresValue] = []

    /// The condition that a filter stands for, on a column of the given type.
    mutating func condition(_ filter: Filter, _ column: Table.Column, type: UInt32) throws -> String {
        let name = Self.quoted(column.name)
        if case .null = filter.value { return try unknown(filter, name, type) }
        switch type {
        case PostgresType.bool: return try compare(filter, name, "bool", .bool(try Self.flag(filter)))
        case PostgresType.int2, PostgresType.int4, PostgresType.int8:
            return try compare(filter, name, "int8", .int8(try Self.integer(filter)))
        case PostgresType.float4, PostgresType.float8, PostgresType.numeric:
            return try compare(filter, name, "float8", .float8(try Self.real(filter)))
        case PostgresType.timestamptz:
            return try compare(filter, name, "timestamptz", .timestamptz(try Self.time(filter)))
        case PostgresType.textArray: return try element(filter, name)
        case PostgresType.jsonb: return try entry(filter, name)
        case PostgresType.json: throw Self.unfit(filter, "documents cannot be compared")
        default: return try text(filter, name, isDigest: column.kind == .digest)
        }
    }

    /// An identifier, quoted.
    static func quoted(_ name: String) -> String { "\"" + name.replacing("\"", with: "\"\"") + "\"" }

    private mutating func bind(_ value: PostgresValue, _ type: String) -> String {
        parameters.append(value)
        return "$\(parameters.count)::\(type)"
    }

    private func unknown(_ filter: Filter, _ name: String, _ type: UInt32) throws -> String {
        guard filter.comparison == .equal || filter.comparison == .notEqual else {
            throw Self.unfit(filter, "what is not known can only be asked for with = and !=")
        }
        let isList = type == PostgresType.textArray
        let condition = isList ? "coalesce(\(name), '{}') = '{}'" : "\(name) IS NULL"
        return filter.comparison == .equal ? condition : "NOT (\(condition))"
    }

    private mutating func compare(
        _ filter: Filter, _ name: String, _ type: String, _ value: PostgresValue
    ) throws -> String {
        let parameter = bind(value, type)
        switch filter.comparison {
        case .equal, .atLeast, .atMost, .more, .less: return "\(name) \(filter.comparison.rawValue) \(parameter)"
        case .notEqual: return "\(name) IS DISTINCT FROM \(parameter)"
        case .matches: throw Self.unfit(filter, "patterns fit text only")
        }
    }

    private mutating func text(_ filter: Filter, _ name: String, isDigest: Bool) throws -> String {
        let text = Self.text(filter)
        let beginning = isDigest ? self.beginning(filter, name) : ""
        if isDigest, filter.comparison == .equal || filter.comparison == .notEqual, let start = Self.start(text) {
            let condition = "\(name) LIKE \(bind(.text(start + "%"), "text"))"
            return filter.comparison == .equal ? condition + beginning : "(\(condition)) IS NOT TRUE"
        }
        if filter.comparison == .matches { return "\(name) LIKE \(bind(.text(Self.like(text)), "text"))" + beginning }
        return try compare(filter, name, "text", .text(text)) + beginning
    }

    /// What follows for the digits that digests are found by (`0005_digest_filters`): the condition on the whole text
    /// decides, this one lets an index lead to it. Empty where nothing follows.
    private mutating func beginning(_ filter: Filter, _ name: String) -> String {
        guard filter.comparison == .equal || filter.comparison == .matches else { return "" }
        let text = Self.text(filter)
        let whole = filter.comparison == .equal ? Self.start(text) ?? text : text
        guard whole.hasPrefix("sha256:") || whole.hasPrefix("sha512:") else { return "" }
        let digits = String(whole.dropFirst(7).prefix { $0.isASCII && $0.isHexDigit }.prefix(12))
        guard !digits.isEmpty else { return "" }
        // "g" comes after every digit.
        let (low, high) = (bind(.text(digits), "text"), bind(.text(digits + "g"), "text"))
        return " AND substr(\(name), 8, 12) ~>=~ \(low) AND substr(\(name), 8, 12) ~<~ \(high)"
    }

    /// A list fits when an element does.
    private mutating func element(_ filter: Filter, _ name: String) throws -> String {
        let text = Self.text(filter)
        switch filter.comparison {
        case .equal: return "\(bind(.text(text), "text")) = ANY (\(name))"
        case .notEqual: return "NOT coalesce(\(bind(.text(text), "text")) = ANY (\(name)), false)"
        case .matches:
            let pattern = bind(.text(Self.like(text)), "text")
            return "EXISTS (SELECT FROM unnest(\(name)) element WHERE element LIKE \(pattern))"
        case .atLeast, .atMost, .more, .less: throw Self.unfit(filter, "lists have no order")
        }
    }

    /// `KEY`, or `KEY=VALUE`, of an object.
    private mutating func entry(_ filter: Filter, _ name: String) throws -> String {
        let parts = Self.text(filter).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let key = bind(.text(String(parts[0])), "text")
        let condition: String
        if parts.count == 1 {
            condition = "\(name) ? \(key)"
        } else if filter.comparison == .matches {
            condition = "\(name) ->> \(key) LIKE \(bind(.text(Self.like(String(parts[1]))), "text"))"
        } else {
            condition = "\(name) ->> \(key) = \(bind(.text(String(parts[1])), "text"))"
        }
        switch filter.comparison {
        case .equal, .matches: return condition
        case .notEqual: return "(\(condition)) IS NOT TRUE"
        case .atLeast, .atMost, .more, .less: throw Self.unfit(filter, "objects have no order")
        }
    }

    /// The beginning that a shortened digest stands for; nil for a whole one, and for what is none.
    private static func start(_ text: String) -> String? {
        let hex = text.hasPrefix("sha256:") || text.hasPrefix("sha512:") ? text.dropFirst(7) : text[...]
        let isWhole = hex.count < text.count && (hex.count == 64 && text.hasPrefix("sha256") || hex.count == 128)
        guard !isWhole, hex.utf8.count >= 4, hex.utf8.allSatisfy({ "0123456789abcdef".utf8.contains($0) }) else {
            return nil
        }
        return hex.count < text.count ? text : "sha256:" + text
    }

    /// A pattern of `*` and `?` as LIKE has it.
    private static func like(_ pattern: String) -> String {
        var result = ""
        for character in StoredText.clean(pattern) {
            switch character {
            case "*": result.append("%")
            case "?": result.append("_")
            case "%", "_", "\\": result.append("\\\(character)")
            default: result.append(character)
            }
        }
        return result
    }
}

extension FilterSQL {
    private static func unfit(_ filter: Filter, _ reason: String) -> DatabaseError {
        .invalidFilter(column: filter.column, reason: reason)
    }

    private static func text(_ filter: Filter) -> String {
        switch filter.value {
        case .text(let text): StoredText.clean(text)
        case .integer(let number): String(number)
        case .real(let number): String(number)
        case .flag(let flag): String(flag)
        case .time(let date): date.formatted(.iso8601)
        case .list(let texts): StoredText.clean(texts.joined(separator: ","))
        case .object(let entries):
            StoredText.clean(entries.first.map { $0.value.isEmpty ? $0.key : "\($0.key)=\($0.value)" } ?? "")
        case .null: ""
        }
    }

    private static func integer(_ filter: Filter) throws -> Int64 {
        if case .integer(let number) = filter.value { return number }
        guard let number = Int64(text(filter)) else { throw unfit(filter, "\(text(filter)) is not a whole number") }
        return number
    }

    private static func real(_ filter: Filter) throws -> Double {
        if case .real(let number) = filter.value { return number }
        guard let number = Double(text(filter)) else { throw unfit(filter, "\(text(filter)) is not a number") }
        return number
    }

    private static func flag(_ filter: Filter) throws -> Bool {
        if case .flag(let flag) = filter.value { return flag }
        switch text(filter).lowercased() {
        case "true", "yes", "1": return true
        case "false", "no", "0": return false
        default: throw unfit(filter, "\(text(filter)) is neither true nor false")
        }
    }

    private static func time(_ filter: Filter) throws -> Date {
        if case .time(let date) = filter.value { return date }
        let text = text(filter)
        if let date = try? Date(text, strategy: .iso8601) { return date }
        if let date = try? Date(text, strategy: .iso8601.year().month().day()) { return date }
        throw unfit(filter, "\(text) is not a date such as 2026-01-31 or 2026-01-31T12:00:00Z")
    }
}

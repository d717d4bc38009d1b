import Figures
import Foundation

/// The tags that a rule speaks of: its two regular expressions, compiled once; each name is matched once.
final class TagPattern {
    /// How a tag's name stands to a rule.
    enum Match: Hashable {
        case none
        /// It fits, and is excluded.
        case excluded
        /// It fits; the text of the pattern's groups, which divide what `keepLast` counts.
        case fits(group: [String])
    }

    private let tag: Regex<AnyRegexOutput>?
    private let excluded: Regex<AnyRegexOutput>?
    private var known: [String: Match] = [:]

    init(_ rule: CleanupRule) throws(CleanupRuleError) {
        tag = try rule.tag.map { pattern throws(CleanupRuleError) in try Self.compile(pattern, rule) }
        excluded = try rule.excludedTag.map { pattern throws(CleanupRuleError) in try Self.compile(pattern, rule) }
    }

    private static func compile(
        _ pattern: String, _ rule: CleanupRule
    ) throws(CleanupRuleError) -> Regex<AnyRegexOutput> {
        do {
            return try Regex(pattern)
        } catch {
            throw CleanupRuleError(rule: rule.name, pattern: pattern)
        }
    }

    func match(_ name: String) -> Match {
        guard tag != nil || excluded != nil else { return .fits(group: []) }
        if let match = known[name] { return match }
        let match = find(name)
        known[name] = match
        return match
    }

    private func find(_ name: String) -> Match {
        var group: [String] = []
        if let tag {
            guard let match = name.wholeMatch(of: tag) else { return .none }
            group = match.output.dropFirst().map { $0.substring.map(String.init) ?? "" }
        }
        if let excluded, name.wholeMatch(of: excluded) != nil { return .excluded }
        return .fits(group: group)
    }
}

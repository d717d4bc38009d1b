package import Figures
package import Foundation

/// What the rules of a clean-up select, and which rule each time; nothing is said yet of what keeps it.
package struct CleanupSelection: Sendable, Equatable {
    /// The rules' names.
    package var rules: [String] = []
    /// By tag: the number of the first rule that selects it, or ``LayerGraph/none``.
    package var ruleOfTag: [LayerGraph.Index]
    /// By tag that none selects: the first rule that would, but for its `keep-last` or its exclusion.
    package var keepingRuleOfTag: [LayerGraph.Index]
    /// By holding without a tag: the number of the first rule that selects it, or ``LayerGraph/none``.
    package var ruleOfHolding: [LayerGraph.Index]

    /// Selects nothing.
    package init(_ graph: LayerGraph, _ facts: CleanupFacts) {
        ruleOfTag = [LayerGraph.Index](repeating: LayerGraph.none, count: facts.tags.count)
        keepingRuleOfTag = ruleOfTag
        ruleOfHolding = [LayerGraph.Index](repeating: LayerGraph.none, count: graph.holdingCount)
    }

    /// How many tags and untagged holdings are selected.
    package var count: Int {
        ruleOfTag.count { $0 != LayerGraph.none } + ruleOfHolding.count { $0 != LayerGraph.none }
    }
}

/// A rule that cannot be followed.
package struct CleanupRuleError: Error, Sendable, Equatable, CustomStringConvertible {
    package var rule: String
    package var pattern: String

    package init(rule: String, pattern: String) {
        self.rule = rule
        self.pattern = pattern
    }

    package var description: String {
        "rule '\(rule)': '\(pattern)' is no regular expression; check its brackets, or put \\ before what is meant as it is"
    }
}

/// Selects what rules name, in all sources of a graph.
///
/// Ages: a tag's is told from its push, else that of its manifest, else the image's creation. What has no known age is
/// selected by no condition on age, and by no `keepLast` (where it takes no place either). `keepLast` counts tags, the
/// youngest first, and of equal age the later name; a tag of a manifest that already stays costs no place. What was
/// last pulled at an unknown time is not selected by `notPulledFor`; what was never pulled is, when it was also pushed
/// longer ago than that.
///
/// - Throws: ``CleanupRuleError`` for a pattern that is no regular expression.
package func select(
    _ graph: LayerGraph, _ facts: CleanupFacts, rules: [CleanupRule], now: Date
) throws(CleanupRuleError) -> CleanupSelection {
    var selection = CleanupSelection(graph, facts)
    let selecting = RuleSelection(graph, facts, now: now)
    let patterns = try rules.map { rule throws(CleanupRuleError) in try TagPattern(rule) }
    for (rule, pattern) in zip(rules, patterns) { selecting.select(rule, pattern, in: &selection) }
    for tag in selection.ruleOfTag.indices where selection.ruleOfTag[tag] != LayerGraph.none {
        selection.keepingRuleOfTag[tag] = LayerGraph.none
    }
    return selection
}

import Analysis
import Figures
import Foundation
import TestSupport

/// What clean-ups of real registries select: by rules, mild ones first, and by chance.
enum CleanupTruthSelections {
    private static let day: TimeInterval = 86_400

    private static func rule(_ name: String, _ set: (inout CleanupRule) -> Void) -> [CleanupRule] {
        var rule = CleanupRule(name: name)
        set(&rule)
        return [rule]
    }

    /// Ten sets of rules.
    static func rules(repository: String) -> [[CleanupRule]] {
        [
            rule("untagged and old") { ($0.kinds, $0.olderThan) = ([.untagged], 60 * day) },
            rule("superseded") { ($0.kinds, $0.olderThan) = ([.superseded], 20 * day) },
            rule("of a name") { $0.tag = ".*(alpine|fpm|distroless|chiseled).*" },
            rule("but not") { ($0.tag, $0.excludedTag, $0.olderThan) = (".*", "latest|[0-9]+|.*-amd64", 40 * day) },
            rule("last of each group") { ($0.tag, $0.keepLast) = ("([0-9]+)[.].*", 2) },
            rule("old") { $0.olderThan = 30 * day },
            rule("the last three") { $0.keepLast = 3 },
            rule("untagged") { $0.kinds = [.untagged] },
            rule("the last") { $0.keepLast = 1 } + rule("rest") { $0.kinds = [.untagged, .orphans, .broken] },
            rule("everything of one") {
                ($0.repositories, $0.tag, $0.kinds) = ([repository], ".*", [.untagged, .superseded])
            },
        ]
    }

    /// Some tags, and some manifests without one, each with the same chance; a few items are pinned. Everything is gone
    /// through by name: the numbers of items differ from one collection to the next.
    static func random(
        _ picture: CleanupTruth.Picture, _ chance: Double, _ generator: inout SeededGenerator
    ) -> (selection: CleanupSelection, pinned: [LayerGraph.Index: String]) {
        let (graph, facts) = (picture.graph, picture.facts)
        var selection = CleanupSelection(graph, facts)
        selection.rules = ["by chance"]
        func isChosen() -> Bool { Double.random(in: 0..<1, using: &generator) < chance }
        func name(_ repository: LayerGraph.Index, _ item: LayerGraph.Index) -> String {
            "\(graph.repositoryNames[Int(repository)])@\(facts.itemDigests[Int(item)])"
        }
        func sorted<Numbers: Sequence>(_ numbers: Numbers, by name: (Numbers.Element) -> String) -> [Numbers.Element] {
            numbers.map { (name($0), $0) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
        let tagged = Set(facts.tags.map { [$0.repository, $0.item] })
        let tags = sorted(facts.tags.indices) {
            name(facts.tags[$0].repository, facts.tags[$0].item) + facts.tags[$0].name
        }
        for number in tags where isChosen() { selection.ruleOfTag[number] = 0 }
        // All tags of some manifests, too: by chance alone few of those with many would go.
        for item in sorted(Set(facts.tags.map(\.item)), by: { name(0, $0) }) where isChosen() {
            for (number, tag) in facts.tags.enumerated() where tag.item == item { selection.ruleOfTag[number] = 0 }
        }
        let holdings = sorted(0..<graph.holdingCount) {
            name(graph.holdingRepositories[$0], graph.holdingItems[$0])
        }
        for holding in holdings
        where !tagged.contains([graph.holdingRepositories[holding], graph.holdingItems[holding]]) && isChosen() {
            selection.ruleOfHolding[holding] = 0
        }
        var pinned: [LayerGraph.Index: String] = [:]
        for item in sorted(0..<LayerGraph.Index(graph.itemCount), by: { name(0, $0) })
        where Int.random(in: 0..<40, using: &generator) == 0 {
            pinned[item] = "pins.txt"
        }
        return (selection, pinned)
    }
}

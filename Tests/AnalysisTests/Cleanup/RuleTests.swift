import Analysis
import Figures
import Foundation
import TestSupport
import Testing

@Suite struct `Clean-up rules` {
    private let now = RandomStore.now

    /// One repository with tags of the given names and ages in days, each on an image of its own.
    private func tags(_ ages: [(String, Int?)], repository: String = "app") -> (LayerGraph, CleanupFacts) {
        var builder = GraphBuilder()
        _ = builder.source()
        let repository = builder.repository(repository)
        for _ in ages { builder.hold(builder.item(.image, [builder.object(1)]), in: repository) }
        var facts = plainFacts(builder.graph)
        for (item, (name, days)) in ages.enumerated() {
            facts.tags.append(
                CleanupFacts.Tag(
                    repository: repository, name: name, item: LayerGraph.Index(item),
                    pushedAt: days.map { now.addingTimeInterval(-Double($0) * 86_400) }))
        }
        return (builder.graph, facts)
    }

    private func selected(
        _ graph: LayerGraph, _ facts: CleanupFacts, _ change: (inout CleanupRule) -> Void
    ) throws -> [String] {
        var rule = CleanupRule(name: "rule")
        change(&rule)
        let selection = try select(graph, facts, rules: [rule], now: now)
        return facts.tags.indices.filter { selection.ruleOfTag[$0] != LayerGraph.none }.map { facts.tags[$0].name }
    }

    @Test func `keep the youngest tags, of unknown age any`() throws {
        let (graph, facts) = tags([("a", 3), ("b", 1), ("c", 2), ("d", nil), ("e", 4)])
        #expect(try selected(graph, facts) { $0.keepLast = 2 } == ["a", "e"])
        #expect(try selected(graph, facts) { $0.keepLast = 0 } == ["a", "b", "c", "e"])
        #expect(try selected(graph, facts) { ($0.keepLast, $0.olderThan) = (2, 3.5 * 86_400) } == ["e"])
    }

    @Test func `keep the youngest of each group that the pattern captures`() throws {
        let (graph, facts) = tags([("1.0", 9), ("1.1", 8), ("2.0", 7), ("2.1", 6), ("latest", 99)])
        let found = try selected(graph, facts) { ($0.tag, $0.keepLast) = (#"(\d+)\.\d+"#, 1) }
        #expect(found == ["1.0", "2.0"])
    }

    @Test func `take the later name for the younger where ages are equal`() throws {
        let (graph, facts) = tags([("1", 5), ("3", 5), ("2", 5)])
        #expect(try selected(graph, facts) { $0.keepLast = 1 } == ["1", "2"])
    }

    @Test func `count a digest under several tags once`() throws {
        var (graph, facts) = tags([("latest", 1), ("v3", 2), ("v2", 3), ("v1", 4), ("old", 9)])
        facts.tags[1].item = 0
        facts.tags[4].item = 0
        graph.holdingIsReferenced = graph.holdingItems.map { $0 != 1 && $0 != 4 }
        #expect(try selected(graph, facts) { $0.keepLast = 2 } == ["v1"])
    }

    @Test func `match patterns whole, exclusions and repositories too`() throws {
        let (graph, facts) = tags([("dev-1", 5), ("dev-12", 5), ("xdev-1", 5)], repository: "team/app")
        #expect(try selected(graph, facts) { $0.tag = #"dev-\d"# } == ["dev-1"])
        #expect(try selected(graph, facts) { ($0.tag, $0.excludedTag) = ("dev-.*", ".*2") } == ["dev-1"])
        #expect(try selected(graph, facts) { ($0.tag, $0.repositories) = ("dev-.*", ["team/*"]) }.count == 2)
        #expect(try selected(graph, facts) { ($0.tag, $0.repositories) = ("dev-.*", ["app"]) }.isEmpty)
        #expect(try selected(graph, facts) { ($0.tag, $0.owners) = (".*", ["ann"]) }.isEmpty)
        #expect(try selected(graph, facts) { ($0.tag, $0.owners) = (".*", [LayerGraph.noRepository]) }.count == 3)
        // What only narrows selects nothing.
        #expect(try selected(graph, facts) { $0.owners = [LayerGraph.noRepository] }.isEmpty)
    }

    @Test func `name the rule and the pattern that is no regular expression`() {
        let (graph, facts) = tags([("a", 1)])
        #expect(throws: CleanupRuleError(rule: "rule", pattern: "(")) {
            try selected(graph, facts) { $0.tag = "(" }
        }
        #expect(throws: CleanupRuleError(rule: "rule", pattern: "[")) {
            try selected(graph, facts) { ($0.tag, $0.excludedTag) = (".*", "[") }
        }
    }

    @Test func `never take an unknown pull for none, nor a new image for one that nobody wants`() throws {
        var (graph, facts) = tags([
            ("unknown", 99), ("never", 99), ("new", 1), ("once", 99), ("lately", 99), ("ageless", nil),
        ])
        graph.holdingIsReferenced = graph.holdingItems.map { _ in true }
        facts.tags[1].lastPull = .never
        facts.tags[2].lastPull = .never
        facts.tags[3].lastPull = .at(now.addingTimeInterval(-50 * 86_400))
        facts.tags[4].lastPull = .at(now.addingTimeInterval(-50 * 86_400))
        facts.holdingLastPull[4] = .at(now.addingTimeInterval(-86_400))
        facts.tags[5].lastPull = .never
        #expect(try selected(graph, facts) { $0.notPulledFor = 30 * 86_400 } == ["never", "once"])
    }

    @Test func `take several together, the first one to select being named`() throws {
        let (graph, facts) = tags([("a", 10), ("b", 20)])
        var old = CleanupRule(name: "old")
        old.olderThan = 15 * 86_400
        var all = CleanupRule(name: "all")
        all.tag = ".*"
        let selection = try select(graph, facts, rules: [old, all], now: now)
        #expect(selection.ruleOfTag == [1, 0])
        #expect(selection.rules == ["old", "all"])
    }

    @Test func `select what no name reaches, by kind`() throws {
        var builder = GraphBuilder()
        _ = builder.source()
        let (app, nameless) = (builder.repository("app"), builder.repository(LayerGraph.noRepository))
        let damaged = builder.object(5)
        let child = builder.item(.image, [builder.object(1)])
        let index = builder.item(.index, [builder.object(1)], children: [child])
        let signature = builder.item(.artifact, [builder.object(1)], subject: index)
        let old = builder.item(.image, [builder.object(1)])
        let lost = builder.item(.artifact, [builder.object(1)], subject: LayerGraph.missing)
        let broken = builder.item(.image, [damaged])
        let dangling = builder.item(.image, [builder.object(1)])
        let intermediate = builder.item(.image, [builder.object(1)], isIntermediate: true)
        let untagged = builder.item(.image, [builder.object(1)])
        for item in [child, index, signature, old, lost, broken, untagged] {
            builder.hold(item, in: app, named: [index, signature, lost, broken].contains(item))
        }
        builder.hold(dangling, in: nameless, named: false)
        builder.hold(intermediate, in: nameless, named: false)
        var facts = plainFacts(builder.graph)
        facts.tags = [
            CleanupFacts.Tag(repository: app, name: "1", item: index),
            CleanupFacts.Tag(repository: app, name: "2", item: broken),
            CleanupFacts.Tag(repository: app, kind: .referrerTag, name: "sha256-1.sig", item: signature),
            CleanupFacts.Tag(repository: app, kind: .referrerTag, name: "sha256-2.sig", item: lost),
        ]
        facts.holdingWasTagged[3] = true
        facts.damagedObjects = [damaged]
        func items(_ kinds: Set<CleanupRule.Kind>) throws -> [LayerGraph.Index] {
            var rule = CleanupRule(name: "rule")
            rule.kinds = kinds
            let selection = try select(builder.graph, facts, rules: [rule], now: now)
            #expect(!kinds.contains(.broken) || selection.ruleOfTag[1] == 0)
            return builder.graph.holdingItems.indices.filter { selection.ruleOfHolding[$0] != LayerGraph.none }
                .map { builder.graph.holdingItems[$0] }
        }
        #expect(try items([.untagged]) == [old, untagged])
        #expect(try items([.superseded]) == [old])
        #expect(try items([.orphans]) == [lost])
        #expect(try items([.dangling]) == [dangling])
        #expect(try items([.broken]) == [])
        #expect(try items([.untagged, .dangling]) == [old, untagged, dangling])
    }
}

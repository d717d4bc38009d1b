import Analysis
import Figures
import Foundation
import ImageModel
import TestSupport
import Testing

/// A source put together by hand, with plans for tags picked by name.
struct Shop {
    typealias Index = LayerGraph.Index

    var builder = GraphBuilder()
    var tags: [CleanupFacts.Tag] = []
    var change: (inout CleanupFacts) -> Void = { _ in }

    init() { _ = builder.source() }

    mutating func image(_ manifest: Int64, _ layers: [Index] = [], subject: Index = LayerGraph.none) -> Index {
        builder.item(.image, [builder.object(manifest, .manifest)] + layers, subject: subject)
    }

    mutating func index(_ document: Int64, _ children: [Index]) -> Index {
        builder.item(.index, [builder.object(document, .index)], children: children)
    }

    mutating func put(
        _ item: Index, in repository: Index, _ names: [String] = [], kind: CleanupFacts.Tag.Kind = .tag
    ) {
        builder.hold(item, in: repository, named: !names.isEmpty)
        for name in names {
            tags.append(CleanupFacts.Tag(repository: repository, kind: kind, name: name, item: item))
        }
    }

    var facts: CleanupFacts {
        var facts = plainFacts(builder.graph)
        facts.tags = tags
        change(&facts)
        return facts
    }

    func rule(_ tag: String) -> CleanupRule {
        var rule = CleanupRule(name: "old")
        rule.tag = tag
        return rule
    }

    func plan(
        _ rule: CleanupRule, _ collector: GarbageCollector = .distribution,
        pinned: [Index: String] = [:]
    ) throws -> CleanupPlan {
        let (graph, facts) = (builder.graph, facts)
        let selection = try select(graph, facts, rules: [rule], now: RandomStore.now)
        return Analysis.plan(
            graph, facts, selection, protections: CleanupProtections(pinned: pinned), collector: collector, source: 0)
    }

    func plan(_ tag: String, _ collector: GarbageCollector = .distribution) throws -> CleanupPlan {
        try plan(rule(tag), collector)
    }
}

extension CleanupPlan {
    /// `delete 3 1,2` for each deletion.
    fileprivate var steps: [String] {
        deletions.map { "\($0.action) \($0.item) \($0.tags.joined(separator: ","))" }
    }

    /// `3 tag team/app:2` for each refusal.
    fileprivate var blockers: [String] { refusals.map { "\($0.item) \($0.blocker.rawValue) \($0.blockedBy)" } }
}

@Suite struct `Clean-up plans worked out by hand` {
    @Test func `of two tags on one digest only the tag goes`() throws {
        var shop = Shop()
        let app = shop.builder.repository("team/app")
        let image = shop.image(10, [shop.builder.object(100)])
        shop.put(image, in: app, ["1", "2"])
        let plan = try shop.plan("1")
        #expect(plan.steps == ["untag 0 1"])
        #expect(plan.blockers == ["0 tag team/app:2"])
        #expect(plan.freedBytes == 0)
        #expect(plan.heldBytes == 110)
        let both = try shop.plan("[12]")
        #expect(both.steps == ["delete 0 1,2"])
        #expect(both.freedBytes == 110)
        #expect(both.deletions[0].exclusiveBytes == 110)
    }

    @Test func `a tag that keep-last leaves alone is a rule's refusal`() throws {
        var shop = Shop()
        let app = shop.builder.repository("app")
        let image = shop.image(10)
        shop.put(image, in: app, ["1", "latest"])
        shop.change = { facts in
            for tag in facts.tags.indices { facts.tags[tag].pushedAt = RandomStore.now }
        }
        var rule = shop.rule(".*")
        rule.excludedTag = "latest"
        #expect(try shop.plan(rule).blockers == ["0 keep_rule app:latest"])
    }

    @Test func `a child of a kept index stays`() throws {
        var shop = Shop()
        let app = shop.builder.repository("app")
        let child = shop.image(10, [shop.builder.object(100)])
        let index = shop.index(5, [child])
        shop.put(child, in: app, ["1-amd64"])
        shop.put(index, in: app, ["1"])
        let plan = try shop.plan("1-amd64")
        #expect(plan.steps.isEmpty)
        #expect(plan.blockers == ["0 index app:1"])
        #expect(plan.refusals[0].tags == ["1-amd64"])
        let all = try shop.plan("1.*")
        #expect(all.steps == ["delete 1 1", "delete 0 1-amd64"])
        #expect(all.freedBytes == 115)
        // The child alone would be kept by the index.
        #expect(all.deletions.map(\.exclusiveBytes) == [5, 0])
    }

    @Test func `untagged children and cosign's signature go with the image, in that order`() throws {
        var shop = Shop()
        let app = shop.builder.repository("app")
        let child = shop.image(10, [shop.builder.object(100)])
        let index = shop.index(5, [child])
        let signature = shop.image(3, subject: index)
        shop.put(child, in: app)
        shop.put(index, in: app, ["1"])
        shop.put(signature, in: app, ["sha256-1.sig"], kind: .referrerTag)
        let plan = try shop.plan("1")
        #expect(plan.steps == ["delete 2 sha256-1.sig", "delete 1 1", "delete 0 "])
        #expect(plan.deletions.map(\.reason) == ["about app:1", "old", "child of app:1"])
        #expect(plan.deletions.map(\.isSelected) == [false, true, false])
        #expect(plan.deletions.map(\.exclusiveBytes) == [0, 118, 0])
        #expect(plan.freedBytes == 118)
    }

    @Test func `an artifact with a tag of the user's own stays when its subject goes`() throws {
        var shop = Shop()
        let app = shop.builder.repository("app")
        let image = shop.image(10)
        shop.put(image, in: app, ["1"])
        shop.put(shop.image(3, subject: image), in: app, ["report"])
        #expect(try shop.plan("1").steps == ["delete 0 1"])
        #expect(try shop.plan("report").blockers == ["1 subject app:1"])
    }

    @Test func `a running digest stays, with its tags`() throws {
        var shop = Shop()
        let app = shop.builder.repository("app")
        shop.put(shop.image(10), in: app, ["1", "2"])
        shop.change = { $0.users[0] = ["container web on build-host"] }
        let plan = try shop.plan(".*")
        #expect(plan.steps.isEmpty)
        #expect(plan.blockers == ["0 container container web on build-host"])
    }

    @Test func `a pinned index keeps its children, a pinned child not its index`() throws {
        var shop = Shop()
        let app = shop.builder.repository("app")
        let child = shop.image(10)
        let index = shop.index(5, [child])
        shop.put(child, in: app)
        shop.put(index, in: app, ["1"])
        let rule = shop.rule("1")
        #expect(try shop.plan(rule, pinned: [index: "pins.txt"]).blockers == ["1 pinned pinned by pins.txt"])
        let plan = try shop.plan(rule, pinned: [child: "pins.txt"])
        #expect(plan.steps == ["delete 1 1"])
        #expect(plan.freedBytes == 5)
    }

    @Test func `a layer that two targets share and nobody else has is freed by neither alone`() throws {
        var shop = Shop()
        let app = shop.builder.repository("app")
        let (base, shared) = (shop.builder.object(1000), shop.builder.object(100))
        shop.put(shop.image(1, [base, shared]), in: app, ["1"])
        shop.put(shop.image(2, [base, shared]), in: app, ["2"])
        shop.put(shop.image(4, [base]), in: app, ["3"])
        let plan = try shop.plan("[12]")
        #expect(plan.freedBytes == 103)
        #expect(plan.deletions.map(\.exclusiveBytes) == [1, 2])
        #expect(plan.retainedBytes == 1000)
        #expect(
            plan.holders == [
                CleanupPlan.Holder(repository: app, item: 2, tags: ["3"], heldBytes: 1000, freesBytes: 1004)
            ])
        let one = try shop.plan("1")
        #expect(one.freedBytes == 1)
        #expect(one.holders.map(\.freesBytes) == [102, 4])
        #expect(one.holders.map(\.heldBytes) == [1100, 1000])
    }

    @Test func `an index in an index takes everything along that it alone reaches`() throws {
        var shop = Shop()
        let app = shop.builder.repository("app")
        let (deep, shared) = (shop.image(10), shop.image(20))
        let inner = shop.index(3, [deep, shared])
        let outer = shop.index(4, [inner])
        let other = shop.index(5, [shared])
        for item in [deep, shared, inner] { shop.put(item, in: app) }
        shop.put(outer, in: app, ["1"])
        shop.put(other, in: app, ["2"])
        let plan = try shop.plan("1")
        #expect(plan.steps == ["delete \(outer) 1", "delete \(inner) ", "delete \(deep) "])
        #expect(plan.freedBytes == 17)
        #expect(plan.retainedBytes == 20)
    }

    @Test func `distribution 2 destroys what a kept index lists with delete-untagged, 3 spares it`() throws {
        var shop = Shop()
        let app = shop.builder.repository("app")
        let child = shop.image(10, [shop.builder.object(100)])
        shop.put(child, in: app)
        shop.put(shop.index(5, [child]), in: app, ["1", "stable"])
        shop.put(shop.image(7), in: app, ["old"])
        let plan = try shop.plan("old", .distributionDeleteUntagged)
        #expect(plan.steps == ["delete 2 old"])
        // The child's document stands in the index and is kept; its layers are not.
        #expect(plan.garbageBytes == 100)
        #expect(plan.freedBytes == 107)
        #expect(
            plan.destructions == [
                CleanupPlan.Destruction(repository: app, item: child, tags: ["1", "stable"], bytes: 100)
            ])
        for collector in [GarbageCollector.distribution, .distribution3, .distribution3DeleteUntagged, .harbor] {
            let plan = try shop.plan("old", collector)
            #expect(plan.freedBytes == 7)
            #expect(plan.destructions.isEmpty)
        }
    }

    @Test func `delete-untagged of distribution 3 destroys a referrer without a tag`() throws {
        var shop = Shop()
        let app = shop.builder.repository("app")
        let image = shop.image(10)
        shop.put(image, in: app, ["1"])
        shop.put(shop.image(3, subject: image), in: app)
        let plan = try shop.plan("nothing", .distribution3DeleteUntagged)
        #expect(plan.freedBytes == 3)
        #expect(plan.destructions.map(\.item) == [1])
        #expect(plan.destructions.map(\.tags) == [["1"]])
    }

    @Test func `where not everything was seen nothing untagged goes`() throws {
        var shop = Shop()
        let app = shop.builder.repository("app")
        let child = shop.image(10)
        shop.put(child, in: app)
        shop.put(shop.index(5, [child]), in: app, ["1"])
        shop.put(shop.image(7), in: app)
        shop.change = { $0.repositoryIsComplete[0] = false }
        var rule = shop.rule("1")
        rule.kinds = [.untagged]
        let plan = try shop.plan(rule)
        #expect(plan.steps == ["delete 1 1"])
        #expect(plan.blockers == ["2 incomplete app"])
        #expect(!plan.isExact)
    }

    @Test func `an engine's image goes with its last name`() throws {
        var shop = Shop()
        let (app, tool) = (shop.builder.repository("app"), shop.builder.repository("tool"))
        let image = shop.builder.item(.image, [shop.builder.object(100)])
        shop.put(image, in: app, ["1"])
        shop.put(image, in: tool, ["1", "2"])
        let plan = try shop.plan("1", .docker)
        #expect(plan.steps == ["untag 0 1", "untag 0 1"])
        #expect(plan.blockers == ["0 tag tool:2", "0 tag tool:2"])
        #expect(plan.freedBytes == 0)
        let all = try shop.plan(".*", .docker)
        #expect(all.steps == ["untag 0 1", "delete 0 1,2"])
        #expect(all.deletions.map(\.exclusiveBytes) == [0, 100])
        #expect(all.freedBytes == 100)
    }

    @Test func `blobs that nothing lists go with a registry's garbage, not with an engine's`() throws {
        var shop = Shop()
        shop.put(shop.image(10), in: shop.builder.repository("app"), ["1"])
        shop.change = {
            $0.orphans = [CleanupFacts.Orphan(source: 0, digest: .of([1]), bytes: 1000)]
            $0.isEverythingKnown = [false]
        }
        let plan = try shop.plan("nothing")
        #expect(plan.garbageBytes == 1000)
        #expect(plan.freedBytes == 1000)
        #expect(plan.freesOrphans)
        #expect(plan.heldBytes == 1010)
        #expect(!plan.isExact)
        let engine = try shop.plan("1", .podman)
        #expect(engine.freedBytes == 10)
        #expect(engine.garbageBytes == 0)
        #expect(!engine.freesOrphans)
    }
}

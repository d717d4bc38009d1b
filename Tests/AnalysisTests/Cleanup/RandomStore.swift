import Analysis
import Figures
import Foundation
import ImageModel
import TestSupport

/// Small random registries and engines with all that clean-ups meet: indexes in indexes, children and layers that
/// several share, referrers of referrers, digests under several tags and in several repositories, things in use and
/// pinned, incomplete repositories, blobs that nothing lists, damaged objects. Digests form no ring. The same seed gives
/// the same store.
struct RandomStore {
    typealias Index = LayerGraph.Index

    let seed: UInt64
    let isEngine: Bool
    private(set) var graph = LayerGraph()
    private(set) var facts = CleanupFacts()
    private(set) var protections = CleanupProtections()
    private(set) var selection: CleanupSelection
    static let now = Date(timeIntervalSince1970: 1_750_000_000)

    private var random: SeededGenerator
    private var below: [Set<Index>] = []
    private var tagged: [(repository: Index, item: Index, kind: CleanupFacts.Tag.Kind)] = []

    init(seed: UInt64, isEngine: Bool = false) {
        self.seed = seed
        self.isEngine = isEngine
        random = SeededGenerator(seed: seed)
        selection = CleanupSelection(graph, facts)
        var builder = GraphBuilder()
        for _ in 0..<(chance(4) ? 2 : 1) { addSource(to: &builder) }
        graph = builder.graph
        addFacts()
        selection = someSelection()
    }

    /// Selects some tags, and some holdings that no name keeps.
    mutating func someSelection() -> CleanupSelection {
        var selection = CleanupSelection(graph, facts)
        selection.rules = ["first", "second"]
        for tag in facts.tags.indices where facts.tags[tag].kind == .tag && chance(2) {
            selection.ruleOfTag[tag] = Index.random(in: 0...1, using: &random)
        }
        let named = Set(facts.tags.filter { $0.kind != .referrerTag }.map { "\($0.repository) \($0.item)" })
        for holding in graph.holdingItems.indices where chance(3) {
            guard !named.contains("\(graph.holdingRepositories[holding]) \(graph.holdingItems[holding])") else {
                continue
            }
            selection.ruleOfHolding[holding] = Index.random(in: 0...1, using: &random)
        }
        return selection
    }

    /// One of so many.
    private mutating func chance(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &random) == 0 }

    private mutating func addSource(to builder: inout GraphBuilder) {
        let source = builder.source()
        let shared = (0..<Int.random(in: 1...5, using: &random)).map { _ in
            builder.object(chance(8) ? nil : Int64.random(in: 0...50, using: &random), .layer, in: source)
        }
        var items: [Index] = []
        for _ in 0..<Int.random(in: 1...9, using: &random) {
            var children: [Index] = []
            if chance(3) {
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    if let child = items.randomElement(using: &random) { children.append(child) }
                }
            }
            var own: [Index] = []
            if !isEngine, !chance(12) {
                own.append(
                    builder.object(
                        Int64.random(in: 1...9, using: &random), children.isEmpty ? .manifest : .index, in: source))
            }
            for _ in 0..<Int.random(in: 0...(children.isEmpty ? 3 : 1), using: &random) {
                if let object = shared.randomElement(using: &random) { own.append(object) }
            }
            let item = builder.item(children.isEmpty ? .image : .index, own, children: children, in: source)
            below.append(Set(children))
            if chance(3) {
                if chance(4) {
                    builder.set(subject: LayerGraph.missing, of: item)
                } else if let subject = items.randomElement(using: &random), !reaches(item, subject) {
                    builder.set(subject: subject, of: item)
                    below[Int(subject)].insert(item)
                }
            }
            items.append(item)
        }
        hold(items, in: source, &builder)
    }

    private func reaches(_ item: Index, _ other: Index) -> Bool {
        item == other || below[Int(item)].contains { reaches($0, other) }
    }

    private mutating func hold(_ items: [Index], in source: Index, _ builder: inout GraphBuilder) {
        var named = Set<Index>()
        for number in 0..<Int.random(in: 1...3, using: &random) {
            let repository = builder.repository("team/\(number)", in: source)
            var held = Set(items.filter { _ in chance(2) })
            if chance(2) { for item in held { held.formUnion(below[Int(item)]) } }
            for item in held.sorted() {
                var kinds: [CleanupFacts.Tag.Kind] = []
                for _ in 0..<Int.random(in: 0...2, using: &random) { kinds.append(.tag) }
                if isEngine, chance(3) || kinds.isEmpty { kinds.append(.digest) }
                if !isEngine, chance(4) { kinds.append(.referrerTag) }
                builder.hold(item, in: repository, named: !kinds.isEmpty)
                for kind in kinds { tagged.append((repository, item, kind)) }
                named.insert(item)
            }
        }
        guard isEngine else { return }
        let nameless = builder.repository(LayerGraph.noRepository, in: source)
        for item in items where !named.contains(item) && chance(2) {
            builder.hold(item, in: nameless, named: false)
        }
    }

    private mutating func addFacts() {
        facts = plainFacts(graph)
        for (number, (repository, item, kind)) in tagged.shuffled(using: &random).enumerated() {
            facts.tags.append(
                CleanupFacts.Tag(
                    repository: repository, kind: kind, name: "\(number % 4).\(number)", item: item,
                    pushedAt: someDate(), lastPull: somePull()))
        }
        for item in facts.itemCreatedAt.indices { facts.itemCreatedAt[item] = someDate() }
        for holding in facts.holdingPushedAt.indices {
            facts.holdingPushedAt[holding] = someDate()
            facts.holdingLastPull[holding] = somePull()
            facts.holdingWasTagged[holding] = chance(2)
        }
        for repository in facts.repositoryOwners.indices {
            facts.repositoryOwners[repository] = chance(2) ? "ann" : "ben"
            facts.repositoryIsComplete[repository] = !chance(5)
        }
        for item in 0..<Index(graph.itemCount) {
            if chance(12) { facts.users[item] = ["container web on host", "container db on host"] }
            if chance(12) { protections.pinned[item] = "pins.txt" }
        }
        for object in 0..<Index(graph.objectCount) where chance(15) { facts.damagedObjects.insert(object) }
        for source in 0..<Index(graph.sourceKeys.count) {
            facts.isEverythingKnown[Int(source)] = !chance(3)
            if chance(2) {
                facts.orphans.append(
                    CleanupFacts.Orphan(source: source, digest: .of([UInt8(source), 99]), bytes: 1000))
            }
        }
    }

    private mutating func someDate() -> Date? {
        chance(4) ? nil : Self.now.addingTimeInterval(-Double(Int.random(in: 1...6, using: &random)) * 86_400)
    }

    private mutating func somePull() -> CleanupFacts.LastPull {
        if chance(3) { return .unknown }
        return someDate().map { .at($0) } ?? .never
    }
}

/// The least that must be known of a graph: nothing but digests.
func plainFacts(_ graph: LayerGraph) -> CleanupFacts {
    var facts = CleanupFacts()
    facts.itemDigests = (0..<graph.itemCount).map { .of(Array("item \($0)".utf8)) }
    facts.itemCreatedAt = Array(repeating: nil, count: graph.itemCount)
    facts.objectKeys = (0..<graph.objectCount).map { .of(Array("object \($0)".utf8)) }
    facts.holdingPushedAt = Array(repeating: nil, count: graph.holdingCount)
    facts.holdingLastPull = Array(repeating: .unknown, count: graph.holdingCount)
    facts.holdingWasTagged = Array(repeating: false, count: graph.holdingCount)
    facts.repositoryOwners = Array(repeating: LayerGraph.noRepository, count: graph.repositoryKeys.count)
    facts.repositoryIsComplete = Array(repeating: true, count: graph.repositoryKeys.count)
    facts.isEverythingKnown = Array(repeating: true, count: graph.sourceKeys.count)
    return facts
}

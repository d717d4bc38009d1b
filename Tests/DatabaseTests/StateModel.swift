import Figures
import Foundation
import ImageModel
import Observations
import TestSupport

/// What a source holds at one moment, in plain values: what a ``LayerGraph`` must say.
struct SourceState: Equatable, CustomStringConvertible {
    struct Item: Equatable {
        var kind: String
        var objects: [String]
        var children: [Digest]
        var missing: Int
        var subject: String
    }

    /// Repository and digest, and whether a name stands for it there.
    var holdings: [String: Bool] = [:]
    var items: [Digest: Item] = [:]

    var description: String {
        "holdings \(holdings.sorted { $0.key < $1.key }); items "
            + items.sorted { $0.key < $1.key }.map { "\($0.key.short): \($0.value)" }.joined(separator: "\n")
    }
}

/// A source, and collections of it, in plain values: the same rules as the database, in the most obvious way.
struct SourceModel {
    struct Reference: Hashable {
        var repository: String
        var name: String
    }

    struct Holding: Hashable {
        var repository: String
        var item: Int
    }

    /// The world: what items are. Digests stand for content, so it does not change.
    struct World {
        var kinds: [ItemKind] = []
        var objects: [[Int]] = []
        var children: [[Int]] = []
        var subjects: [Int?] = []
        var isForeign: Set<Int> = []
        var sizes: [Int64?] = []
    }

    let world: World
    private var random: SeededGenerator
    private var known: Set<Int> = []
    private var holdings: Set<Holding> = []
    private var references: [Reference: Int] = [:]
    /// Index and place of children that were missing when the index was last recorded.
    private var missing: [Int: Set<Int>] = [:]
    private var complete: [String: Bool] = [:]

    static let repositories = ["a", "b/c", "b/d", "<none>"]

    init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var world = World()
        let objects = 14
        for _ in 0..<objects {
            let isUnknown = Int.random(in: 0..<9, using: &random) == 0
            world.sizes.append(isUnknown ? nil : Int64.random(in: 0...999, using: &random))
        }
        world.isForeign = Set((0..<objects).filter { _ in Int.random(in: 0..<8, using: &random) == 0 })
        for item in 0..<10 {
            let isIndex = item > 2 && Int.random(in: 0..<3, using: &random) == 0
            world.kinds.append(isIndex ? .index : Bool.random(using: &random) ? .image : .artifact)
            world.objects.append(Self.some(Int.random(in: 0...4, using: &random), below: objects, &random))
            let children = isIndex ? Int.random(in: 1...3, using: &random) : 0
            world.children.append(Self.some(children, below: item, &random))
            let hasSubject = Int.random(in: 0..<4, using: &random) == 0
            world.subjects.append(hasSubject ? Int.random(in: 0..<12, using: &random) : nil)
        }
        self.random = random
        self.world = world
    }

    private static func some(_ count: Int, below limit: Int, _ random: inout SeededGenerator) -> [Int] {
        (0..<count).map { _ in Int.random(in: 0..<limit, using: &random) }
    }

    static func item(_ number: Int) -> Digest { digest(100 + number) }
    static func object(_ number: Int) -> Digest { digest(200 + number) }

    /// Makes up a collection, and takes it in. Returns what a collector would record.
    mutating func collect() -> (observations: [Observation], repositories: AspectStatus.Outcome) {
        var observations: [Observation] = []
        let all = Bool.random(using: &random)
        var seen: [String: Bool] = [:]
        var held: Set<Holding> = []
        var names: [Reference: Int] = [:]
        for repository in Self.repositories where Int.random(in: 0..<4, using: &random) > 0 {
            let isComplete = Int.random(in: 0..<3, using: &random) > 0
            seen[repository] = isComplete
            observations.append(.repository(RepositoryObservation(name: repository, isComplete: isComplete)))
            for item in world.kinds.indices where Int.random(in: 0..<3, using: &random) == 0 {
                held.insert(Holding(repository: repository, item: item))
                observations.append(.holding(HoldingObservation(repository: repository, item: Self.item(item))))
            }
            for name in ["x", "y"] where Bool.random(using: &random) {
                let item = Int.random(in: 0..<world.kinds.count, using: &random)
                names[Reference(repository: repository, name: name)] = item
                observations.append(
                    .reference(ReferenceObservation(repository: repository, name: name, item: Self.item(item))))
            }
        }
        for (reference, item) in names { held.insert(Holding(repository: reference.repository, item: item)) }
        for item in Set(held.map(\.item)).sorted() { observations += record(item) }
        apply(all, seen, held, names)
        return (observations.shuffled(using: &random), all ? .complete : .incomplete)
    }

    /// Records an item, mostly with its children.
    private mutating func record(_ item: Int) -> [Observation] {
        var result: [Observation] = []
        known.insert(item)
        var children: [ChildObservation] = []
        var gone: Set<Int> = []
        for (place, child) in world.children[item].enumerated() {
            let isPresent = Int.random(in: 0..<4, using: &random) > 0
            if !isPresent { gone.insert(place) }
            children.append(ChildObservation(digest: Self.item(child), isPresent: isPresent))
            if isPresent, Int.random(in: 0..<3, using: &random) > 0, world.children[child].isEmpty {
                result += record(child)
            }
        }
        missing[item] = gone
        let objects = world.objects[item].map { object in
            ObjectObservation(
                kind: world.isForeign.contains(object) ? .foreignLayer : .layer, key: Self.object(object),
                bytes: world.sizes[object])
        }
        result.append(
            .item(
                ItemObservation(
                    kind: world.kinds[item], digest: Self.item(item), subject: world.subjects[item].map(Self.item),
                    objects: objects, children: children)))
        return result
    }

    private mutating func apply(
        _ all: Bool, _ seen: [String: Bool], _ held: Set<Holding>, _ names: [Reference: Int]
    ) {
        let isClosed = { (repository: String) in seen[repository] ?? all }
        holdings = holdings.filter { held.contains($0) || !isClosed($0.repository) }.union(held)
        references = references.filter { names[$0.key] == $0.value || !isClosed($0.key.repository) }
        references.merge(names) { _, new in new }
        for (repository, isComplete) in seen { complete[repository] = isComplete }
    }

    /// What the source holds now.
    var state: SourceState {
        var state = SourceState()
        var live: Set<Int> = []
        var queue = holdings.map(\.item)
        while let item = queue.popLast() {
            live.insert(item)
            for (place, child) in world.children[item].enumerated()
            where !(missing[item] ?? []).contains(place) && known.contains(child) && !live.contains(child) {
                queue.append(child)
            }
        }
        for holding in holdings {
            state.holdings["\(holding.repository) \(Self.item(holding.item))"] = references.contains {
                $0.key.repository == holding.repository && $0.value == holding.item
            }
        }
        for item in live {
            let children = world.children[item].enumerated().filter { !(missing[item] ?? []).contains($0.offset) }
            let isUncertain = holdings.contains { $0.item == item && complete[$0.repository] != true }
            state.items[Self.item(item)] = SourceState.Item(
                kind: world.kinds[item].rawValue,
                objects: world.objects[item].filter { !world.isForeign.contains($0) }.map {
                    "\(Self.object($0)) \(world.sizes[$0] ?? -1)"
                },
                children: children.map(\.element).filter { known.contains($0) }.map(Self.item),
                missing: (missing[item] ?? []).count,
                subject: world.subjects[item].map {
                    live.contains($0) ? "\(Self.item($0))" : isUncertain ? "unknown" : "missing"
                } ?? "unknown")
        }
        return state
    }
}

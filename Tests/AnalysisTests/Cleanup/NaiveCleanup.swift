import Analysis
import Figures

/// Plans once more, straight from the definitions: with sets, and by looking at everything again for each question.
struct NaiveCleanup {
    /// What can be deleted: `repository item` in a registry, `item` in an engine.
    typealias Thing = String

    let graph: LayerGraph
    let facts: CleanupFacts
    let protections: CleanupProtections
    let collector: GarbageCollector
    let source: LayerGraph.Index

    let isEngine: Bool
    private(set) var everything: Set<Thing> = []
    private var holdingsOf: [Thing: [Int]] = [:]
    private var tagsOf: [Thing: [Int]] = [:]
    /// Indexes that list a thing and what it is about, in the same repository.
    private var leadersOf: [Thing: Set<Thing>] = [:]

    init(_ store: RandomStore, _ collector: GarbageCollector, source: LayerGraph.Index) {
        self.init(store.graph, store.facts, store.protections, collector, source: source)
    }

    init(
        _ graph: LayerGraph, _ facts: CleanupFacts, _ protections: CleanupProtections,
        _ collector: GarbageCollector, source: LayerGraph.Index = 0
    ) {
        self.graph = graph
        self.facts = facts
        self.protections = protections
        self.collector = collector
        self.source = source
        isEngine = collector == .docker || collector == .podman
        for holding in graph.holdingItems.indices
        where graph.repositorySources[Int(graph.holdingRepositories[holding])] == source {
            let own = thing(graph.holdingRepositories[holding], graph.holdingItems[holding])
            holdingsOf[own, default: []].append(holding)
            everything.insert(own)
        }
        for (number, tag) in facts.tags.enumerated() {
            tagsOf[thing(tag.repository, tag.item), default: []].append(number)
        }
        for own in everything {
            leadersOf[own] = everything.filter { above in
                guard above != own, isEngine || above.split(separator: " ")[0] == own.split(separator: " ")[0] else {
                    return false
                }
                return graph.children(of: Int(item(above))).contains(item(own))
                    || graph.itemSubjects[Int(item(own))] == item(above)
            }
        }
    }

    func thing(_ repository: LayerGraph.Index, _ item: LayerGraph.Index) -> Thing {
        isEngine ? "\(item)" : "\(repository) \(item)"
    }

    func item(_ thing: Thing) -> LayerGraph.Index { LayerGraph.Index(thing.split(separator: " ").last ?? "") ?? 0 }

    func tags(_ thing: Thing) -> [Int] { tagsOf[thing] ?? [] }
    func holdings(_ thing: Thing) -> [Int] { holdingsOf[thing] ?? [] }

    func leaders(_ thing: Thing, among things: Set<Thing>) -> Set<Thing> {
        (leadersOf[thing] ?? []).intersection(things)
    }

    func closure(_ start: Set<Thing>, among things: Set<Thing>) -> Set<Thing> {
        var closure = start
        while true {
            let wider = closure.union(things.filter { !leaders($0, among: things).isDisjoint(with: closure) })
            if wider == closure { return closure }
            closure = wider
        }
    }

    func isTagged(_ thing: Thing) -> Bool { tags(thing).contains { facts.tags[$0].kind == .tag } }
    func isNamed(_ thing: Thing) -> Bool { tags(thing).contains { facts.tags[$0].kind != .referrerTag } }

    func isProtected(_ thing: Thing) -> Bool {
        facts.users[item(thing)] != nil || protections.pinned[item(thing)] != nil
    }

    func isIncomplete(_ thing: Thing) -> Bool {
        holdings(thing).contains { !facts.repositoryIsComplete[Int(graph.holdingRepositories[$0])] }
    }

    func hasStayingTag(_ thing: Thing, _ selection: CleanupSelection) -> Bool {
        tags(thing).contains { facts.tags[$0].kind == .tag && selection.ruleOfTag[$0] == LayerGraph.none }
    }

    func selected(_ selection: CleanupSelection) -> Set<Thing> {
        everything.filter { thing in
            if isTagged(thing) { return !hasStayingTag(thing, selection) }
            return holdings(thing).contains { selection.ruleOfHolding[$0] != LayerGraph.none }
        }
    }

    func roots(_ selection: CleanupSelection) -> Set<Thing> {
        let all = everything
        let selected = selected(selection)
        return all.filter { thing in
            if hasStayingTag(thing, selection) || isProtected(thing) { return true }
            if isTagged(thing) { return false }
            if isNamed(thing) || isIncomplete(thing) { return true }
            return !selected.contains(thing) && leaders(thing, among: all).isEmpty
        }
    }

    func deleted(_ selection: CleanupSelection) -> Set<Thing> {
        let all = everything
        return closure(selected(selection), among: all).subtracting(closure(roots(selection), among: all))
    }
}

extension NaiveCleanup {
    func bytes(_ objects: Set<LayerGraph.Index>) -> Int64 {
        objects.reduce(0) { $0 + max(0, graph.objectBytes[Int($1)]) }
    }

    func document(_ item: LayerGraph.Index) -> LayerGraph.Index? {
        graph.objects(of: Int(item)).first { [.manifest, .index].contains(graph.objectKinds[Int($0)]) }
    }

    func reach(_ things: Set<Thing>) -> Set<LayerGraph.Index> {
        Set(graph.objects(reachedFrom: things.map { item($0) }))
    }

    func isPointedTo(_ thing: Thing) -> Bool { tags(thing).contains { facts.tags[$0].kind != .digest } }

    /// What the collector keeps when these things are there.
    func marks(_ things: Set<Thing>) -> Set<LayerGraph.Index> {
        var marked = Set<LayerGraph.Index>()
        func markDocuments(_ thing: Thing) {
            marked.formUnion(graph.objects(of: Int(item(thing))))
            for child in graph.children(of: Int(item(thing))) {
                if let document = document(child) { marked.insert(document) }
            }
        }
        func follow(_ thing: Thing) {
            markDocuments(thing)
            for child in graph.children(of: Int(item(thing))) {
                let next = "\(thing.split(separator: " ")[0]) \(child)"
                if things.contains(next) { follow(next) }
            }
        }
        switch collector {
        case .distribution: things.forEach(markDocuments)
        case .distributionDeleteUntagged: things.filter(isPointedTo).forEach(markDocuments)
        case .distribution3: things.forEach(follow)
        case .distribution3DeleteUntagged: things.filter(isPointedTo).forEach(follow)
        case .harbor, .docker, .podman, .reach: marked = reach(things)
        }
        return marked
    }

    var orphanBytes: Int64 {
        isEngine ? 0 : facts.orphans.filter { $0.source == source }.reduce(0) { $0 + $1.bytes }
    }

    /// What is freed when of everything only these things are left.
    func freed(leaving things: Set<Thing>) -> Int64 {
        bytes(reach(everything).subtracting(marks(things))) + orphanBytes
    }

    func freed(_ selection: CleanupSelection) -> Int64 { freed(leaving: everything.subtracting(deleted(selection))) }

    /// The selection of one thing only.
    func only(_ thing: Thing, of selection: CleanupSelection) -> CleanupSelection {
        var only = CleanupSelection(graph, facts)
        only.rules = selection.rules
        for tag in tags(thing) { only.ruleOfTag[tag] = selection.ruleOfTag[tag] }
        for holding in holdings(thing) {
            only.ruleOfHolding[holding] = selection.ruleOfHolding[holding]
        }
        return only
    }

    /// What goes if one more thing goes after others: it and what only it kept; nothing if something keeps it.
    func going(with thing: Thing, of things: Set<Thing>) -> Set<Thing> {
        guard leaders(thing, among: things).isEmpty else { return [] }
        let others = things.filter {
            $0 != thing && (isNamed($0) || isProtected($0) || isIncomplete($0) || leaders($0, among: things).isEmpty)
        }
        return closure([thing], among: things).subtracting(closure(others, among: things))
    }
}

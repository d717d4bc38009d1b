package import Figures

/// The identities that bind figures, and the sources' own figures beside ours.
///
/// - Parameter groupings: groupings with the figures of their groups.
/// - Parameter reported: what sources state of themselves. `layers_bytes` is compared with the layers of all images but
///   intermediates (as Docker's `LayersSize` counts them), `content_bytes` and `stored_bytes` with stored_bytes; what
///   has no counterpart in the graph (a build cache) is passed over.
package func checks(
    _ graph: LayerGraph, _ figures: FigureSet, groupings: [(grouping: Grouping, figures: [ByteFigures])] = [],
    reported: [ReportedBytes] = []
) -> [Check] {
    let checker = Checker(graph: graph.believable, figures: figures)
    var list: [Check] = []
    for source in graph.sourceKeys.indices { list += checker.checks(ofSource: source) }
    for (grouping, groups) in groupings { list += checker.checks(of: grouping, groups) }
    list += reported.compactMap(checker.check)
    return list
}

/// Compares figures that must be equal.
struct Checker {
    /// How many broken groups are named one by one.
    private static let namedGroups = 20

    let graph: LayerGraph
    let figures: FigureSet

    func checks(ofSource source: Int) -> [Check] {
        let total = figures.sources[source]
        let name = graph.sourceNames[source]
        var shares: Int64 = 0
        for holding in 0..<graph.holdingCount
        where Int(graph.itemSources[Int(graph.holdingItems[holding])]) == source {
            shares += figures.holdingFairShare[holding]
        }
        var counted: Int64 = 0
        for object in 0..<graph.objectCount
        where Int(graph.objectSources[object]) == source && figures.objectRepositories[object] > 0 {
            counted += graph.bytes(LayerGraph.Index(object))
        }
        return [
            equal("sum of fair_share_bytes of holdings = stored_bytes", name, shares, total.storedBytes),
            equal("sum of bytes by reference_count = stored_bytes", name, counted, total.storedBytes),
            equal(
                "exclusive_bytes + shared_bytes = stored_bytes", name, total.exclusiveBytes + total.sharedBytes,
                total.storedBytes),
            apparent(total, name),
            equal("items that break stored_bytes ≥ exclusive_bytes ≥ 0", name, brokenItems(of: source), 0),
        ]
    }

    func checks(of grouping: Grouping, _ groups: [ByteFigures]) -> [Check] {
        let scope = grouping.name
        let stored = figures.sources.reduce(0) { $0 + $1.storedBytes }
        let isBroken = { (group: ByteFigures) in
            group.exclusiveBytes + group.sharedBytes != group.storedBytes || group.exclusiveBytes < 0
                || group.sharedBytes < 0 || group.fairShareBytes < 0
        }
        var list = [
            equal(
                "sum of fair_share_bytes = stored_bytes", scope, groups.reduce(0) { $0 + $1.fairShareBytes }, stored),
            equal(
                "groups that break exclusive_bytes + shared_bytes = stored_bytes", scope,
                Int64(groups.count(where: isBroken)), 0),
        ]
        for group in groups.indices.filter({ isBroken(groups[$0]) }).prefix(Checker.namedGroups) {
            list.append(
                equal(
                    "exclusive_bytes + shared_bytes = stored_bytes", "\(scope) \(grouping.keys[group])",
                    groups[group].exclusiveBytes + groups[group].sharedBytes, groups[group].storedBytes))
        }
        let below = groups.indices.filter { groups[$0].apparentBytes < groups[$0].storedBytes }
        list.append(equalOrExplained(below, grouping))
        return list
    }

    /// What a source states beside what we found; nil when it speaks of nothing that the graph has.
    func check(_ reported: ReportedBytes) -> Check? {
        let source = Int(reported.source)
        let ours: Int64
        switch reported.name {
        case "layers_bytes": ours = layerBytes(of: source)
        case "content_bytes", "stored_bytes": ours = figures.sources[source].storedBytes
        default: return nil
        }
        let unknown = figures.sources[source].unknownObjects
        var note = reported.note
        if unknown > 0 {
            note += (note.isEmpty ? "" : "; ") + "\(unknown) objects have no known size and count as 0 on our side"
        }
        let isEqual = ours == reported.bytes
        let gap = isEqual ? "" : "\(ours - reported.bytes) bytes"
        return Check(
            name: "ours = \(reported.name) of the source", scope: graph.sourceNames[source], left: ours,
            right: reported.bytes, outcome: isEqual ? .holds : note.isEmpty ? .broken : .explained,
            note: [gap, note].filter { !$0.isEmpty }.joined(separator: ": "))
    }
}

extension Checker {
    private func equal(_ name: String, _ scope: String, _ left: Int64, _ right: Int64) -> Check {
        Check(name: name, scope: scope, left: left, right: right, outcome: left == right ? .holds : .broken)
    }

    /// apparent ≥ stored. Not so for a set that has an index and not the index's children, whose bytes the index
    /// reaches but which are not of the set.
    private func apparent(_ total: ByteFigures, _ scope: String) -> Check {
        var check = Check(
            name: "apparent_bytes ≥ stored_bytes", scope: scope, left: total.apparentBytes, right: total.storedBytes,
            outcome: total.apparentBytes >= total.storedBytes ? .holds : .broken)
        if check.outcome == .broken, !graph.children.isEmpty {
            check.outcome = .explained
            check.note = "indexes reach images that are not held themselves"
        }
        return check
    }

    private func equalOrExplained(_ below: [Int], _ grouping: Grouping) -> Check {
        var check = equal(
            "groups that break apparent_bytes ≥ stored_bytes", grouping.name, Int64(below.count), 0)
        guard !below.isEmpty else { return check }
        var hasIndex = Set<LayerGraph.Index>()
        for holding in 0..<graph.holdingCount
        where !graph.children(of: Int(graph.holdingItems[holding])).isEmpty {
            hasIndex.insert(grouping.groupOfHolding[holding])
        }
        if below.allSatisfy({ hasIndex.contains(LayerGraph.Index($0)) }) {
            check.outcome = .explained
            check.note = "their indexes reach images that they do not hold themselves"
        }
        return check
    }

    private func brokenItems(of source: Int) -> Int64 {
        var broken: Int64 = 0
        for item in figures.items.indices where Int(graph.itemSources[item]) == source {
            let own = figures.items[item]
            let isOrdered = own.storedBytes >= own.exclusiveBytes && own.exclusiveBytes >= 0
            if !isOrdered || own.exclusiveBytes + own.sharedBytes != own.storedBytes { broken += 1 }
        }
        return broken
    }

    /// Bytes of the layers of a source's held images, without images that only others were built from: their own
    /// layers are not in Docker's `LayersSize` (moby, daemon/images/service.go, `getLayerRefs`).
    private func layerBytes(of source: Int) -> Int64 {
        var isCounted = [Bool](repeating: false, count: graph.objectCount)
        let held = graph.holdingItems.filter { item in
            Int(graph.itemSources[Int(item)]) == source
                && (graph.itemIsIntermediate.isEmpty || !graph.itemIsIntermediate[Int(item)])
        }
        var isVisited = [Bool](repeating: false, count: graph.itemCount)
        var stack = held
        var sum: Int64 = 0
        while let item = stack.popLast() {
            guard !isVisited[Int(item)] else { continue }
            isVisited[Int(item)] = true
            stack.append(contentsOf: graph.children(of: Int(item)))
            for object in graph.objects(of: Int(item)) where graph.objectKinds[Int(object)] == .layer {
                guard !isCounted[Int(object)] else { continue }
                isCounted[Int(object)] = true
                sum += graph.bytes(object)
            }
        }
        return sum
    }
}

import Figures
import ImageModel

/// Finds what names stand for among the holdings of a source.
struct HoldingNames: Sendable {
    /// What a name stands for: holdings with everything they have, and single tags.
    struct Found {
        var holdings: Set<LayerGraph.Index> = []
        /// Numbers in ``CleanupFacts/tags``.
        var tags: Set<Int> = []
    }

    let picture: PlanPicture

    init(_ picture: PlanPicture) { self.picture = picture }

    /// An image (`team/app:1`, `team/app@sha256:…`, a digest or its beginning), a repository, a namespace (`team/`), or
    /// `owner=NAME`; nil for what is nothing here.
    func find(_ name: String) -> Found? {
        let (graph, facts) = (picture.graph, picture.facts)
        func inRepositories(_ fits: (Int) -> Bool) -> Found? {
            let chosen = Set(graph.repositoryNames.indices.filter(fits).map { LayerGraph.Index($0) })
            guard !chosen.isEmpty else { return nil }
            return Found(
                holdings: Set(
                    (0..<LayerGraph.Index(graph.holdingCount)).filter {
                        chosen.contains(graph.holdingRepositories[Int($0)])
                    }))
        }
        if name.hasPrefix("owner=") {
            return inRepositories { facts.repositoryOwners[$0] == name.dropFirst("owner=".count) }
        }
        if name.hasSuffix("/") { return inRepositories { graph.repositoryNames[$0].hasPrefix(name) } }
        if let found = inRepositories({ graph.repositoryNames[$0] == name }) { return found }
        let digest = name.split(separator: "@").last.map(String.init) ?? name
        if let items = items(digest) {
            let repository = name.contains("@") ? name.prefix { $0 != "@" } : ""
            return Found(
                holdings: Set(
                    (0..<LayerGraph.Index(graph.holdingCount)).filter {
                        items.contains(graph.holdingItems[Int($0)])
                            && (repository.isEmpty
                                || graph.repositoryNames[Int(graph.holdingRepositories[Int($0)])] == repository)
                    }))
        }
        guard let colon = name.lastIndex(of: ":") else { return nil }
        let (repository, tag) = (name[..<colon], name[name.index(after: colon)...])
        let tags = facts.tags.indices.filter {
            facts.tags[$0].name == tag && graph.repositoryNames[Int(facts.tags[$0].repository)] == repository
        }
        return tags.isEmpty ? nil : Found(tags: Set(tags))
    }

    /// Items by digest (several, where each repository keeps its own), or by the beginning of one that is unique (four
    /// digits or more).
    private func items(_ text: String) -> Set<LayerGraph.Index>? {
        let hex = text.hasPrefix("sha256:") ? text.dropFirst("sha256:".count) : text[...]
        guard hex.count >= 4, hex.allSatisfy({ $0.isHexDigit && !$0.isUppercase }) else { return nil }
        let found = picture.facts.itemDigests.indices.filter { picture.facts.itemDigests[$0].hex.hasPrefix(hex) }
        guard Set(found.map { picture.facts.itemDigests[$0] }).count == 1 else { return nil }
        return Set(found.map { LayerGraph.Index($0) })
    }

    /// The holdings that go: those that were named, and those all of whose tags were.
    func holdings(_ found: Found) -> [LayerGraph.Index] {
        let (graph, facts) = (picture.graph, picture.facts)
        guard !found.tags.isEmpty else { return found.holdings.sorted() }
        func key(_ repository: LayerGraph.Index, _ item: LayerGraph.Index) -> UInt64 {
            UInt64(repository) << 32 | UInt64(item)
        }
        let touched = Set(found.tags.map { key(facts.tags[$0].repository, facts.tags[$0].item) })
        var staying: Set<UInt64> = []
        for (number, tag) in facts.tags.enumerated() where tag.kind == .tag && !found.tags.contains(number) {
            let place = key(tag.repository, tag.item)
            if touched.contains(place) { staying.insert(place) }
        }
        let going = touched.subtracting(staying)
        let named = (0..<LayerGraph.Index(graph.holdingCount)).filter {
            going.contains(key(graph.holdingRepositories[Int($0)], graph.holdingItems[Int($0)]))
        }
        return found.holdings.union(named).sorted()
    }
}

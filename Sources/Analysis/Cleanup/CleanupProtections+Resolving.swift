package import Figures
import ImageModel

extension CleanupProtections {
    /// Finds what an allow list names: items by digest or image ID, and what tags name.
    ///
    /// - Throws: ``CleanupRuleError`` for a pattern that is no regular expression.
    package init(
        _ list: [CleanupProtection], in graph: LayerGraph, _ facts: CleanupFacts
    ) throws(CleanupRuleError) {
        self.init()
        var digests: [Digest: String] = [:]
        for protection in list {
            switch protection.subject {
            case .digest(let digest): digests[digest] = digests[digest] ?? protection.name
            case .tags(let repository, let tag):
                var rule = CleanupRule(name: protection.name)
                rule.tag = tag
                let pattern = try TagPattern(rule)
                let glob = GlobPattern(repository)
                let fits = graph.repositoryNames.map { glob.matches($0) }
                for tag in facts.tags where tag.kind == .tag && fits[Int(tag.repository)] {
                    if case .fits = pattern.match(tag.name) { pin(tag.item, protection.name) }
                }
            }
        }
        guard !digests.isEmpty else { return }
        for item in 0..<LayerGraph.Index(graph.itemCount) {
            if let name = digests[facts.itemDigests[Int(item)]] { pin(item, name) }
            for object in graph.objects(of: Int(item)) where graph.objectKinds[Int(object)] == .configuration {
                if let name = digests[facts.objectKeys[Int(object)]] { pin(item, name) }
            }
        }
    }

    private mutating func pin(_ item: LayerGraph.Index, _ name: String) { pinned[item] = pinned[item] ?? name }
}

import Database
import Figures
import ImageModel

/// One source as a plan sees it.
struct PlanPicture: Sendable {
    let source: Reader.Source
    /// `engine`, `registry`, `archive`.
    let kind: String
    /// What answered: `Docker Engine …`, `Podman …`, `OCI registry`.
    let product: String
    let location: String
    let graph: LayerGraph
    let labels: GraphLabels
    let facts: CleanupFacts

    /// The graph holds one source alone.
    let number: LayerGraph.Index = 0

    static func read(_ reader: Reader, _ source: Reader.Source) async throws -> PlanPicture {
        let (graph, labels, facts) = try await reader.database.cleanupPicture(source: source.name)
        let table = try await reader.table("sources", filters: [FilterOption(column: "source", literal: source.name)])
        func text(_ column: String) -> String { table.rows.isEmpty ? "" : table.value(0, column).text ?? "" }
        return PlanPicture(
            source: source, kind: text("kind"), product: text("product"), location: text("location"), graph: graph,
            labels: labels, facts: facts)
    }

    /// What frees the source's bytes, unless something else is named.
    var usualCollector: GarbageCollector {
        switch kind {
        case "engine": product.hasPrefix("Podman") ? .podman : .docker
        case "registry": product.hasPrefix("OCI layout") ? .reach : .distribution
        default: .reach
        }
    }

    /// What frees the bytes: as the options say, or the configuration. Throws ``CommandFailure`` (usage) for one that
    /// cannot be: engines and registries free bytes each in their own ways.
    func collector(_ chosen: GarbageCollector?, _ configuration: Configuration) throws -> GarbageCollector {
        let collector = chosen ?? configuration.cleanup.collector(of: source.name) ?? usualCollector
        guard (collector == .docker || collector == .podman) == (kind == "engine") else {
            throw CommandFailure(
                .usage,
                "\(collector.rawValue) frees nothing in \(source.name): \(kind == "engine" ? "an engine" : kind == "registry" ? "a registry" : "an archive")"
            )
        }
        return collector
    }

    func repository(_ number: LayerGraph.Index) -> String { graph.repositoryNames[Int(number)] }
    func digest(_ item: LayerGraph.Index) -> Digest { facts.itemDigests[Int(item)] }

    /// `team/app:1`, or `team/app@sha256:…` when no tag names it.
    func name(repository: LayerGraph.Index, item: LayerGraph.Index, tags: [String]) -> String {
        let name = self.repository(repository)
        return tags.first.map { "\(name):\($0)" } ?? "\(name)@\(digest(item).short)"
    }
}

import Analysis
import Figures
import Foundation
import ImageModel
import Reporting

/// Tells what would go if exactly this went: each alone, and all together.
struct WhatIfRun {
    let command: PlanMakeCommand

    private static let columns: [Table.Column] = [
        .init("source", .text), .init("name", .text), .init("items", .count), .init("freed_bytes", .bytes),
        .init("retained_bytes", .bytes), .init("unknown_objects", .count), .init("held_by", .list),
        .init("more_with", .list),
    ]

    func run(_ reader: Reader, _ sources: [Reader.Source], _ configuration: Configuration) async throws {
        let output = try Output(command.listing)
        var table = Table(name: "what_if", columns: Self.columns)
        var together = WhatIf.Answer()
        var unknown = Set(command.whatIf)
        for source in sources {
            let picture = try await PlanPicture.read(reader, source)
            let collector = try picture.collector(command.collector, configuration)
            if !picture.facts.isEverythingKnown.allSatisfy({ $0 }) {
                StandardError.warn("\(source.name): \(PlanSummary.upperBound(source.name))")
            }
            let what = WhatIf(picture.graph, picture.facts, collector: collector, source: picture.number)
            let names = HoldingNames(picture)
            var all: Set<LayerGraph.Index> = []
            var tags: Set<Int> = []
            for name in command.whatIf {
                guard let found = names.find(name) else { continue }
                unknown.remove(name)
                table.rows.append(row(name, what.answer(.holdings(names.holdings(found))), picture))
                all.formUnion(found.holdings)
                tags.formUnion(found.tags)
            }
            let joint = what.answer(.holdings(names.holdings(.init(holdings: all, tags: tags))))
            together.items += joint.items
            together.freedBytes += joint.freedBytes
            together.retainedBytes += joint.retainedBytes
            together.unknownObjects += joint.unknownObjects
        }
        guard unknown.isEmpty else {
            throw CommandFailure(
                .checkFailed,
                "nothing is named \(unknown.sorted().joined(separator: ", ")); `layerscope tags` lists names")
        }
        if Set(sources.map(\.bytesAre)).count == 1 {
            table.totals = [
                "items": .integer(together.items), "freed_bytes": .integer(together.freedBytes),
                "retained_bytes": .integer(together.retainedBytes),
                "unknown_objects": .integer(together.unknownObjects),
            ]
        }
        try output.finish(
            Listing(
                table, shown: ["name", "items", "freed_bytes", "retained_bytes", "held_by", "more_with"],
                headings: ["freed_bytes": "FREES", "retained_bytes": "STAYS"], identifier: "name",
                coverage: try await reader.coverage(of: sources.map(\.name))))
    }

    private func row(_ name: String, _ answer: WhatIf.Answer, _ picture: PlanPicture) -> [Value] {
        func names(_ bytes: KeyPath<CleanupPlan.Holder, Int64>) -> Value {
            let most = answer.holders.filter { $0[keyPath: bytes] > 0 }
                .sorted { $0[keyPath: bytes] > $1[keyPath: bytes] }.prefix(5)
            return .list(
                most.map {
                    picture.name(repository: $0.repository, item: $0.item, tags: $0.tags) + " "
                        + ByteFormat.human($0[keyPath: bytes], units: command.listing.units)
                })
        }
        return [
            .text(picture.source.name), .text(name), .integer(answer.items), .integer(answer.freedBytes),
            .integer(answer.retainedBytes), .integer(answer.unknownObjects), names(\.heldBytes), names(\.freesBytes),
        ]
    }
}

/// Finds what names stand for among the holdings of a source.
struct HoldingNames {
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

import Analysis
import Collectors
import Database
import Figures
import Foundation
import ImageModel
import Observations
import TestSupport
import Testing

/// A real registry whose storage is collected, planned for, cleaned up and looked at again.
struct CleanupTruth {
    typealias Picture = (graph: LayerGraph, labels: GraphLabels, facts: CleanupFacts)

    let registry: DistributionRegistry
    let database: LayerscopeDatabase
    let collector: GarbageCollector

    /// Collects the storage as `hub`.
    func collect() async throws {
        let storage = RegistryStorageCollector(path: registry.root.path, name: "hub")
        let source = SourceDescription(name: "hub", kind: .registry, location: registry.root.path, bytesAre: .stored)
        let writer = try await database.begin(source, startedAt: Date())
        let result = try await storage.collect(
            CollectionContext(sink: writer, documents: database.documentStore(for: "hub")))
        // What this collector destroyed is missed from then on, and the storage says so.
        let bad = result.aspects.filter { $0.outcome != .complete }.map(\.aspect)
        #expect(bad.isEmpty || collector.deletesUntagged && bad == ["configurations"], "\(result.aspects)")
        let update = try await writer.apply(result, figures: figureUpdate)
        #expect(
            update.checks.allSatisfy { $0.outcome == .holds || collector.deletesUntagged && $0.outcome == .explained },
            "\(update.checks)")
    }

    func plan(
        _ picture: Picture, _ selection: CleanupSelection, pinned: [LayerGraph.Index: String] = [:]
    ) -> CleanupPlan {
        Analysis.plan(
            picture.graph, picture.facts, selection, protections: CleanupProtections(pinned: pinned),
            collector: collector, source: 0)
    }

    /// Carries a plan out, runs the garbage collector, and compares what is on disk before and after with what the
    /// plan says. Returns the bytes that were freed.
    func prove(_ plan: CleanupPlan, _ picture: Picture, _ name: String) async throws -> Int64 {
        let before = try RegistryDisk(registry.root)
        #expect(plan.isExact && plan.unknownObjects == 0, "\(name)")
        #expect(plan.heldBytes == before.bytes, "\(name)")
        try await carryOut(plan, picture, name)
        try await registry.garbageCollect(deleteUntagged: collector.deletesUntagged)
        let after = try RegistryDisk(registry.root)

        let freed = before.bytes - after.bytes
        #expect(freed == plan.freedBytes, "\(name): freed is not what was planned")
        let orphans = plan.freesOrphans ? picture.facts.orphans.map(\.digest.description) : []
        // Of a damaged object that a manifest still lists, nothing may be there to go.
        let there = plan.freedObjects.filter {
            !picture.facts.damagedObjects.contains($0)
                || before.blobs[picture.facts.objectKeys[Int($0)].description] != nil
        }
        let predicted = Set(there.map { picture.facts.objectKeys[Int($0)].description } + orphans)
        let gone = Set(before.blobs.keys).subtracting(after.blobs.keys)
        #expect(gone == predicted, "\(name): other blobs are gone than planned")
        #expect(after.blobs.allSatisfy { before.blobs[$0.key] == $0.value }, "\(name)")

        let deleted = plan.deletions.filter { $0.action == .delete }
        let places = Set(deleted.map { place($0.repository, $0.item, picture) })
        #expect(places.isDisjoint(with: after.revisions), "\(name)")
        let keptTags = before.tags.filter { !places.contains($0.value) }
        #expect(after.tags == keptTags, "\(name): other tags are left than planned")
        if !collector.deletesUntagged { #expect(before.revisions.subtracting(after.revisions) == places, "\(name)") }
        try await compareLosses(before, after, keptTags, plan, picture, name)
        return freed
    }

    private func place(
        _ repository: LayerGraph.Index, _ item: LayerGraph.Index, _ picture: Picture
    ) -> RegistryDisk.Place {
        RegistryDisk.Place(
            repository: picture.graph.repositoryNames[Int(repository)],
            digest: picture.facts.itemDigests[Int(item)].description)
    }

    private func carryOut(_ plan: CleanupPlan, _ picture: Picture, _ name: String) async throws {
        let target = try await RegistryDeletionTarget.open(RegistryOptions(registry: registry.url))
        let requests = plan.deletions.map { deletion in
            DeletionRequest(
                action: deletion.action == .delete ? .delete : .untag,
                repository: picture.graph.repositoryNames[Int(deletion.repository)],
                digest: picture.facts.itemDigests[Int(deletion.item)], tags: deletion.tags)
        }
        // This registry takes no tag away without its manifest (2.8).
        for request in requests {
            let outcome = try await target.delete(request)
            switch (request.action, outcome) {
            case (.delete, .deleted), (.untag, .refused): break
            default: Issue.record("\(name): \(request): \(outcome)")
            }
        }
        await target.close()
    }

    /// What kept tags need and have lost is exactly what the plan says; everything else answers.
    private func compareLosses(
        _ before: RegistryDisk, _ after: RegistryDisk, _ keptTags: [String: RegistryDisk.Place], _ plan: CleanupPlan,
        _ picture: Picture, _ name: String
    ) async throws {
        var lost: [RegistryDisk.Place: Int64] = [:]
        var brokenTags = Set<String>()
        var whole: [RegistryDisk.Place: Set<String>] = [:]
        var needs: [RegistryDisk.Place: [RegistryDisk.Place: Set<String>]] = [:]
        for (tag, root) in keptTags {
            let needed = try needs[root] ?? before.needs(of: root)
            needs[root] = needed
            for (place, blobs) in needed {
                let missing = blobs.filter { after.blobs[$0] == nil }
                if missing.isEmpty && after.revisions.contains(place) {
                    whole[place] = blobs
                } else {
                    lost[place] = missing.reduce(0) { $0 + (before.blobs[$1] ?? 0) }
                    brokenTags.insert(tag)
                }
            }
        }
        let predicted = plan.destructions.map { (place($0.repository, $0.item, picture), $0.bytes) }
        #expect(predicted.count == lost.count, "\(name)")
        #expect(Dictionary(predicted) { $1 } == lost, "\(name): other manifests are destroyed than foretold")
        let named = plan.destructions.flatMap { destruction in
            destruction.tags.map { "\(picture.graph.repositoryNames[Int(destruction.repository)]):\($0)" }
        }
        #expect(Set(named) == brokenTags, "\(name): other tags are broken than foretold")
        if !collector.deletesUntagged { #expect(lost.isEmpty, "\(name): something that stays is broken") }
        try await answers(keptTags, whole, name)
    }

    /// Asks the registry for every tag, manifest and blob that is to be there.
    private func answers(
        _ tags: [String: RegistryDisk.Place], _ manifests: [RegistryDisk.Place: Set<String>], _ name: String
    ) async throws {
        var expected: [String: String] = [:]
        for (tag, place) in tags {
            let own = tag.dropFirst(place.repository.count + 1)
            expected["\(registry.url)/v2/\(place.repository)/manifests/\(own)"] = place.digest
        }
        for (place, blobs) in manifests {
            expected["\(registry.url)/v2/\(place.repository)/manifests/\(place.digest)"] = place.digest
            // The manifests among them were asked for already.
            for blob in blobs where blob != place.digest {
                expected["\(registry.url)/v2/\(place.repository)/blobs/\(blob)"] = blob
            }
        }
        guard !expected.isEmpty else { return }
        let folder = try ScratchFolder("heads")
        let list = expected.keys.map { "url = \"\($0)\"\noutput = \"/dev/null\"\n" }.joined()
        let types = ["manifest.v2+json", "manifest.list.v2+json"].flatMap {
            ["-H", "Accept: application/vnd.docker.distribution.\($0)"]
        }
        let output = try await Program.run(
            try #require(Program.find("curl")),
            ["--head", "--silent", "--config", try folder.write(Data(list.utf8), to: "urls").path]
                + types + ["--write-out", "%{url} %{http_code} %header{docker-content-digest}\\n"])
        var found: [String: String] = [:]
        for line in String(decoding: output, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: " ")
            if parts.count == 3, parts[1] == "200" { found[String(parts[0])] = String(parts[2]) }
        }
        let wrong = expected.filter { found[$0.key] != $0.value }.keys.sorted()
        #expect(wrong.isEmpty, "\(name): \(wrong.count) of \(expected.count) do not answer: \(wrong.prefix(3))")
    }
}

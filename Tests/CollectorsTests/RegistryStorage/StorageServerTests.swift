import Foundation
import ImageModel
import Observations
import TestSupport
import Testing

@testable import Collectors

private let hasServers = DistributionRegistry.isInstalled && areInstalled("skopeo", "curl")

/// What a real registry wrote: the storage says what the API says, and what it does not.
@Suite(.serialized, .enabled(if: hasServers, "needs docker-registry, skopeo and curl"))
struct StorageServerTests {
    private struct World {
        var registry: DistributionRegistry
        var index: Descriptor
        var first: ImageBuilder.Image
        var second: ImageBuilder.Image
        var chart: Descriptor
    }

    private func world() async throws -> World {
        let registry = try await DistributionRegistry.start()
        var builder = ImageBuilder()
        let base = try builder.layer(named: "base", bytes: 20_000, instruction: "ADD rootfs /")
        let first = try builder.image([base, builder.layer(["a": "1"])], labels: ["team": "storage"])
        let second = try builder.image(
            [base, builder.layer(["a": "2"], compression: .zstd)],
            platform: Platform(os: "linux", architecture: "arm64"))
        let attestation = try builder.attestation(for: first)
        let index = try builder.index([first.descriptor, second.descriptor, attestation])
        let chart = try builder.referrer("chart", subject: first.descriptor)
        let folder = try ScratchFolder("push")
        try builder.writeLayout(
            [
                (index, .reference("multi")), (first.descriptor, .reference("first")),
                (second.descriptor, .reference("second")), (chart, .reference("chart")),
            ], to: folder("layout"))
        for (name, target) in [
            ("multi", "team/app:multi"), ("first", "team/app:1"), ("first", "other:1"), ("second", "other:2"),
            ("chart", "team/app:sha256-\(first.digest.hex).sbom"),
        ] {
            try run(
                "skopeo",
                [
                    "copy", "--all", "--dest-tls-verify=false", "--preserve-digests", "--quiet",
                    "oci:\(folder("layout").path):\(name)", "docker://\(registry.host)/\(target)",
                ])
        }
        return World(registry: registry, index: index, first: first, second: second, chart: chart)
    }

    private func compare(_ sight: StorageSight, _ api: RecordingSink) {
        func key(_ items: [ItemObservation]) -> [Digest: ItemObservation] {
            Dictionary(items.map { ($0.digest, $0) }) { $1 }
        }
        let (ours, theirs) = (key(sight.seen.items), key(api.items))
        #expect(Set(ours.keys) == Set(theirs.keys))
        for (digest, item) in theirs { #expect(ours[digest] == item) }
        #expect(Set(sight.seen.holdings) == Set(api.holdings))
        #expect(Set(sight.seen.references.map { "\($0)" }) == Set(api.references.map { "\($0)" }))
        #expect(Set(sight.seen.repositories.map(\.name)) == Set(api.repositories.map(\.name)))
    }

    private func api(_ registry: DistributionRegistry) async throws -> RecordingSink {
        let sink = RecordingSink()
        let result = try await registryCollector(registry.host).collect(.test(sink))
        #expect(result.isComplete, "\(result.aspects)")
        return sink
    }

    private func delete(_ digest: Digest, of repository: String, _ registry: DistributionRegistry) throws {
        try run("curl", ["-sfX", "DELETE", "\(registry.url)/v2/\(repository)/manifests/\(digest)"])
    }

    private func collectGarbage(_ registry: DistributionRegistry, _ options: [String] = []) throws {
        let folder = try ScratchFolder("gc")
        let configuration = try folder.write(
            Data("version: 0.1\nstorage: {filesystem: {rootdirectory: \(registry.root.path)}}\n".utf8), to: "config.yml"
        )
        let program = try #require(DistributionRegistry.program)
        try run(
            URL(fileURLWithPath: program).lastPathComponent, ["garbage-collect"] + options + [configuration.path])
    }

    @Test func `the storage says of tagged content what the API says`() async throws {
        let world = try await world()
        defer { world.registry.stop() }
        let path = world.registry.root.path
        let (seen, result) = try await CollectorConformance {
            RegistryStorageCollector(path: path, name: "registry")
        }.check()
        let sight = StorageSight(seen: seen, result: result)
        #expect(sight.findings.isEmpty && sight.orphans.isEmpty && sight.damaged.isEmpty, "\(sight.findings)")
        compare(sight, try await api(world.registry))
        let ago = -(sight.activities.compactMap { $0.pushedAt?.timeIntervalSinceNow }.min() ?? -1_000_000)
        #expect(ago < 600 && sight.activities.count == 7 + 5)
    }

    @Test func `what was deleted stays as untagged revision or orphan until garbage is collected`() async throws {
        let world = try await world()
        defer { world.registry.stop() }
        let before = try await StorageSight(world.registry.root)
        // A tag alone leaves its manifest; a manifest leaves its blobs.
        try FileManager.default.removeItem(
            at: world.registry.root.appending(
                path: "docker/registry/v2/repositories/team/app/_manifests/tags/sha256-\(world.first.digest.hex).sbom"))
        try delete(world.second.digest, of: "other", world.registry)
        try delete(world.index.digest, of: "team/app", world.registry)
        let after = try await StorageSight(world.registry.root)
        #expect(after.findings.isEmpty && after.result.isComplete, "\(after.findings) \(after.result.aspects)")
        #expect(after.tags == ["other:1", "team/app:1"])
        #expect(after.seen.item(world.chart.digest) != nil, "untagged, and held")
        #expect(after.seen.item(world.second.digest) != nil, "held by team/app, of which the index is gone")
        #expect(after.orphans.map(\.digest) == [world.index.digest])
        let orphaned = after.orphans.reduce(0) { $0 + $1.bytes }
        #expect(after.seen.storedBytes + orphaned == before.seen.storedBytes)

        try collectGarbage(world.registry)
        let collected = try await StorageSight(world.registry.root)
        #expect(collected.orphans.isEmpty && collected.seen.storedBytes == after.seen.storedBytes)
        #expect(Set(collected.seen.items.map(\.digest)) == Set(after.seen.items.map(\.digest)))

        try collectGarbage(world.registry, ["--delete-untagged"])
        let bare = try await StorageSight(world.registry.root)
        compare(bare, try await api(world.registry))
        #expect(bare.seen.items.map(\.digest) == [world.first.digest])
        #expect(bare.orphans.isEmpty && bare.damaged.isEmpty && bare.reportedBytes == bare.seen.storedBytes)
        // This collector leaves links to the layers that it deletes.
        #expect(bare.findings.allSatisfy { $0.kind == .danglingLink && $0.path.contains("/_layers/") })
    }
}

import Collectors
import Foundation
import ImageModel
import TestSupport
import Testing

private let hasServers = DistributionRegistry.isInstalled && areInstalled("skopeo")

/// A real registry, from which is really deleted.
@Suite(.serialized, .enabled(if: hasServers, "needs docker-registry and skopeo"))
struct RegistryDeletionServerTests {
    private struct Pushed {
        var index: Descriptor
        var children: [ImageBuilder.Image]
        var single: ImageBuilder.Image
    }

    /// `team/app:multi` is an index of two; `1` and `latest` are one image.
    private func push(to registry: DistributionRegistry) throws -> Pushed {
        var builder = ImageBuilder()
        let base = try builder.layer(named: "base", bytes: 20_000)
        let children = try ["amd64", "arm64"].map { architecture in
            try builder.image(
                [base, builder.layer([architecture: architecture])],
                platform: Platform(os: "linux", architecture: architecture))
        }
        let index = try builder.index(children.map(\.descriptor))
        let single = try builder.image([base])
        let folder = try ScratchFolder("push")
        try builder.writeLayout(
            [(index, .reference("multi")), (single.descriptor, .reference("single"))], to: folder("layout"))
        for (name, tag) in [("multi", "multi"), ("single", "1"), ("single", "latest")] {
            try run(
                "skopeo",
                [
                    "copy", "--all", "--dest-tls-verify=false", "--preserve-digests", "--quiet",
                    "oci:\(folder("layout").path):\(name)", "docker://\(registry.host)/team/app:\(tag)",
                ])
        }
        return Pushed(index: index, children: children, single: single)
    }

    private func open(_ registry: DistributionRegistry) async throws -> RegistryDeletionTarget {
        try await RegistryDeletionTarget.open(RegistryOptions(registry: registry.url), configuration: .none)
    }

    private func request(_ digest: Digest, _ tags: String..., action: DeletionRequest.Action = .delete)
        -> DeletionRequest
    {
        DeletionRequest(action: action, repository: "team/app", digest: digest, tags: tags)
    }

    /// What is left on disk: tags, and revisions of manifests.
    private func left(in registry: DistributionRegistry) throws -> (tags: Set<String>, revisions: Set<String>) {
        let manifests = registry.root.appending(path: "docker/registry/v2/repositories/team/app/_manifests")
        let revisions = manifests.appending(path: "revisions/sha256")
        let linked = try FileManager.default.contentsOfDirectory(atPath: revisions.path).filter {
            FileManager.default.fileExists(atPath: revisions.appending(path: $0 + "/link").path)
        }
        return (
            Set(try FileManager.default.contentsOfDirectory(atPath: manifests.appending(path: "tags").path)),
            Set(linked)
        )
    }

    @Test func `what was planned goes, and nothing else`() async throws {
        let registry = try await DistributionRegistry.start()
        let pushed = try push(to: registry)
        let target = try await open(registry)
        let requests = [
            request(pushed.index.digest, "multi"), request(pushed.children[0].digest),
            // Only one of its tags is known.
            request(pushed.single.digest, "1"),
            request(pushed.single.digest, "1", action: .untag),
        ]
        var words: [String] = []
        _ = try await target.carryOut(requests) { words.append($1.word) }
        #expect(words == ["deleted", "deleted", "moved", "refused"])
        var rest = try left(in: registry)
        #expect(rest.tags == ["1", "latest"])
        #expect(rest.revisions == [pushed.children[1].digest.hex, pushed.single.digest.hex])

        words = []
        _ = try await target.carryOut(requests + [request(pushed.single.digest, "1", "latest")]) {
            words.append($1.word)
        }
        #expect(words == ["gone", "gone", "moved", "refused", "deleted"])
        rest = try left(in: registry)
        #expect(rest.tags.isEmpty && rest.revisions == [pushed.children[1].digest.hex])
        await target.close()
        registry.stop()
    }

    @Test func `a registry without deletion says so`() async throws {
        var settings = DistributionRegistry.Settings()
        settings.allowsDeletion = false
        let registry = try await DistributionRegistry.start(settings)
        let pushed = try push(to: registry)
        let target = try await open(registry)
        let outcome = try await target.delete(request(pushed.index.digest, "multi"))
        #expect(outcome.word == "refused")
        #expect(outcome.reason?.contains("storage.delete.enabled") == true)
        #expect(try left(in: registry).tags == ["1", "latest", "multi"])
        await target.close()
        registry.stop()
    }
}

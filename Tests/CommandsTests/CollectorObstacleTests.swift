import Foundation
import ImageModel
import TestSupport
import Testing

/// What distribution's garbage collector stops at is what the storage's findings foretell.
@Suite(
    .serialized,
    .enabled(
        if: hasPostgres && DistributionRegistry.isInstalled && Program.find("skopeo") != nil
            && Program.find("curl") != nil, "needs PostgreSQL, docker-registry, skopeo and curl"))
struct CollectorObstacleTests {
    /// Something wrong in a repository's revisions.
    enum Damage: String, CaseIterable, CustomTestStringConvertible {
        case emptyLink, noManifest, unknownManifest, linkToNothing, rubbishInLayerLink

        var testDescription: String { rawValue }
        /// Whether the collector stops at it.
        var stops: Bool { [.emptyLink, .noManifest, .unknownManifest].contains(self) }

        /// Does it. Returns the path of the link, below the storage's own root.
        func inflict(on root: URL) throws -> String {
            let document: String
            switch self {
            case .emptyLink, .linkToNothing, .rubbishInLayerLink: document = "not there"
            case .noManifest: document = "no JSON"
            case .unknownManifest: document = #"{"schemaVersion": 2, "mediaType": "application/vnd.example+json"}"#
            }
            let digest = Digest.of(Array(document.utf8))
            let folder = self == .rubbishInLayerLink ? "_layers" : "_manifests/revisions"
            let link = "repositories/team/app/\(folder)/sha256/\(digest.hex)/link"
            var files = [link: digest.description]
            switch self {
            case .emptyLink: files[link] = ""
            case .rubbishInLayerLink: files[link] = "rubbish"
            case .noManifest, .unknownManifest:
                files["blobs/sha256/\(digest.hex.prefix(2))/\(digest.hex)/data"] = document
            case .linkToNothing: break
            }
            for (path, text) in files {
                let file = root.appending(path: path)
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(text.utf8).write(to: file)
            }
            return link
        }
    }

    /// Bytes of all blobs.
    private static func bytes(in root: URL) throws -> Int {
        let blobs = FileManager.default.enumerator(
            at: root.appending(path: "blobs"), includingPropertiesForKeys: [.fileSizeKey])
        var sum = 0
        while let file = blobs?.nextObject() as? URL {
            guard file.lastPathComponent == "data" else { continue }
            sum += try file.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
        }
        return sum
    }

    @Test(.timeLimit(.minutes(2)), arguments: Damage.allCases)
    func `the plan names what the real collector stops at, and nothing else`(_ damage: Damage) async throws {
        let tool = try Tool()
        do {
            try await compare(damage, tool)
        } catch {
            try await tool.stop()
            throw error
        }
        try await tool.stop()
    }

    private func compare(_ damage: Damage, _ tool: Tool) async throws {
        let registry = try await DistributionRegistry.start()
        defer { registry.stop() }
        var builder = ImageBuilder()
        let kept = try builder.image([builder.layer(["kept": "1"])])
        let deleted = try builder.image([builder.layer(["deleted": "1"])])
        try builder.writeLayout(
            [(kept.descriptor, .reference("kept")), (deleted.descriptor, .reference("deleted"))],
            to: tool.folder("layout"))
        for name in ["kept", "deleted"] {
            try await Program.run(
                try #require(Program.find("skopeo")),
                [
                    "copy", "--quiet", "--preserve-digests", "--dest-tls-verify=false",
                    "oci:\(tool.folder("layout").path):\(name)", "docker://\(registry.host)/team/app:\(name)",
                ])
        }
        try await Program.run(
            try #require(Program.find("curl")),
            ["-sfX", "DELETE", "\(registry.url)/v2/team/app/manifests/\(deleted.digest)"])
        let root = registry.root.appending(path: "docker/registry/v2")
        let link = try damage.inflict(on: root)

        let collected = try await tool.run("collect", "storage", registry.root.path, "--name", "registry")
        #expect(collected.status == 0 || collected.status == 2, "\(collected.errors)")
        let plan = try await tool.run("plan", "--source", "registry", "--untagged", "--format", "json")
        let words = "registry garbage-collect will stop at \(link) ("
        #expect(plan.errors.contains(words) == damage.stops, "\(plan.errors)")
        #expect(plan.output.contains(words) == damage.stops)
        #expect(plan.errors.contains("will stop at") == damage.stops)

        let before = try Self.bytes(in: root)
        do {
            try await registry.garbageCollect()
            #expect(!damage.stops)
        } catch is Program.Failure {
            #expect(damage.stops)
        }
        #expect((try Self.bytes(in: root) == before) == damage.stops)
        // What the plan says to do makes it go on.
        try FileManager.default.removeItem(at: root.appending(path: link))
        try await registry.garbageCollect()
        #expect(try Self.bytes(in: root) < before)
    }
}

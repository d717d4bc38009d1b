import Foundation
import ImageModel
import TestSupport
import Testing

/// A real registry, in which somebody pushed a manifest that claims a wrong size of a blob that others use.
@Suite(
    .serialized,
    .enabled(
        if: hasPostgres && DistributionRegistry.isInstalled && Program.find("curl") != nil,
        "needs PostgreSQL, docker-registry and curl"))
struct LyingManifestTests {
    @Test func `one wrong size is named, and every figure rests on the true one`() async throws {
        let registry = try await DistributionRegistry.start()
        defer { registry.stop() }
        var builder = ImageBuilder()
        let layer = try builder.layer(named: "layer", bytes: 50_000)
        let honest = try builder.image([layer])
        var manifest = honest.manifest
        manifest.layers[0].size = 1
        let liar = try builder.add(manifest)
        let size = layer.descriptor.size
        let push = Push(registry: registry, builder: builder)
        for digest in [honest.imageID, layer.descriptor.digest] { try await push.blob(digest) }

        let tool = try Tool()
        // First only the lie is there, and nothing says otherwise.
        try await push.manifest(liar.digest, as: "a")
        var collected = try await tool.run("collect", "registry", registry.host, "--name", "hub")
        #expect(collected.status == 0, "\(collected)")
        #expect(try await bytes(of: layer, tool) == 1)
        // Then both, twice.
        try await push.manifest(honest.digest, as: "b")
        for _ in 1...2 {
            collected = try await tool.run("collect", "registry", registry.host, "--name", "hub")
            #expect(collected.status == 2, "\(collected)")
            #expect(collected.errors.contains("app@\(liar.digest): says that blob"), "\(collected.errors)")
            #expect(try await bytes(of: layer, tool) == size)
        }
        // Then only the lie again: what was measured stands.
        try await push.delete(honest.digest)
        collected = try await tool.run("collect", "registry", registry.host, "--name", "hub")
        #expect(collected.status == 0, "\(collected)")
        #expect(try await bytes(of: layer, tool) == size)
        try await tool.stop()
    }

    private func bytes(of layer: ImageBuilder.Layer, _ tool: Tool) async throws -> Int64? {
        let outcome = try await tool.run(
            "layers", "--format", "json", "--filter", "digest=\(layer.descriptor.digest)")
        let rows = try outcome.rows()
        #expect(rows.count == 1, "\(outcome)")
        return (rows.first?["bytes"] as? NSNumber)?.int64Value
    }
}

/// Pushes into the repository `app` (distribution-spec, "Pushing a blob in chunks" with one chunk).
private struct Push {
    let registry: DistributionRegistry
    let builder: ImageBuilder

    func blob(_ digest: Digest) async throws {
        let headers = try await curl(["--request", "POST", "\(registry.url)/v2/app/blobs/uploads/"])
        let line = try #require(headers.split(separator: "\r\n").first { $0.lowercased().hasPrefix("location: ") })
        let location = line.dropFirst("location: ".count)
        try await put("\(location)&digest=\(digest)", digest, type: "application/octet-stream")
    }

    func manifest(_ digest: Digest, as tag: String) async throws {
        try await put("\(registry.url)/v2/app/manifests/\(tag)", digest, type: MediaType.ociManifest.rawValue)
    }

    func delete(_ manifest: Digest) async throws {
        try await curl(["--request", "DELETE", "\(registry.url)/v2/app/manifests/\(manifest)"])
    }

    private func put(_ url: String, _ digest: Digest, type: String) async throws {
        try await curl(
            ["--request", "PUT", "--header", "Content-Type: \(type)", "--data-binary", "@-", url],
            input: try #require(builder.blobs[digest]))
    }

    /// Sends a request; returns the answer's head.
    @discardableResult
    private func curl(_ arguments: [String], input: Data = Data()) async throws -> String {
        let output = try await Program.run(
            try #require(Program.find("curl")),
            ["--silent", "--show-error", "--fail", "--noproxy", "*", "--dump-header", "-"] + arguments, input: input)
        return String(decoding: output, as: UTF8.self)
    }
}

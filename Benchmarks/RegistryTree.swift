import Foundation
import ImageModel

/// The files of a registry's storage (distribution, registry/storage/paths.go): quicker than pushing what is only
/// there to be crawled.
struct RegistryTree {
    let repositories: Int
    let tags: Int
    /// The registry's root directory.
    let folder: URL

    var images: Int { repositories * tags }

    func name(_ repository: Int) -> String { "team\(repository % 20)/service\(repository)" }

    /// Writes the tree: every tag is an image with a manifest and a configuration of its own and five layers, whose
    /// blobs nobody will ask for and which are not there.
    func write() throws {
        for repository in 0..<repositories {
            for tag in 0..<tags { try writeImage(repository, tag) }
        }
    }

    private func writeImage(_ repository: Int, _ tag: Int) throws {
        let layers = (0..<5).map { position in
            let seed = position < 2 ? "base \(repository % 50) \(position)" : "own \(repository) \(position) \(tag / 3)"
            return Digest.of(Array(seed.utf8))
        }
        let configuration = try JSONSerialization.data(withJSONObject: [
            "architecture": "amd64", "os": "linux", "created": "2026-01-02T03:04:05Z",
            "config": ["Labels": ["service": "\(repository)", "version": "\(tag)"]],
            "rootfs": ["type": "layers", "diff_ids": layers.map(\.description)],
            "history": layers.indices.map { ["created_by": "RUN step \($0)"] },
        ])
        let digest = Digest.of(configuration)
        let manifest = try JSONSerialization.data(withJSONObject: [
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": [
                "mediaType": "application/vnd.oci.image.config.v1+json", "digest": digest.description,
                "size": configuration.count,
            ],
            "layers": layers.enumerated().map { position, layer in
                [
                    "mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": layer.description,
                    "size": 1000 + position * 1_000_000 + (position < 2 ? repository % 50 : repository),
                ]
            },
        ])
        let own = "repositories/\(name(repository))"
        let manifestDigest = Digest.of(manifest)
        try write(manifest, "blobs/sha256/\(manifestDigest.hex.prefix(2))/\(manifestDigest.hex)/data")
        try write(configuration, "blobs/sha256/\(digest.hex.prefix(2))/\(digest.hex)/data")
        let link = Data(manifestDigest.description.utf8)
        try write(link, "\(own)/_manifests/revisions/sha256/\(manifestDigest.hex)/link")
        try write(link, "\(own)/_manifests/tags/v\(tag)/current/link")
        try write(link, "\(own)/_manifests/tags/v\(tag)/index/sha256/\(manifestDigest.hex)/link")
        for blob in [digest] + layers {
            try write(Data(blob.description.utf8), "\(own)/_layers/sha256/\(blob.hex)/link")
        }
    }

    private func write(_ content: Data, _ path: String) throws {
        let file = folder.appending(path: "docker/registry/v2/" + path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try content.write(to: file)
    }
}

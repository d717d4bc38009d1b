import Foundation
import ImageModel
import Observations
import TestSupport

/// Figures of an engine's images by the plainest means: what a collector saw, added up image by image.
struct EngineFigures {
    /// Bytes of each layer by chainID. Nil where not known.
    let layerBytes: [Digest: Int64?]
    let chains: [Digest: Set<Digest>]

    init(_ seen: RecordingSink) {
        var layerBytes: [Digest: Int64?] = [:]
        var chains: [Digest: Set<Digest>] = [:]
        for item in seen.items where item.kind == .image {
            for object in item.objects { layerBytes[object.key] = .some(object.bytes) }
            chains[item.digest] = Set(item.objects.map(\.key))
        }
        self.layerBytes = layerBytes
        self.chains = chains
    }

    func size(_ image: Digest) -> Int64 { sum(chains[image] ?? []) }

    /// Bytes of the image's layers that another of these images has too.
    func shared(_ image: Digest, among images: Set<Digest>) -> Int64 {
        let others = images.subtracting([image]).reduce(into: Set<Digest>()) { $0.formUnion(chains[$1] ?? []) }
        return sum((chains[image] ?? []).intersection(others))
    }

    /// Bytes of the distinct layers of all these images.
    func total(_ images: Set<Digest>) -> Int64 {
        sum(images.reduce(into: Set<Digest>()) { $0.formUnion(chains[$1] ?? []) })
    }

    private func sum(_ layers: Set<Digest>) -> Int64 { layers.reduce(0) { $0 + ((layerBytes[$1] ?? 0) ?? 0) } }
}

/// An image as `docker system df -v` tells of it, in bytes.
struct DockerUsageRow: Decodable {
    var id: String
    var size: Int64
    var sharedSize: Int64
    var containers: Int

    enum CodingKeys: String, CodingKey {
        case id = "Id"
        case size = "Size"
        case sharedSize = "SharedSize"
        case containers = "Containers"
    }
}

struct DockerUsage: Decodable {
    var layersSize: Int64
    var images: [DockerUsageRow]

    enum CodingKeys: String, CodingKey {
        case layersSize = "LayersSize"
        case images = "Images"
    }
}

/// An image as `podman system df -v` tells of it, in bytes: one row for each tag.
struct PodmanUsageRow: Decodable {
    var id: String
    var size: Int64
    var sharedSize: Int64
    var uniqueSize: Int64

    enum CodingKeys: String, CodingKey {
        case id = "ImageID"
        case size = "Size"
        case sharedSize = "SharedSize"
        case uniqueSize = "UniqueSize"
    }
}

struct PodmanUsage: Decodable {
    var images: [PodmanUsageRow]

    enum CodingKeys: String, CodingKey { case images = "Images" }
}

/// Content that nothing compresses away and no two calls share.
func content(_ bytes: Int, seed: UInt64) -> Data {
    var generator = SeededGenerator(seed: seed)
    return Data((0..<bytes).map { _ in UInt8.random(in: 0...255, using: &generator) })
}

/// A tar with files, for `docker import`.
func layerTar(_ files: [String: Int], seed: UInt64) -> Data {
    var tar = TarBuilder()
    for (position, file) in files.sorted(by: { $0.key < $1.key }).enumerated() {
        tar.add(file: file.key, content(file.value, seed: seed + UInt64(position)))
    }
    return tar.finished()
}

/// Asks an engine's socket for a document, by another way than the collector's own.
func ask<T: Decodable>(_ type: T.Type, socket: URL, _ path: String) async throws -> T {
    let curl = Program.find("curl") ?? "curl"
    let answer = try await Program.run(
        curl, ["--silent", "--fail", "--unix-socket", socket.path, "http://localhost" + path])
    return try JSONDecoder().decode(type, from: answer)
}

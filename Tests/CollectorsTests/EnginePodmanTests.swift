import Collectors
import Foundation
import ImageModel
import Observations
import TestSupport
import Testing

private func fill(_ engine: PodmanEngine) async throws {
    let files = ["f1": content(6, seed: 1), "f2": content(5_000, seed: 2), "f3": content(70_001, seed: 3)]
    let tar = try engine.folder.write(layerTar(["a": 123_000], seed: 10), to: "base.tar").path
    try await engine.podman(["import", tar, "localhost/base:1"])
    let app = "FROM localhost/base:1\nLABEL a=b\nWORKDIR /w\nCOPY f1 /w/\nWORKDIR /w\nCOPY f2 /w/\nCMD [\"x\"]"
    try await engine.build("app:1", app, files: files, options: ["--layers"])
    try await engine.podman(["tag", "localhost/app:1", "localhost/app:latest"])
    try await engine.podman(["tag", "localhost/app:1", "registry.example.org:5000/team/app:1"])
    // Siblings on the base, without images between: what they share, Podman's own figures do not show.
    try await engine.build(
        "flat:1", "FROM localhost/base:1\nCOPY f3 /\nCOPY f1 /", files: files, options: ["--layers=false"])
    for version in ["one", "two"] {
        try await engine.build(
            "moved:1", "FROM localhost/app:1\nCOPY f3 /\(version)", files: files, options: ["--layers=false"])
    }
    try await engine.podman(["create", "--name", "used", "--network", "host", "localhost/flat:1", "/none"])
    try await engine.podman(["manifest", "create", "localhost/list:1"])
    try await engine.podman([
        "manifest", "add", "localhost/list:1", "containers-storage:" + engine.storage.name + "localhost/flat:1",
    ])
}

@Suite(.serialized, .enabled(if: PodmanEngine.isAvailable, "needs root and podman"))
struct EnginePodmanTests {
    @Test func `layers equal those on disk, and Podman's own figures but for their known faults`() async throws {
        try await PodmanEngine.run { engine in
            try await fill(engine)
            let (seen, result) = try await CollectorConformance(allowsMissingChildren: true) {
                EngineCollector(engine.endpoint, name: "podman")
            }.check()
            #expect(result.isComplete)
            #expect(result.source.product.hasPrefix("Podman "))
            let figures = EngineFigures(seen)
            let images = Set(figures.chains.keys)
            let usage = try await ask(PodmanUsage.self, socket: engine.folder("p.sock"), "/v4.0.0/libpod/system/df")
            var unlike = 0
            for row in usage.images {
                let image = try Digest("sha256:" + row.id)
                guard images.contains(image) else { continue }
                // Known: Podman adds manifest and configuration to Size.
                let documents = try await documentBytes(row.id, engine)
                #expect(figures.size(image) + documents == row.size, "Size of \(image.short)")
                #expect(row.sharedSize + row.uniqueSize == row.size)
                // Known: an image with children is all shared, one with a parent shares the parent's Size, and any
                // other shares nothing, whatever its layers are.
                if figures.shared(image, among: images) != row.sharedSize { unlike += 1 }
            }
            #expect(unlike > 0, "Podman's SharedSize has become right: say so in docs/engines.md")
            // Known: one row for each tag of the same image.
            #expect(usage.images.count { $0.id == image("app:1", seen)?.hex } == 3)
            try await checkLayers(figures, seen, engine)
        }
    }

    private func image(_ name: String, _ seen: RecordingSink) -> Digest? {
        seen.references.first { "\($0.repository):\($0.name)".hasSuffix("/\(name)") }?.item
    }

    /// Bytes of an image's manifest and configuration, which Podman keeps with it.
    private func documentBytes(_ id: String, _ engine: PodmanEngine) async throws -> Int64 {
        struct Image: Decodable {
            var id: String
            var sizes: [String: Int64]?

            enum CodingKeys: String, CodingKey {
                case id
                case sizes = "big-data-sizes"
            }
        }
        let list = try Data(contentsOf: engine.folder("data/overlay-images/images.json"))
        let images = try JSONDecoder().decode([Image].self, from: list)
        return (images.first { $0.id == id }?.sizes ?? [:]).values.reduce(0, +)
    }

    /// Each layer against Podman's own notes on disk.
    private func checkLayers(_ figures: EngineFigures, _ seen: RecordingSink, _ engine: PodmanEngine) async throws {
        struct Layer: Decodable {
            var diffDigest: String?
            var diffSize: Int64?

            enum CodingKeys: String, CodingKey {
                case diffDigest = "diff-digest"
                case diffSize = "diff-size"
            }
        }
        let list = try Data(contentsOf: engine.folder("data/overlay-layers/layers.json"))
        let layers = try JSONDecoder().decode([Layer].self, from: list)
        let sizes = Dictionary(
            layers.map { ($0.diffDigest ?? "", $0.diffSize) }, uniquingKeysWith: { first, _ in first })
        let objects = seen.distinctObjects
        #expect(objects.count >= 6)
        for object in objects {
            #expect(object.bytes == sizes[object.diffID?.description ?? ""] ?? nil, "layer \(object.key.short)")
            #expect(object.uncompressedBytes == object.bytes, "Podman counts the bytes of the tar")
        }
    }

    @Test func `names, dangling images, intermediates and manifest lists are told apart`() async throws {
        try await PodmanEngine.run { engine in
            try await fill(engine)
            let seen = RecordingSink()
            _ = try await EngineCollector(engine.endpoint).collect(.test(seen))
            let app = try #require(image("app:1", seen))
            #expect(
                Set(seen.references.filter { $0.item == app && $0.kind == .tag }.map { "\($0.repository) \($0.name)" })
                    == ["localhost/app 1", "localhost/app latest", "registry.example.org:5000/team/app 1"])
            let dangling = Set(
                try await engine.podman(["images", "--quiet", "--no-trunc", "--filter", "dangling=true"])
                    .split(separator: "\n").map { try Digest($0) })
            #expect(dangling.count == 1)
            #expect(Set(seen.holdings.filter { $0.repository == "<none>" }.map(\.item)) == dangling)
            #expect(seen.items.contains { $0.isIntermediate })

            let list = try #require(seen.items.first { $0.kind == .index })
            let flat = try #require(image("flat:1", seen))
            #expect(list.children.map(\.digest) == [flat])
            #expect(list.children.map(\.isPresent) == [true])
            #expect(
                Set(seen.holdings.filter { $0.repository == "localhost/list" }.map(\.item)) == [list.digest, flat])
            #expect(seen.containers.map(\.item) == [flat])
            #expect(seen.containers.first?.name == "used")
        }
    }

    @Test func `a service of our own is started, answers, and is gone afterwards`() async throws {
        let storage = try PodmanStorage(driver: "vfs")
        let (folder, options) = (storage.folder, storage.options)
        #expect(try await PodmanService.hasImages(options: options) == false)
        let podman = try #require(Program.find("podman"))
        let tar = try folder.write(layerTar(["a": 10], seed: 1), to: "a.tar").path
        try await Program.run(podman, options + ["import", tar, "localhost/a:1"])
        #expect(try await PodmanService.hasImages(options: options))
        #expect(try await PodmanService.hasImages(environment: ["PATH": folder.url.path]) == false)

        let service = try await PodmanService.start(options: options)
        let seen = RecordingSink()
        let result = try await EngineCollector(service.endpoint).collect(.test(seen))
        service.stop()
        #expect(result.isComplete)
        #expect(seen.references.map(\.repository).contains("localhost/a"))
        await #expect(throws: EngineError.self) { _ = try await service.endpoint.probe() }
    }
}

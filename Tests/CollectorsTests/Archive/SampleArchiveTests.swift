import Archive
import Collectors
import Foundation
import ImageModel
import Observations
import TestSupport
import Testing

private let samples = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Samples")

private func collect(_ path: String) async throws -> (RecordingSink, CollectionResult) {
    let seen = RecordingSink()
    let result = try await ArchiveCollector(path: path).collect(.test(seen))
    return (seen, result)
}

private func program(_ name: String) -> String? {
    ["/usr/bin/", "/usr/local/bin/", "/bin/"].map { $0 + name }
        .first { FileManager.default.isExecutableFile(atPath: $0) }
}

/// Runs a program to its end and returns what it printed.
@discardableResult
private func run(_ program: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(program) \(arguments)")
    return String(decoding: text, as: UTF8.self)
}

@Suite struct SampleArchiveTests {
    @Test(arguments: ["shop-docker-save.tar.gz", "site-docker-save.tar", "registry-oci-layout.tar"])
    func `a sample keeps to the rules and is whole`(name: String) async throws {
        let (_, result) = try await CollectorConformance {
            ArchiveCollector(path: samples.appending(path: name).path)
        }.check()
        #expect(result.isComplete)
    }

    @Test func `the shop's archive shows what its README says`() async throws {
        let (seen, _) = try await collect(samples.appending(path: "shop-docker-save.tar.gz").path)
        #expect(
            seen.references.map { "\($0.repository):\($0.name)" }
                == ["shop/api:2.1", "shop/base:1.0", "shop/web:1.0", "shop/web:latest", "shop/worker:0.9"])
        #expect(seen.items.count == 5)
        #expect(seen.holdings.count { $0.repository == untaggedRepository } == 1)
        let web = try #require(seen.references.first { $0.repository == "shop/web" }).item
        let worker = try #require(seen.references.first { $0.repository == "shop/worker" }).item
        #expect(Set(seen.references.filter { $0.repository == "shop/web" }.map(\.item)).count == 1)
        #expect(seen.item(worker)?.parent == web, "docker commit recorded its parent")
        let webLayers = try #require(seen.item(web)).objects.filter { $0.kind == .layer }.map(\.key)
        let workerLayers = try #require(seen.item(worker)).objects.filter { $0.kind == .layer }.map(\.key)
        #expect(workerLayers.starts(with: webLayers) && workerLayers.count == webLayers.count + 1)
    }

    @Test func `one image in two archives has one list of diffIDs`() async throws {
        let (saved, _) = try await collect(samples.appending(path: "shop-docker-save.tar.gz").path)
        let (layout, _) = try await collect(samples.appending(path: "registry-oci-layout.tar").path)
        func layers(_ seen: RecordingSink, _ repository: String) throws -> [ObjectObservation] {
            let item = try #require(seen.references.first { $0.repository == repository }).item
            return try #require(seen.item(item)).objects.filter { $0.kind == .layer }
        }
        let plain = try layers(saved, "shop/web")
        let zstd = try layers(layout, "registry.example.org/shop/web")
        #expect(plain.map(\.diffID) == zstd.map(\.diffID))
        #expect(plain.map(\.uncompressedBytes) == zstd.map(\.uncompressedBytes))
        #expect(Set(plain.map(\.key)).isDisjoint(with: zstd.map(\.key)))
    }

    /// What the tar's own files say, taken out with tar and sha256sum.
    @Test(.enabled(if: program("tar") != nil && program("sha256sum") != nil, "tar or sha256sum is missing"))
    func `keys and bytes are those that tar and sha256sum give`() async throws {
        let folder = try ScratchFolder()
        let archive = samples.appending(path: "site-docker-save.tar").path
        try run(try #require(program("tar")), ["-xf", archive, "-C", folder.url.path])
        let (seen, _) = try await collect(archive)
        let layers = seen.distinctObjects.filter { $0.kind == .layer }
        let found = try FileManager.default.subpathsOfDirectory(atPath: folder.url.path)
            .filter { $0.hasSuffix("layer.tar") }
        var sums: [String: Int64] = [:]
        for path in found {
            let file = folder(path).path
            let sum = try run(try #require(program("sha256sum")), [file]).prefix(64)
            sums[String(sum)] = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int64
        }
        #expect(Dictionary(uniqueKeysWithValues: layers.map { ($0.key.hex, $0.bytes ?? -1) }) == sums)
        let (unpacked, _) = try await collect(folder.url.path)
        #expect(unpacked.items == seen.items, "an unpacked archive is the same archive")
    }

    @Test(.enabled(if: program("skopeo") != nil, "skopeo is not installed"))
    func `skopeo's conversions keep every layer's diffID`() async throws {
        let skopeo = try #require(program("skopeo"))
        let folder = try ScratchFolder()
        let source =
            "docker-archive:" + samples.appending(path: "site-docker-save.tar").path + ":registry.example.org/site/en:1"
        let quiet = ["copy", "--quiet", "--insecure-policy"]
        try run(skopeo, quiet + [source, "oci:\(folder("oci").path):site:1"])
        try run(skopeo, quiet + ["oci:\(folder("oci").path):site:1", "oci-archive:\(folder("oci.tar").path):site:1"])
        try run(
            skopeo, quiet + ["oci:\(folder("oci").path):site:1", "docker-archive:\(folder("docker.tar").path):site:1"])
        try run(
            skopeo,
            quiet + ["--dest-compress-format", "zstd", "oci:\(folder("oci").path):site:1", "dir:\(folder("dir").path)"])
        try run(skopeo, quiet + ["dir:\(folder("dir").path)", "oci:\(folder("back").path):site:1"])
        let (original, _) = try await collect(samples.appending(path: "site-docker-save.tar").path)
        let item = try #require(original.references.first { $0.repository.hasSuffix("/en") }).item
        let expected = try #require(original.item(item)).objects.compactMap(\.diffID)
        #expect(expected.count == 2)
        for name in ["oci", "oci.tar", "docker.tar", "back"] {
            let (seen, result) = try await collect(folder(name).path)
            #expect(result.isComplete, "\(name): \(result.aspects)")
            let image = try #require(seen.items.first { $0.kind == .image })
            #expect(image.objects.compactMap(\.diffID) == expected, "\(name)")
            #expect(seen.references.map(\.name) == ["1"] && seen.references.map(\.repository) == ["site"], "\(name)")
        }
    }
}

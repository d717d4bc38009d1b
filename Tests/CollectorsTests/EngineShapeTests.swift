import Foundation
import ImageModel
import TestSupport
import Testing

@testable import Collectors

/// The answers of every API version whose description is at hand, and those of real engines that differ from it.
@Suite(.enabled(if: SharedData.at("fixtures/moby-moby/api") != nil, "needs the descriptions of the Engine API"))
struct EngineShapeTests {
    static let descriptions: [String] = {
        guard let folder = SharedData.at("fixtures/moby-moby/api/docs") else { return [] }
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".yaml") }.sorted().map { "docs/\($0)" } + ["swagger.yaml"]
    }()

    private func decode<T: Decodable>(_ type: T.Type, _ data: Data) throws -> T {
        try DocumentParser.decode(type, from: data, as: .document, limit: 1 << 20)
    }

    @Test(arguments: descriptions)
    func `the answers that a version describes are read`(_ name: String) throws {
        let samples = try SwaggerSamples(try #require(SharedData.at("fixtures/moby-moby/api/\(name)")))
        let version = try #require(samples.version.flatMap { EngineVersion($0) })
        let image = try #require(try decode([DockerImageSummary].self, samples.answer("/images/json")).first)
        #expect(throws: Never.self) { try Digest(image.id) }
        #expect(image.tags?.isEmpty == false)
        #expect(image.created ?? 0 > 0)
        if version >= EngineVersion(1, 47) {
            let manifest = try #require(image.manifests?.first)
            #expect(manifest.id.hasPrefix("sha256:"))
            #expect(manifest.isAvailable != nil && manifest.kind != nil)
            #expect(manifest.imageData?.size?.unpacked ?? 0 > 0)
            #expect(manifest.imageData?.platform?.os != nil)
        }
        let detail = try decode(DockerImageDetail.self, samples.answer("/images/{name}/json"))
        #expect(detail.rootFS?.layers?.isEmpty == false)
        // The examples of older descriptions leave it out; engines do not.
        #expect(version < EngineVersion(1, 40) || detail.size ?? 0 > 0)
        #expect(detail.os != nil && detail.architecture != nil)
        #expect(Timestamp.parse(detail.created) != nil)
        let history = try decode([DockerHistoryEntry].self, samples.answer("/images/{name}/history"))
        #expect(history.contains { $0.size ?? 0 > 0 } && history.allSatisfy { $0.createdBy != nil })
        let container = try #require(try decode([DockerContainer].self, samples.answer("/containers/json")).first)
        #expect(!container.id.isEmpty && container.imageID != nil && container.state != nil)
        let usage = try decode(DockerDiskUsage.self, samples.answer("/system/df"))
        #expect(usage.layersBytes ?? 0 > 0)
        #expect(usage.containers.isEmpty == false)
        if version >= EngineVersion(1, 40) {
            #expect(usage.buildCache?.isEmpty == false)
            #expect(usage.buildCache?.contains { !$0.parents.isEmpty } == true)
        }
    }

    @Test(arguments: ["v1.23.md", "v1.24.md"])
    func `the answers of versions described in prose are read`(_ name: String) throws {
        let file = try #require(SharedData.at("fixtures/moby-moby/api/docs/\(name)"))
        let text = try String(contentsOf: file, encoding: .utf8)
        let images = try decode([DockerImageSummary].self, answer(to: "`GET /images/json`", in: text))
        #expect(images.count == 2 && images[0].tags?.count == 3 && images[1].labels?.count == 1)
        let history = try decode([DockerHistoryEntry].self, answer(to: "`GET /images/(name)/history`", in: text))
        #expect(history.count > 1 && history.contains { $0.size ?? 0 > 0 })
    }

    /// The JSON of the first "Example response" after a heading.
    private func answer(to heading: String, in text: String) throws -> Data {
        let section = try #require(text.range(of: heading))
        let example = try #require(text.range(of: "**Example response**", range: section.upperBound..<text.endIndex))
        let start = try #require(text.range(of: "\n    [", range: example.upperBound..<text.endIndex))
        let end = try #require(text.range(of: "\n    ]", range: start.upperBound..<text.endIndex))
        return Data(text[start.lowerBound..<end.upperBound].utf8)
    }

    @Test(arguments: [
        #"{"ID":"a"," Parents":["b","c"]}"#, #"{"ID":"a","Parents":["b","c"]}"#, #"{"ID":"a","Parent":"b c"}"#,
    ])
    func `a cache record's parents are found under every key that engines write`(_ text: String) throws {
        #expect(try decode(DockerCacheRecord.self, Data(text.utf8)).parents == ["b", "c"])
    }

    @Test func `a cache record that was never used has no time of use`() throws {
        let record = try decode(DockerCacheRecord.self, Data(#"{"ID":"a","LastUsedAt":null,"Parents":null}"#.utf8))
        #expect(record.lastUsedAt == nil && record.parents.isEmpty)
    }

    @Test func `both shapes at once, as 1.52 answers without verbose, are one`() throws {
        let text = """
            {"LayersSize":70,"Images":[],"Containers":[{"Id":"a","SizeRw":5}],"Volumes":[],"BuildCache":[{"ID":"x"}],
            "ImageUsage":{"TotalSize":70},"ContainerUsage":{"TotalCount":1},"BuildCacheUsage":{"TotalSize":9}}
            """
        let usage = try decode(DockerDiskUsage.self, Data(text.utf8))
        #expect(usage.layersBytes == 70 && usage.buildCacheBytes == 9)
        #expect(usage.containers.map(\.writableBytes) == [5] && usage.buildCache?.map(\.id) == ["x"])
    }

    @Test func `in the new shape an absent total is 0, and in the old one an absent list is none`() throws {
        let new = try decode(DockerDiskUsage.self, Data(#"{"ImageUsage":{},"BuildCacheUsage":{}}"#.utf8))
        #expect(new.layersBytes == 0 && new.buildCacheBytes == 0 && new.buildCache?.isEmpty == true)
        let old = try decode(DockerDiskUsage.self, Data(#"{"LayersSize":3,"Images":null,"Containers":null}"#.utf8))
        #expect(old.layersBytes == 3 && old.buildCache == nil && old.containers.isEmpty)
        let null = try decode(DockerDiskUsage.self, Data(#"{"LayersSize":3,"BuildCache":null}"#.utf8))
        #expect(null.buildCache?.isEmpty == true)
    }

    @Test func `names that stand for no name are left out`() {
        #expect(EngineListing.names(["<none>:<none>"]).isEmpty && EngineListing.names(nil).isEmpty)
        #expect(EngineListing.names(["<none>@<none>", "a:1"]) == ["a:1"])
    }
}

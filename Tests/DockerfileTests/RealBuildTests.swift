import Dockerfile
import Foundation
import TestSupport
import Testing

/// A build of BuildKit itself: its Dockerfile, the names of its steps, and for each step the lines that BuildKit says it
/// comes from (`docker buildx history export`, provenance in mode max).
private struct RealBuild {
    static let archive = SharedData.at(
        "fixtures/docker-actions-toolkit/__tests__/.fixtures/oci-archive/moby~buildkit~LWDOW6.dockerbuild")
    static let status = SharedData.at("data/builds/moby.buildkit.LWDOW6.0.solvestatus.json")
    static let provenance = "blobs/sha256/0d4da0b31b6f42ec185022dceacd6ae0073a1446eff07e656277a39b27006e35"

    var dockerfile: Data
    /// By digest.
    var names: [String: String]
    var lines: [String: [ClosedRange<Int>]]

    private struct Status: Decodable {
        struct Vertex: Decodable {
            var digest: String
            var name: String
        }
        var vertexes: [Vertex]
    }

    private struct Provenance: Decodable {
        struct Configuration: Decodable { var digestMapping: [String: String] }
        struct Metadata: Decodable {
            var source: Source
        }
        struct Source: Decodable {
            struct Info: Decodable { var data: Data }
            struct Location: Decodable { var locations: [Ranges]? }
            var infos: [Info]
            var locations: [String: Location]
        }
        struct Ranges: Decodable { var ranges: [Range]? }
        struct Range: Decodable {
            struct Position: Decodable { var line: Int }
            var start: Position
            var end: Position
        }
        var buildConfig: Configuration
        var metadata: [String: Metadata]

        enum CodingKeys: CodingKey { case buildConfig, metadata }
        private enum MetadataKeys: String, CodingKey {
            case buildKit = "https://mobyproject.org/buildkit@v1#metadata"
        }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            buildConfig = try values.decode(Configuration.self, forKey: .buildConfig)
            let inner = try values.nestedContainer(keyedBy: MetadataKeys.self, forKey: .metadata)
            metadata = ["": try inner.decode(Metadata.self, forKey: .buildKit)]
        }
    }

    init() throws {
        let archive = try #require(Self.archive)
        let tar = Process()
        tar.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        tar.arguments = ["tar", "-xzOf", archive.path, Self.provenance]
        let output = Pipe()
        tar.standardOutput = output
        try tar.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        tar.waitUntilExit()
        try #require(tar.terminationStatus == 0)
        let provenance = try JSONDecoder().decode(Provenance.self, from: data)
        let source = try #require(provenance.metadata[""]?.source)
        dockerfile = try #require(source.infos.first?.data)
        lines = provenance.buildConfig.digestMapping.compactMapValues { step in
            // A place is given as one range for each of its lines; a step that several instructions share has several.
            source.locations[step]?.locations?.compactMap { place in
                let lines = (place.ranges ?? []).flatMap { [$0.start.line, $0.end.line] }
                guard let first = lines.min(), let last = lines.max() else { return nil }
                return first...last
            }
        }
        let status = try JSONDecoder().decode(Status.self, from: Data(contentsOf: #require(Self.status)))
        names = Dictionary(status.vertexes.map { ($0.digest, $0.name) }) { first, _ in first }
    }
}

@Suite(
    .enabled(
        if: RealBuild.archive != nil && RealBuild.status != nil, "the exported build does not lie beside the project"))
struct `A real build of BuildKit` {
    @Test
    func `is tied to the lines that BuildKit itself gives`() throws {
        let build = try RealBuild()
        let matcher = try StepMatcher(Dockerfile(parsing: build.dockerfile))
        var found = 0
        for (digest, name) in build.names where VertexLabel(name) != nil {
            let lines = matcher.lines(ofVertex: name)
            let expected = build.lines[digest] ?? []
            #expect(
                lines.map { expected.contains($0) } == true, "\(name): \(String(describing: lines)), not \(expected)")
            found += 1
        }
        #expect(found >= 60)
    }

    @Test
    func `has the names that are made of its Dockerfile`() throws {
        let build = try RealBuild()
        let vertices = try Dockerfile(parsing: build.dockerfile).vertices(.init(target: "integration-tests"))
        let made = Dictionary(grouping: vertices, by: \.instruction)
        let printed = Set(build.names.values.filter { VertexLabel($0) != nil && !$0.contains(" FROM ") })
        let certain = Set(made.values.joined().filter(\.isCertain).map(\.name))
        let all = Set(vertices.map(\.name))
        // Steps with variables of the base image (PATH) have other texts; all others are letter by letter the same.
        let missing = printed.subtracting(all)
        for name in missing {
            let label = try #require(VertexLabel(name))
            let vertex = vertices.first { $0.stageName == label.prefixes.last && $0.position == label.position }
            #expect(vertex?.isCertain == false, "\(name): \(vertex?.name ?? "nothing")")
        }
        #expect(printed.intersection(certain).count >= 50)
    }

    @Test
    func `needs the stages that it built`() throws {
        let build = try RealBuild()
        let file = try Dockerfile(parsing: build.dockerfile)
        let needed = try #require(try file.stages(neededFor: "integration-tests"))
        let names = Set(needed.map { file.stages[$0].name ?? "stage-\($0)" })
        let built = Set(build.names.values.compactMap { VertexLabel($0)?.prefixes.last })
        #expect(built.subtracting(names).isEmpty)
    }
}

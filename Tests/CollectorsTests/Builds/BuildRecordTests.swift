import Archive
import BuildLog
import BuildModel
import Collectors
import Foundation
import ImageModel
import TestSupport
import Testing

/// Real build records, beside what another program decoded of them.
@Suite struct BuildRecordTests {
    static let archives = SharedData.at("fixtures/docker-actions-toolkit/__tests__/.fixtures/oci-archive")
    static let decoded = SharedData.at("data/builds")

    struct Row: Decodable, Sendable, CustomTestStringConvertible {
        var record: String
        var ref: String
        var created: String
        var completed: String
        var record_total_steps: Int
        var record_cached_steps: Int?
        var record_error: String?
        var stream_messages: Int
        var stream_vertexes: Int
        var stream_cached: Int
        var stream_completed: Int
        var stream_errors: Int
        var status_entries: Int
        var status_ids: Int
        var log_entries: Int
        var log_bytes: Int
        var testDescription: String { record }

        /// `docker.test-docker-action.COIO50.0` is the first record of this archive.
        var archive: String {
            record.split(separator: ".").dropLast().joined(separator: "~") + ".dockerbuild"
        }
    }

    static let rows: [Row] = {
        guard let decoded, archives != nil else { return [] }
        let data = try? Data(contentsOf: decoded.appending(path: "summary.json"))
        return data.flatMap { try? JSONDecoder().decode([Row].self, from: $0) } ?? []
    }()

    static var isThere: Bool { rows.count == 22 }

    static func content(_ archive: String) async throws -> ArchiveContent {
        let path = try #require(archives).appending(path: archive).path
        return try await ArchiveReader(limits: BuildRecordReader.archiveLimits).read(path: path)
    }

    private func build(_ row: Row) async throws -> Build {
        let path = try #require(Self.archives).appending(path: row.archive).path
        let reading = try await BuildFile.readBuilds(path: path)
        #expect(reading.gaps == [])
        return try #require(reading.builds.map(\.build).first { $0.reference == row.ref })
    }

    @Test(.enabled(if: isThere, "../shared is not there"), arguments: rows)
    func `a record's build has the counts, times and result that BuildKit stored`(row: Row) async throws {
        let build = try await build(row)
        #expect(build.form == .record && build.tool == .buildkit && build.gaps == [])
        #expect(build.vertices == row.record_total_steps && build.cachedVertices == row.record_cached_steps ?? 0)
        let created = try #require(SolveTime(row.created).nanoseconds)
        let completed = try #require(SolveTime(row.completed).nanoseconds)
        #expect(build.duration == completed - created)
        #expect(abs((build.startedAt?.timeIntervalSince1970 ?? 0) * 1e9 - Double(created)) < 1_000)
        #expect(build.error == row.record_error)
        let result: BuildResult =
            row.record_error.map { $0 == "context canceled" ? .canceled : .failed } ?? .completed
        #expect(build.result == result)
    }

    @Test(.enabled(if: isThere, "../shared is not there"), arguments: rows)
    func `protobuf progress says what another program read in it`(row: Row) async throws {
        let content = try await Self.content(row.archive)
        let folder = try #require(Self.decoded)
        let record = try BuildRecord.parse(
            Data(contentsOf: folder.appending(path: "\(row.record).record.json")))
        #expect(record.reference == row.ref)
        let path = ArchiveContent.blobPath(try #require(record.logs))
        var statuses: [SolveStatus] = []
        try SolveStatus.readStream(try #require(try content.document(path))) { statuses.append($0) }

        let xz = try #require(Program.find("xz"))
        let lines = try await Program.run(
            xz, ["-dc", folder.appending(path: "\(row.record).status.jsonl.xz").path])
        let expected = try lines.split(separator: UInt8(ascii: "\n")).map { try SolveStatus(json: Data($0)) }
        #expect(statuses == expected)

        #expect(statuses.count == row.stream_messages)
        #expect(Set(statuses.flatMap(\.vertices).map(\.digest)).count == row.stream_vertexes)
        let tasks = statuses.flatMap(\.tasks)
        #expect(tasks.count == row.status_entries && Set(tasks.map { "\($0.vertex)\($0.id)" }).count == row.status_ids)
        let logs = statuses.flatMap(\.logs)
        #expect(logs.count == row.log_entries && logs.reduce(0) { $0 + $1.byteCount } == row.log_bytes)
        var history = SolveHistory()
        for status in statuses { try history.add(status) }
        #expect(history.completedCount == row.stream_completed && history.errorCount == row.stream_errors)
        #expect(history.cachedCount == row.stream_cached)
    }

    @Test(.enabled(if: isThere, "../shared is not there"))
    func `a record's build says where its source came from, and which lines and layers its steps are`() async throws {
        let row = try #require(Self.rows.first { $0.record == "docker.test-docker-action.COIO50.0" })
        let build = try await build(row)
        #expect(build.project == "docker/test-docker-action")
        #expect(build.commit == "0cc1946822ab5fae02bd40f30b2e41fbad489513")
        #expect(build.dockerfile == "summary.Dockerfile" && build.target == nil && build.branch == nil)
        #expect(build.imageNames.last == "docker.io/library/master" || build.imageNames == ["master"])
        let from = try #require(build.steps.first { $0.kind == .from })
        let run = try #require(build.steps.first { $0.kind == .instruction })
        #expect(from.lines == 1...1 && run.lines == 3...3)
        #expect(from.layers.map(\.short) == ["d51af96cf93e"])
        #expect(run.layers.map(\.short) == ["4b488e0169a3"])
        #expect(run.outcome == .miss && run.inputs == [from.number])
        // 10.822564519 to 11.085272263, by hand from the decoded progress.
        #expect(run.duration == 262_707_744 && run.startOffset == 618_458_903)
        #expect(build.hits == 0 && build.misses == 1)
    }

    @Test(.enabled(if: isThere, "../shared is not there"))
    func `a build of 84 vertices and 74 located steps`() async throws {
        let row = try #require(Self.rows.last)
        let build = try await build(row)
        #expect(build.target == "integration-tests" && build.project == "crazy-max/buildkit")
        #expect(build.vertices == 84 && build.cachedVertices == 1 && build.steps.count == 84)
        // By another way: the lines as the document itself has them.
        let content = try await Self.content(row.archive)
        let text = try content.documentPaths.lazy.compactMap { try content.document($0) }
            .first { String(decoding: $0.prefix(200), as: UTF8.self).contains("mobyproject.org/buildkit") }
        let document = try #require(text)
        let object = try #require(try JSONSerialization.jsonObject(with: document) as? [String: Any])
        let config = try #require(object["buildConfig"] as? [String: Any])
        let mapping = try #require(config["digestMapping"] as? [String: String])
        let metadata = try #require(object["metadata"] as? [String: Any])
        let details = try #require(metadata["https://mobyproject.org/buildkit@v1#metadata"] as? [String: Any])
        let places = try #require((details["source"] as? [String: Any])?["locations"] as? [String: Any])
        var located = 0
        for step in build.steps {
            let id = step.vertex.flatMap { mapping[$0.description] }
            let place = id.flatMap { places[$0] as? [String: Any] }
            let ranges = ((place?["locations"] as? [[String: Any]])?.first?["ranges"] as? [[String: Any]]) ?? []
            let lines = ranges.flatMap { range in
                ["start", "end"].compactMap { (range[$0] as? [String: Any])?["line"] as? Int }
            }
            #expect(step.lines?.lowerBound == lines.min() && step.lines?.upperBound == lines.max(), "\(step.name)")
            if !lines.isEmpty { located += 1 }
        }
        // All but the context, which no line of the file names.
        #expect(located == 73)
        let misses = build.steps.filter { $0.outcome == .miss }
        #expect(misses.count == build.misses && build.hits == 0)
        // Of this build only the base images' layers were looked into: what stands on them made none that is known.
        #expect(build.steps.filter { !$0.layers.isEmpty }.allSatisfy { $0.kind == .from })
        #expect(build.steps.reduce(0) { $0 + $1.layers.count } == 20)
    }

    @Test(.enabled(if: isThere, "../shared is not there"))
    func `a layout in a folder, a plain tar and a packed one give the same builds`() async throws {
        let packed = try #require(Self.archives).appending(path: "docker~test-docker-action~SNHBPN+3.dockerbuild")
        let folder = try ScratchFolder("records")
        let gzip = try #require(Program.find("gzip"))
        let tar = try #require(Program.find("tar"))
        let plain = try await folder.write(
            Program.run(gzip, ["-dc", packed.path]), to: "plain.tar")
        try FileManager.default.createDirectory(at: folder("layout"), withIntermediateDirectories: true)
        try await Program.run(tar, ["-xf", plain.path, "-C", folder("layout").path])
        let expected = try await BuildFile.readBuilds(path: packed.path)
        #expect(expected.builds.count == 4 && expected.builds.map(\.lines) == [1...1, 2...2, 3...3, 4...4])
        #expect(try await BuildFile.readBuilds(path: plain.path) == expected)
        #expect(try await BuildFile.readBuilds(path: folder("layout").path) == expected)
    }
}

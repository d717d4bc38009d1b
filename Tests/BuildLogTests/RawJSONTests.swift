import BuildLog
import BuildModel
import Foundation
import ImageModel
import TestSupport
import Testing

private typealias S = SolveSample

/// `--progress=rawjson`, alone and in a CI log.
@Suite struct RawJSONTests {
    private func read(_ lines: [String]) -> [FoundBuild] {
        var reader = RawJSONReader()
        for (index, line) in lines.enumerated() {
            _ = reader.read(LogLine(bytes: Array(line.utf8)[...], number: index + 1))
        }
        return reader.finish()
    }

    private static func vertex(_ id: String, _ name: String, _ rest: String = "") -> String {
        #"{"vertexes":[{"digest":"\#(S.digest(id))","name":"\#(name)"\#(rest)}]}"#
    }

    private static let run = #","started":"2024-05-15T08:46:10.000000001Z","completed":"2024-05-15T08:46:12.5Z""#
    private static let early = #","started":"2024-05-15T08:46:09Z","completed":"2024-05-15T08:46:09.25Z""#
    private static let definition = "[internal] load build definition from Dockerfile"

    @Test func `times are read to the nanosecond`() throws {
        let build = try #require(read([Self.vertex("a", "[1/1] RUN a", Self.run)]).first?.build)
        #expect(build.duration == 2_499_999_999 && build.steps[0].duration == 2_499_999_999)
        #expect(build.form == .rawjson && build.tool == .buildkit && build.result == .completed)
        #expect(abs((build.startedAt?.timeIntervalSince1970 ?? 0) - 1_715_762_770) < 0.001)
    }

    @Test(arguments: [
        ("1970-01-01T00:00:00.000000007Z", 7 as Int64?), ("1970-01-01T00:00:01+00:00", 1_000_000_000),
        ("1970-01-01T01:00:01.5+01:00", 1_500_000_000), ("0001-01-01T00:00:00Z", nil),
        ("2263-01-01T00:00:00Z", nil), ("2024-05-15T08:46:10.Z", nil), ("2024-05-15T08:46:10.0000000001Z", nil),
        ("yesterday", nil), ("", nil), ("1969-12-31T23:59:59Z", nil), ("2024-02-30T00:00:00Z", nil),
    ])
    func `a time is nanoseconds since 1970, or not known`(text: String, nanoseconds: Int64?) {
        #expect(SolveTime(text).nanoseconds == nanoseconds)
    }

    @Test func `other lines between the messages are left alone, and are not in the digest`() throws {
        let messages = [
            Self.vertex("i", Self.definition, Self.early), Self.vertex("a", "[1/1] RUN a"), "{}",
            Self.vertex("a", "[1/1] RUN a", Self.run),
        ]
        let noise = ["+ docker build .", #"{"level":"info"}"#, "", #"{"vertices": 3}"#]
        var reader = RawJSONReader()
        var number = 0
        var taken: [Bool] = []
        for line in [noise[0]] + messages[0...1] + noise + messages[2...] + ["done"] {
            number += 1
            taken.append(reader.read(LogLine(bytes: Array(line.utf8)[...], number: number)))
        }
        #expect(taken == [false, true, true, false, false, false, false, true, true, false])
        let found = reader.finish()
        #expect(found.count == 1 && found[0].lines == 2...9)
        #expect(found[0].build.vertices == 2)
        #expect(found[0].build == read(messages).first?.build)
    }

    @Test func `a message that is damaged is a gap in its build, with its line`() throws {
        let found = read([
            Self.vertex("i", Self.definition, Self.early), #"{"vertexes":[{"digest":"sha256:12","name":"x"}]}"#,
            Self.vertex("a", "[1/1] RUN a", Self.run), String(Self.vertex("a", "[1/1] RUN a", Self.run).dropLast(9)),
        ])
        #expect(found.count == 1 && found[0].build.vertices == 2)
        #expect(found[0].build.gaps.count == 2)
        #expect(found[0].build.gaps.first?.hasPrefix("line 2: invalid document: vertexes[0].digest") == true)
        #expect(found[0].lines == 1...4)
    }

    @Test func `the client's last line tells why a build failed that shows no failing vertex`() throws {
        let found = read([
            Self.vertex("i", Self.definition, Self.early),
            "ERROR: failed to solve: dockerfile parse error on line 2: unknown instruction: ARGGG",
            Self.vertex("j", Self.definition, Self.early), Self.vertex("a", "[1/1] RUN a", Self.run),
        ])
        #expect(found.map(\.build.result) == [.failed, .completed])
        #expect(found.map(\.lines) == [1...2, 3...4])
        #expect(found[0].build.error?.hasPrefix("failed to solve: dockerfile parse error") == true)
        #expect(found[1].build.error == nil)
    }

    @Test func `builds that follow each other are told apart, with or without lines between them`() throws {
        let one = [Self.vertex("i", Self.definition, Self.early), Self.vertex("a", "[1/1] RUN a", Self.run)]
        #expect(read(one + one).count == 2)
        #expect(read(one + ["$ docker build ."] + one).map(\.build.steps.count) == [2, 2])
        // A frontend from the registry loads the definition twice.
        let early = [Self.vertex("r", "resolve image config for docker.io/docker/dockerfile:1", Self.early)]
        #expect(read(one.prefix(1) + early + one).count == 1)
    }

    @Test func `targets that wait for each other are one stream`() throws {
        let found = read([
            Self.vertex("i", "[base internal] load build definition from Dockerfile", Self.early),
            Self.vertex("a", "[base 1/1] RUN a", Self.early),
            Self.vertex("j", "[web internal] load build definition from Dockerfile", Self.run),
            #"{"vertexes":[{"digest":"\#(S.digest("b"))","name":"[web 1/1] RUN b","inputs":["\#(S.digest("a"))"]\#(Self.run)}]}"#,
        ])
        #expect(found.map(\.build.target) == ["base", "web"])
        #expect(found.map(\.build.vertices) == [2, 3])
    }

    @Test func `of several targets the one that the client names has failed`() {
        let found = read([
            Self.vertex("i", "[web internal] load build definition from Dockerfile", Self.early),
            Self.vertex("j", "[api internal] load build definition from Dockerfile", Self.early),
            Self.vertex("a", "[api 1/1] RUN a", Self.run),
            "ERROR: target web: failed to solve: dockerfile parse error on line 2",
        ])
        #expect(found.map(\.build.target) == ["web", "api"])
        #expect(found.map(\.build.result) == [.failed, .completed])
        #expect(found.map(\.build.error) == ["target web: failed to solve: dockerfile parse error on line 2", nil])
    }

    @Test func `a CI log's own time stamps and plain builds beside are no hindrance`() throws {
        let raw = [Self.vertex("i", Self.definition, Self.early), Self.vertex("a", "[1/1] RUN a", Self.run)]
        let plain = ["#1 [1/1] RUN b", "#1 DONE 0.5s", "", "#2 exporting to image", "#2 DONE 0.1s"]
        let log = (["+ make"] + raw + ["ok"] + plain).map { "2024-05-15T08:50:00.1234567Z \($0)\r\n" }.joined()
        var reader = BuildLogReader()
        reader.read(Array(log.utf8)[...])
        let content = try reader.finish()
        #expect(content.builds.map(\.build.form) == [.rawjson, .log])
        #expect(content.builds[0].build == read(raw).first?.build)
        #expect(content.builds[0].lines == 2...3)
    }

    @Test(.enabled(if: RealStatus.folder != nil, "../shared is not there"), arguments: RealStatus.names)
    func `real streams give the vertices that their records count`(name: String) throws {
        struct Row: Decodable {
            var record: String
            var record_total_steps: Int
            var record_cached_steps: Int?
            var stream_vertexes: Int
            var stream_cached: Int
            var stream_completed: Int
            var stream_errors: Int
            var stream_messages: Int
            var status_entries: Int
            var log_entries: Int
            var log_bytes: Int
        }
        let folder = try #require(RealStatus.folder)
        let rows = try JSONDecoder().decode(
            [Row].self, from: Data(contentsOf: folder.appending(path: "summary.json")))
        let row = try #require(rows.first { $0.record == name })
        var history = SolveHistory()
        var reader = RawJSONReader()
        for (index, line) in try RealStatus.lines(name).enumerated() {
            try history.add(SolveStatus(json: Data(line)))
            let isTaken = reader.read(LogLine(bytes: line, number: index + 1))
            #expect(isTaken)
        }
        #expect(history.counts.messages == row.stream_messages)
        #expect(history.counts.tasks == row.status_entries)
        #expect(history.counts.logs == row.log_entries && history.counts.logBytes == row.log_bytes)
        #expect(history.vertexCount == row.stream_vertexes && history.completedCount == row.stream_completed)
        #expect(history.cachedCount == row.stream_cached && history.errorCount == row.stream_errors)
        let builds = reader.finish()
        #expect(builds.count == 1)
        #expect(builds.first?.build.vertices == row.record_total_steps)
        #expect(builds.first?.build.cachedVertices == row.record_cached_steps ?? 0)
    }
}

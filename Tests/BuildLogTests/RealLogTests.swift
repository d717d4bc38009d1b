import BuildModel
import Foundation
import ImageModel
import TestSupport
import Testing

@testable import BuildLog

/// BuildKit's progress in logs that projects have published, against counts by plain grep.
@Suite struct RealLogTests {
    struct Expected: Sendable, Decodable, CustomTestStringConvertible {
        var file: String
        var vertex_numbers: Int
        var named_vertices: Int
        var cached_vertices: Int
        var done_vertices: Int
        var done_lines: Int
        var error_vertices: Int
        var interrupted_headers: Int
        var sum_of_last_done_seconds: Double
        var classic_steps: Int
        var lines: Int
        var testDescription: String { file }
    }

    static let logs: [Expected] = {
        guard let url = SharedData.at("data/builds/plain/expected.json"), let data = try? Data(contentsOf: url) else {
            return []
        }
        return ((try? JSONDecoder().decode([Expected].self, from: data)) ?? []).filter { $0.vertex_numbers > 0 }
    }()

    @Test(.enabled(if: SharedData.at("data/builds/plain") != nil, "the shared data is not there"), arguments: logs)
    func `counts are those of grep`(expected: Expected) throws {
        let url = try #require(SharedData.at("data/builds/plain/" + expected.file))
        let bytes = Array(try Data(contentsOf: url))
        let log = try readLog(bytes: bytes)
        #expect(log.gaps.isEmpty)
        #expect(log.builds.count == 1)
        let build = try #require(log.builds.first?.build)
        #expect(build.gaps.isEmpty)
        #expect(build.vertices == expected.vertex_numbers)
        #expect(build.cachedVertices == expected.cached_vertices)
        #expect(build.steps.count { $0.name.hasPrefix("[") } == expected.named_vertices)
        #expect(build.steps.count { $0.outcome == .miss || $0.outcome == .completed } == expected.done_vertices)
        #expect(build.steps.count { $0.outcome == .failed } == expected.error_vertices)
        let seconds = build.steps.reduce(0) { $0 + ($1.duration ?? 0) }
        #expect(seconds == Int64((expected.sum_of_last_done_seconds * 1e9).rounded()))
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .compactMap { PlainLine($0) }
        #expect(lines.count { if case .done = $0.content { true } else { false } } == expected.done_lines)
        #expect(
            lines.count { if case .interrupted = $0.content { true } else { false } } == expected.interrupted_headers)
        // However it comes in.
        for size in [1, 7, 4096] {
            #expect(try readLog(bytes: bytes, pieces: size) == log)
        }
    }

    @Test(.enabled(if: SharedData.at("data/builds/plain") != nil, "the shared data is not there"))
    func `all of them are there`() {
        #expect(Self.logs.count == 10)
    }
}

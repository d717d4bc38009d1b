import BuildLog
import BuildModel
import Foundation
import Testing

/// What CI systems put before lines, and that it changes nothing but the times.
@Suite struct LogPrefixTests {
    struct Dialect: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var write: @Sendable (_ line: String, _ number: Int) -> String
        var isTimed = true
    }

    private static func time(_ number: Int, decimals: Int) -> String {
        let second = String(format: "%02d:%02d", number / 60, number % 60)
        return "2024-05-15T08:\(second)." + String(repeating: "0", count: decimals) + "Z"
    }

    static let dialects: [Dialect] = [
        .init(testDescription: "GitHub Actions", write: { "\(time($1, decimals: 7)) \($0)" }),
        .init(
            testDescription: "GitHub Actions, byte order mark",
            write: { ($1 == 0 ? "\u{FEFF}" : "") + "\(time($1, decimals: 7)) \($0)" }),
        .init(
            testDescription: "gh run view --log", write: { "build (x, y)\tBuild it\t\(time($1, decimals: 7)) \($0)" }),
        .init(testDescription: "gh with a mark", write: { "build\tBuild\t\u{FEFF}\(time($1, decimals: 7)) \($0)" }),
        .init(testDescription: "a group", write: { $1 == 0 ? "##[group]\($0)" : $0 }, isTimed: false),
        .init(testDescription: "GitLab", write: { "\(time($1, decimals: 6)) 01O \($0)" }),
        .init(
            testDescription: "GitLab sections",
            write: { "section_start:1560896352:s\($1)\r\u{1B}[0K\($0)\u{1B}[0;m" }, isTimed: false),
        .init(
            testDescription: "GitLab sections with times",
            write: { "\(time($1, decimals: 6)) 00O section_start:1560896352:s\r\u{1B}[0K\($0)" }),
        .init(testDescription: "Jenkins", write: { "[\(time($1, decimals: 3))] \($0)" }),
        .init(testDescription: "colours", write: { line, _ in "\u{1B}[36;1m\(line)\u{1B}[0m\r" }, isTimed: false),
        .init(testDescription: "Buildkite", write: { "\u{1B}_bk;t=171576\($1)\u{07}\($0)" }, isTimed: false),
        .init(testDescription: "a job", write: { line, _ in "web\t\(line)" }, isTimed: false),
        .init(testDescription: "a service", write: { line, _ in "web-1  | \(line)" }, isTimed: false),
        .init(testDescription: "TeamCity", write: { line, _ in "[08:46:10] \(line)" }, isTimed: false),
        .init(testDescription: "a clock", write: { line, _ in "08:46:10.123 \(line)" }, isTimed: false),
        .init(testDescription: "Windows", write: { line, _ in line + "\r" }, isTimed: false),
    ]

    private func plain(_ found: FoundBuild) -> Build {
        var build = found.build
        build.startedAt = nil
        build.duration = nil
        for index in build.steps.indices { build.steps[index].startOffset = nil }
        return build
    }

    @Test(arguments: dialects) func `a prefix changes neither steps nor digest`(dialect: Dialect) throws {
        for text in [Sample.build, Sample.failure] {
            let plain = try readLog(text)
            let written = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
                .map { dialect.write(String($1), $0) }.joined(separator: "\n")
            let log = try readLog(written)
            #expect(log.builds.map(self.plain) == plain.builds.map(self.plain))
            #expect(log.builds.map(\.lines) == plain.builds.map(\.lines))
            #expect((log.builds[0].build.startedAt != nil) == dialect.isTimed)
        }
    }

    @Test func `times of the lines give when steps began and how long the build took`() throws {
        let log = try readLog(
            """
            2024-05-15T10:46:10.5000000+02:00 #1 [internal] load .dockerignore
            2024-05-15T10:46:10.6000000+02:00 #1 DONE 0.1s
            2024-05-15T10:46:11.0000000+02:00 #2 [1/2] RUN a
            2024-05-15T10:46:13.0000000+02:00 #2 DONE 2.0s
            2024-05-15T10:46:14.0000000+02:00 #3 [2/2] RUN b
            2024-05-15T10:46:14.0000000+02:00 #3 DONE 0.9s
            2024-05-15T10:46:20.0000000+02:00 something else
            """)
        let build = log.builds[0].build
        #expect(build.startedAt == Date(timeIntervalSince1970: 1_715_762_770.5))
        #expect(build.duration == 3_500_000_000)
        #expect(build.steps.map(\.startOffset) == [0, 500_000_000, 2_600_000_000])
    }

    @Test func `lines of several jobs are taken apart`() throws {
        let texts = [Sample.build, Sample.failure, Sample.build]
        let lines = texts.map { $0.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
        var mixed: [String] = []
        for index in 0..<(lines.map(\.count).max() ?? 0) {
            for job in lines.indices where lines[job].indices.contains(index) {
                mixed.append("job \(job)\tbuild\t2024-05-15T08:46:10.2041056Z \(lines[job][index])")
            }
        }
        let log = try readLog(mixed.joined(separator: "\n"))
        let alone = try texts.map { try readLog($0).builds[0] }
        #expect(log.builds.map(plain) == alone.map(plain))
    }
}

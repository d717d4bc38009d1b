import BuildKitAPI
import Collectors
import Foundation
import GRPCCore
import SwiftProtobuf
import TestSupport
import Testing

/// `collect builds` from a builder to the database.
@Suite(.serialized, .enabled(if: hasPostgres, "PostgreSQL is not installed"))
struct CollectBuildsTests {
    private func withTool(_ body: (_ tool: Tool) async throws -> Void) async throws {
        try await withScratchDatabase { url in
            let tool = try Tool(["LAYERSCOPE_DATABASE_URL": url, "BUILDKIT_HOST": ""])
            try await body(tool)
        }
    }

    /// All that is kept of builds and of the cache.
    private static func picture(_ tool: Tool) async throws -> [String] {
        var text: [String] = []
        for query in [
            "SELECT source, build, reference, result, hits, misses, duration_seconds FROM builds ORDER BY build",
            "SELECT build, number, text, outcome, duration_seconds FROM steps ORDER BY build, number",
            "SELECT * FROM cache_records ORDER BY record_id",
        ] {
            let outcome = try await tool.run("query", "--format", "csv", query)
            #expect(outcome.status == 0, "\(outcome.errors)")
            text.append(outcome.output)
        }
        return text
    }

    /// Of each aspect, the outcome.
    private static func aspects(_ outcome: Tool.Outcome) throws -> [String: String] {
        Dictionary(
            try outcome.rows().map { ($0["aspect"] as? String ?? "", $0["outcome"] as? String ?? "") },
            uniquingKeysWith: { $0 + $1 })
    }

    private static let cache: @Sendable () async throws -> [BuildKitUsageRecord] = {
        [
            BuildKitUsageRecord.with {
                ($0.id, $0.size, $0.recordType, $0.usageCount) = ("b", 12_345, "regular", 7)
                $0.parents = ["a"]
            },
            BuildKitUsageRecord.with { ($0.id, $0.size, $0.recordType) = ("a", 55, "source.local") },
        ]
    }

    @Test func `builds and cache records are kept, and the same when they are collected again`() async throws {
        let builder = ScriptedBuilder(
            cache: Self.cache,
            history: { _, events in
                try await events.write(ScriptedBuild.event("one"))
                try await events.write(
                    ScriptedBuild.event("two") {
                        $0.error.code = 2
                        $0.error.message = "process did not complete"
                        // Another build than the first.
                        $0.createdAt = ScriptedBuild.moment(100)
                        $0.completedAt = ScriptedBuild.moment(103)
                    })
            },
            progress: { _, progress in for message in ScriptedBuild.progress { try await progress.write(message) } },
            version: "v0.12.5")
        try await withTool { tool in
            try await ScriptedBuilder.run(builder) { [tool] endpoint in
                let arguments = [
                    "collect", "builds", "--builder", endpoint.location, "--name", "b", "--format", "json",
                ]
                let first = try await tool.run(arguments)
                #expect(first.status == 0, "\(first.errors)")
                #expect(try Self.aspects(first) == ["builds": "complete", "build cache": "complete"])
                let builds = try await tool.run("builds", "--format", "json", "--sort", "build").rows()
                #expect(builds.map { $0["reference"] as? String } == ["one", "two"])
                #expect(builds.map { $0["result"] as? String } == ["completed", "failed"])
                #expect(builds.allSatisfy { $0["hits"] as? Int == 1 && $0["misses"] as? Int == 1 })
                #expect(builds.allSatisfy { $0["source"] as? String == "b" })
                let before = try await Self.picture(tool)
                #expect(before[1].contains("RUN make") && before[2].contains("12345"))
                #expect(try await tool.run(arguments).status == 0)
                #expect(try await Self.picture(tool) == before)
            }
        }
    }

    @Test func `a builder without a history says so, and what it has is collected`() async throws {
        try await withTool { tool in
            try await ScriptedBuilder.run(ScriptedBuilder(cache: Self.cache)) { [tool] endpoint in
                let arguments = ["collect", "builds", "--builder", endpoint.location]
                let outcome = try await tool.run(arguments + ["--format", "json"])
                #expect(outcome.status == 0, "\(outcome.errors)")
                #expect(try Self.aspects(outcome) == ["builds": "not_available", "build cache": "complete"])
                #expect((outcome.output + outcome.errors).contains("collect build-log"), "\(outcome)")
                #expect(try await tool.run("builds", "--format", "json").rows().isEmpty)
                #expect(try await Self.picture(tool)[2].contains("12345"))
                // There is nothing to follow.
                let followed = try await tool.run(arguments + ["--follow"])
                #expect(followed.status == 69, "\(followed)")
                #expect(followed.errors.contains("error: "), "\(followed.errors)")
            }
            #expect(try await tool.run("collect", "builds", "--builder", "unix:///nowhere/b.sock").status == 69)
        }
    }

    @Test func `a build that ends while it is followed is kept, and a signal ends the following in order`()
        async throws
    {
        let builder = ScriptedBuilder(
            cache: { [] },
            history: { request, events in
                try await events.write(ScriptedBuild.event("one"))
                if request.earlyExit { return }
                try await events.write(ScriptedBuild.event("two", .started))
                try await events.write(
                    ScriptedBuild.event("two") {
                        $0.createdAt = ScriptedBuild.moment(100)
                        $0.completedAt = ScriptedBuild.moment(103)
                    })
                try await ScriptedBuilder.hang()
            },
            progress: { _, progress in for message in ScriptedBuild.progress { try await progress.write(message) } })
        try await withTool { tool in
            try await ScriptedBuilder.run(builder) { [tool] endpoint in
                let errors = Pipe()
                let process = try tool.start(
                    ["collect", "builds", "--builder", endpoint.location, "--follow"], errors: errors)
                var (text, isStopped) = ("", false)
                while case let piece = errors.fileHandleForReading.availableData, !piece.isEmpty {
                    text += String(decoding: piece, as: UTF8.self)
                    guard !isStopped, text.contains("two: completed\n") else { continue }
                    kill(process.processIdentifier, SIGTERM)
                    isStopped = true
                }
                process.waitUntilExit()
                #expect(process.terminationStatus == 0, "\(text)")
                #expect(text.contains("following ") && !text.contains("one: completed"), "\(text)")
                let builds = try await tool.run("builds", "--format", "json", "--sort", "build").rows()
                #expect(builds.map { $0["reference"] as? String } == ["one", "two"])
            }
        }
    }

    @Test(.enabled(if: DockerEngine.isAvailable, "needs root, dockerd, containerd and docker"))
    func `a real engine of 2020 has cache records and no history`() async throws {
        try await withTool { tool in
            try await DockerEngine.run { engine in
                try await engine.build(
                    "app:1", "FROM scratch\nCOPY a /a\n", files: ["a": Data(repeating: 1, count: 5_000)],
                    buildKit: true)
                let arguments = ["collect", "builds", "--host", engine.endpoint.location, "--format", "json"]
                let outcome = try await tool.run(arguments)
                #expect(outcome.status == 0, "\(outcome.errors)")
                #expect(try Self.aspects(outcome) == ["builds": "not_available", "build cache": "complete"])
                let before = try await Self.picture(tool)
                #expect(before[2].contains("source.local"))
                #expect(try await tool.run("builds", "--format", "json").rows().isEmpty)
                #expect(try await tool.run(arguments).status == 0)
                #expect(try await Self.picture(tool) == before)
            }
        }
    }
}

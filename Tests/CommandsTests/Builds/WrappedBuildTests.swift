import BuildLog
import BuildModel
import Database
import Foundation
import TestSupport
import Testing

/// One real build, as its wrapper recorded it and as its log tells of it.
///
/// The engine's own account of its builds is not asked: dockerd 20.10 keeps no history. Tests of the collector have a
/// scripted service for that.
@Suite(
    .serialized, .enabled(if: hasPostgres, "PostgreSQL is not installed"),
    .enabled(if: DockerEngine.isAvailable, "needs root, dockerd, containerd and docker"),
    .enabled(if: FileManager.default.isExecutableFile(atPath: TruthScenario.busybox), "needs a static busybox"))
struct WrappedBuildTests {
    /// The client of ``DockerEngine``: a newer one in PATH would need a plugin for BuildKit.
    private static let client = "/usr/bin/docker"

    @Test(arguments: [true, false])
    func `the wrapper and the log tell the same, and of one build`(buildKit: Bool) async throws {
        try await DockerEngine.run { engine in
            try await withScratchDatabase { url in
                var scenario = TruthScenario()
                try await DockerTruth(engine: engine, buildKit: buildKit).makeBase(TruthScenario.base(scenario.base))
                let tool = try Tool([
                    "LAYERSCOPE_DATABASE_URL": url, "GITHUB_ACTIONS": "", "GITLAB_CI": "",
                    "DOCKER_BUILDKIT": buildKit ? "1" : "0", "BUILDKIT_PROGRESS": "plain", "DOCKER_HOST": "",
                ])
                let database = try await LayerscopeDatabase.open(url)
                do {
                    // Nothing hits, all hits, some do.
                    var rates: [[Int]] = []
                    for (number, file) in ["2\n", "2\n", "two\n"].enumerated() {
                        scenario.f2 = file
                        rates.append(try await build(scenario, number + 1, engine, tool, database))
                    }
                    #expect(rates == (buildKit ? [[0, 4], [4, 0], [2, 2]] : [[0, 5], [5, 0], [2, 3]]))
                } catch {
                    await database.close()
                    throw error
                }
                await database.close()
            }
        }
    }

    /// Builds, compares what is recorded with what the log tells, and returns hits and misses.
    private func build(
        _ scenario: TruthScenario, _ number: Int, _ engine: DockerEngine, _ tool: Tool, _ database: LayerscopeDatabase
    ) async throws -> [Int] {
        let context = try ScratchFolder("context")
        try context.write(Data(scenario.multi(from: "base:1").utf8), to: "Dockerfile")
        try context.write(Data(scenario.f1.utf8), to: "f1")
        try context.write(Data(scenario.f2.utf8), to: "f2")
        let outcome = try await tool.run([
            "build", "--", Self.client, "--host", "unix://\(engine.folder("d.sock").path)", "build", "--network",
            "none",
            "--tag", "app:1", context.url.path,
        ])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let recorded = try await database.builds(matching: BuildFilter())
        #expect(recorded.count == number)
        let wrapped = try #require(recorded.max { ($0.startedAt ?? .distantPast) < ($1.startedAt ?? .distantPast) })

        // BuildKit's client prints on standard error, the other one on standard output.
        let log = outcome.output + outcome.errors
        var reader = BuildLogReader()
        reader.read(Array(log.utf8)[...])
        let found = try reader.finish().builds
        try #require(found.count == 1)
        var told = found[0].build
        // A log says neither when it began nor, without clocks, how long it took.
        #expect(wrapped.startedAt != nil && wrapped.duration ?? 0 > 0)
        told.startedAt = wrapped.startedAt
        told.duration = told.duration ?? wrapped.duration
        // The wrapper knows the Dockerfile besides.
        #expect(wrapped.steps.filter { $0.kind == .instruction }.allSatisfy { $0.lines != nil })
        for (position, step) in wrapped.steps.enumerated() where told.steps.indices.contains(position) {
            told.steps[position].lines = step.lines
        }
        #expect(told == wrapped)

        try tool.folder.write(Data(log.utf8), to: "build.log")
        let collected = try await tool.run("collect", "build-log", "build.log", "--format", "json")
        let row = try #require(try collected.rows().first)
        #expect(row["hits"] as? Int == wrapped.hits && row["misses"] as? Int == wrapped.misses)
        #expect(row["result"] as? String == "completed" && row["vertices"] as? Int == wrapped.vertices)
        #expect(try await database.builds(matching: BuildFilter()) == recorded, "it is the build that was recorded")
        return [wrapped.hits, wrapped.misses]
    }
}

import Analysis
import Collectors
import Database
import Figures
import Foundation
import ImageModel
import Observations
import TestSupport
import Testing

/// Predicted equals freed, on real engines: each plan is made from a collection, carried out through the engine's own
/// API, and the engine's own count of its layers before and after is held against what the plan said.
@Suite(.serialized, .enabled(if: hasPostgres && DockerEngine.isAvailable, "needs PostgreSQL, root, dockerd and docker"))
struct CleanupDockerTests {
    /// Bytes of layers, as Docker itself counts them.
    private func layersSize(_ engine: DockerEngine) async throws -> Int64 {
        try await ask(LayersSize.self, socket: engine.folder("d.sock"), "/v1.41/system/df").layersSize
    }

    private func withBench(_ engine: DockerEngine, _ body: (CleanupBench) async throws -> Void) async throws {
        try await withScratchDatabase { url in
            let bench = try await CleanupBench.open(url, engine.endpoint, .docker) { try await layersSize(engine) }
            try await body(bench)
            await bench.close()
        }
    }

    @Test func `rule by rule and at random, what a plan predicts is what Docker frees`() async throws {
        try await DockerEngine.run { engine in
            try await EngineImages.fill(engine)
            try await withBench(engine) { bench in
                func check(
                    _ named: String..., expect: Set<String>, blockers: Set<CleanupPlan.Refusal.Blocker> = []
                ) async throws -> Int64 {
                    let made = try await bench.make({ bench.tags(named, in: $0) })
                    #expect(made.words == expect, "\(named): \(made.outcomes)")
                    #expect(Set(made.plan.refusals.map(\.blocker)) == blockers, "\(named)")
                    return made.plan.freedBytes
                }
                // One of three names, and the two others, with which everything goes that only this image has.
                #expect(try await check("kit/multi:1", expect: ["deleted"], blockers: [.tag]) == 0)
                #expect(try await check("kit/multi:2", "other/multi:1", expect: ["deleted"]) == 70_001)
                // A container uses it.
                #expect(try await check("kit/used:1", expect: [], blockers: [.container]) == 0)
                // Others were built from it by the classic builder: Docker would only take its names.
                #expect(
                    try await check(
                        "classic/app:1", "localhost:5000/team/classic:1", expect: [], blockers: [.child]) == 0)
                // BuildKit records no parent: it goes, and what others hold stays.
                #expect(try await check("kit/base:1", expect: ["deleted"]) == 0)
                // With the images between that only it needs.
                #expect(try await check("classic/multi:1", expect: ["deleted"]) == 70_001)
                #expect(try await check("squashed:1", "committed:1", expect: ["deleted"]) > 70_001)
                // What lost its name was built from it, too.
                let dangling = try await bench.make(bench.dangling)
                #expect(dangling.words == ["deleted"] && dangling.plan.freedBytes > 70_001)
                // Together with all that was built from it, it goes last.
                #expect(
                    try await check(
                        "classic/app:1", "localhost:5000/team/classic:1", "classic/moved:1", "classic/above:1",
                        expect: ["deleted"], blockers: []) > 70_001)
                try await bench.makeRandomPlans(8, seed: 4)
            }
        }
    }

    @Test func `a plan for dangling images frees what docker image prune frees`() async throws {
        var freed: [Int64] = []
        try await DockerEngine.run { engine in
            try await EngineImages.fillDangling(engine)
            try await withBench(engine) { bench in
                let made = try await bench.make(bench.dangling)
                #expect(made.words == ["deleted"] && made.plan.deletions.count == 5)
                freed.append(made.plan.freedBytes)
                #expect(try await bench.make(bench.dangling).plan.deletions.isEmpty, "nothing dangles any more")
            }
        }
        try await DockerEngine.run { engine in
            try await EngineImages.fillDangling(engine)
            let before = try await layersSize(engine)
            try await engine.docker(["image", "prune", "--force"])
            freed.append(before - (try await layersSize(engine)))
        }
        #expect(freed[0] > 70_001 && freed[0] == freed[1])
    }

    @Test func `plan --apply, a script, and plan verify do on an engine what they say`() async throws {
        try await DockerEngine.run { engine in
            try await EngineImages.fillDangling(engine)
            let host = "unix://" + engine.folder("d.sock").path
            let tool = try Tool(["DOCKER_HOST": host])
            do {
                try await applyAndVerify(tool, engine, host)
            } catch {
                try await tool.stop()
                throw error
            }
            try await tool.stop()
        }
    }

    private func applyAndVerify(_ tool: Tool, _ engine: DockerEngine, _ host: String) async throws {
        func collect() async throws {
            let outcome = try await tool.run("collect", "engine", host, "--name", "here")
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
        try await collect()
        let asked = try await tool.run("plan", "--dangling", "--apply")
        #expect(asked.status == 64 && asked.errors.contains("there is no terminal; add --yes"), "\(asked.errors)")
        let before = try await layersSize(engine)
        let applied = try await tool.run("plan", "--dangling", "--apply", "--yes", "--format", "json")
        #expect(applied.status == 0 && applied.errors.contains("here: 5 deleted, 0 were gone"), "\(applied.errors)")
        let early = try await tool.run("plan", "verify", "--source", "here")
        #expect(early.status == 2 && early.errors.contains("was not collected since"), "\(early.errors)")
        try await collect()
        let verified = try await tool.run("plan", "verify", "--source", "here", "--format", "json")
        #expect(verified.status == 0 && verified.errors.contains("bytes are gone, as predicted"), "\(verified.errors)")
        let freed = try #require((try verified.json()["totals"] as? [String: Any])?["gone_bytes"] as? NSNumber)
        #expect(before - (try await layersSize(engine)) == freed.int64Value && freed.int64Value > 70_001)
        let again = try await tool.run("plan", "--dangling", "--apply", "--yes")
        #expect(again.status == 0 && again.errors.contains("here: nothing to delete"), "\(again.errors)")

        let planned = try await tool.run("plan", "--repository", "kit/*", "--tag", ".*", "--format", "json")
        let promised = try #require((try planned.json()["totals"] as? [String: Any])?["freed_bytes"] as? NSNumber)
        let script = try await tool.run(
            "plan", "--repository", "kit/*", "--tag", ".*", "--format", "script", "--tool", "docker")
        #expect(script.status == 0, "\(script.errors)")
        let file = try tool.folder.write(Data(script.output.utf8), to: "clean-up.sh").path
        let half = try await layersSize(engine)
        for _ in 1...2 {
            try await Program.run("/bin/sh", [file], environment: ["DOCKER_HOST": host])
            #expect(half - (try await layersSize(engine)) == promised.int64Value && promised.int64Value > 70_000)
        }
    }

    @Test func `a container on an image between others keeps its layers`() async throws {
        try await DockerEngine.run { engine in
            try await engine.docker(["import", "-", "base:1"], input: layerTar(["a": 10_000], seed: 10))
            try await engine.build(
                "app:1", "FROM base:1\nCOPY f1 /\nCOPY f2 /\nCOPY f3 /", files: EngineImages.files, buildKit: false)
            let parent = try await engine.docker(["inspect", "--format", "{{.Parent}}", "app:1"])
            try await engine.docker(["create", "--name", "between", "--network", "host", parent, "/none"])
            try await withBench(engine) { bench in
                let made = try await bench.make({ bench.tags(["app:1"], in: $0) })
                #expect(made.words == ["deleted"] && made.plan.freedBytes == 70_001)
            }
        }
    }
}

@Suite(.serialized, .enabled(if: hasPostgres && PodmanEngine.isAvailable, "needs PostgreSQL, root and podman"))
struct CleanupPodmanTests {
    @Test func `rule by rule and at random, what a plan predicts is what Podman frees`() async throws {
        try await PodmanEngine.run { engine in
            try await EngineImages.fill(engine)
            try await withScratchDatabase { url in
                let bench = try await CleanupBench.open(url, engine.endpoint, .podman) { try layerBytes(engine) }
                var made = try await bench.make(bench.dangling)
                #expect(made.words == ["deleted"] && made.plan.freedBytes > 0)
                made = try await bench.make { bench.tags(["localhost/app:latest"], in: $0) }
                #expect(made.words == ["deleted"] && made.plan.freedBytes == 0)
                made = try await bench.make { bench.tags(["localhost/used:1"], in: $0) }
                #expect(made.words.isEmpty && made.plan.refusals.map(\.blocker) == [.container])
                made = try await bench.make({
                    bench.tags(["localhost/app:1", "registry.example.org:5000/team/app:1"], in: $0)
                })
                #expect(made.words.isEmpty && Set(made.plan.refusals.map(\.blocker)) == [.child])
                made = try await bench.make { bench.tags(["localhost/two:1", "localhost/layered:1"], in: $0) }
                #expect(made.words == ["deleted"] && made.plan.freedBytes > 0)
                try await bench.makeRandomPlans(8, seed: 9)
                await bench.close()
            }
        }
    }

    /// Bytes of the layers on disk, by Podman's own notes.
    private func layerBytes(_ engine: PodmanEngine) throws -> Int64 {
        struct Layer: Decodable {
            var diffSize: Int64?

            enum CodingKeys: String, CodingKey { case diffSize = "diff-size" }
        }
        let list = try Data(contentsOf: engine.folder("data/overlay-layers/layers.json"))
        return try JSONDecoder().decode([Layer].self, from: list).reduce(0) { $0 + ($1.diffSize ?? 0) }
    }
}

import Collectors
import Foundation
import ImageModel
import Observations
import TestSupport
import Testing

/// Runs requests on an engine and returns each outcome's word.
private func carryOut(_ requests: [DeletionRequest], on endpoint: EngineEndpoint) async throws -> [String] {
    let target = try await EngineDeletionTarget.open(endpoint)
    var words: [String] = []
    do {
        _ = try await target.carryOut(requests) { words.append($1.word) }
    } catch {
        await target.close()
        throw error
    }
    await target.close()
    return words
}

private func seen(_ endpoint: EngineEndpoint) async throws -> RecordingSink {
    let sink = RecordingSink()
    _ = try await EngineCollector(endpoint).collect(.test(sink))
    return sink
}

extension RecordingSink {
    /// The item that a name leads to.
    fileprivate func item(named repository: String, _ tag: String) throws -> Digest {
        try #require(references.first { $0.repository == repository && $0.name == tag }?.item)
    }

    fileprivate var tags: Set<String> {
        Set(references.filter { $0.kind == .tag }.map { "\($0.repository):\($0.name)" })
    }
}

private func delete(_ repository: String, _ digest: Digest, _ tags: String...) -> DeletionRequest {
    DeletionRequest(action: .delete, repository: repository, digest: digest, tags: tags)
}

private func untag(_ repository: String, _ digest: Digest, _ tags: String...) -> DeletionRequest {
    DeletionRequest(action: .untag, repository: repository, digest: digest, tags: tags)
}

@Suite(.serialized, .enabled(if: DockerEngine.isAvailable, "needs root, dockerd and docker"))
struct DockerDeletionTests {
    @Test func `names, images, dangling images and parents go as planned, and what is used stays`() async throws {
        try await DockerEngine.run { engine in
            try await engine.docker(["import", "-", "base:1"], input: layerTar(["a": 10_000], seed: 10))
            // Classic: a parent for each step.
            let steps = "FROM base:1\nCOPY f1 /\nCOPY f2 /"
            let files = ["f1": content(6, seed: 1), "f2": content(5_000, seed: 2), "f3": content(7, seed: 3)]
            try await engine.build("kit/app:1", steps, files: files, buildKit: false)
            for name in ["kit/app:2", "kit/app:3", "other:1"] { try await engine.docker(["tag", "kit/app:1", name]) }
            try await engine.build("used:1", "FROM base:1\nCOPY f3 /\nCMD [\"x\"]", files: files, buildKit: false)
            try await engine.docker(["create", "--name", "busy", "used:1", "/none"])
            try await engine.docker(["import", "-", "loose:1"], input: layerTar(["b": 500], seed: 20))
            let loose = try await seen(engine.endpoint).item(named: "loose", "1")
            try await engine.docker(["import", "-", "loose:1"], input: layerTar(["c": 600], seed: 30))

            let before = try await seen(engine.endpoint)
            let (app, used) = (try before.item(named: "kit/app", "1"), try before.item(named: "used", "1"))
            let base = try before.item(named: "base", "1")
            #expect(before.items.contains { $0.isIntermediate })
            let requests = [
                untag("kit/app", app, "1"), delete("used", used, "1"), delete("<none>", loose),
                // Not all of its names here are known.
                delete("kit/app", app, "2"),
                // It leads elsewhere by now.
                delete("loose", loose, "1"), untag("loose", base, "1"),
            ]
            #expect(
                try await carryOut(requests, on: engine.endpoint)
                    == ["deleted", "refused", "deleted", "moved", "gone", "moved"])
            #expect(
                try await seen(engine.endpoint).tags == [
                    "base:1", "kit/app:2", "kit/app:3", "other:1", "used:1", "loose:1",
                ])

            // In use and built from: base has children. The other repository keeps app until its turn has come.
            #expect(
                try await carryOut(
                    [delete("kit/app", app, "2", "3"), untag("other", app, "1"), delete("other", app, "1")],
                    on: engine.endpoint) == ["deleted", "moved", "deleted"])
            let after = try await seen(engine.endpoint)
            #expect(after.tags == ["base:1", "used:1", "loose:1"])
            // The classic builder's parents of app are gone with it.
            #expect(after.items.count { $0.isIntermediate } < before.items.count { $0.isIntermediate })
            #expect(after.item(app) == nil && after.item(used) != nil)
            #expect(try await carryOut(requests.prefix(1) + [], on: engine.endpoint) == ["gone"])

            // Untagged by Docker, kept by what was built from it.
            #expect(try await carryOut([delete("base", base, "1")], on: engine.endpoint) == ["refused"])
            #expect(try await seen(engine.endpoint).item(base) != nil)
        }
    }
}

@Suite(.serialized, .enabled(if: PodmanEngine.isAvailable, "needs root and podman"))
struct PodmanDeletionTests {
    @Test func `names, images, manifest lists and dangling images go as planned, and what is used stays`()
        async throws
    {
        try await PodmanEngine.run { engine in
            let files = ["f1": content(6, seed: 1), "f2": content(5_000, seed: 2), "f3": content(70_001, seed: 3)]
            let tar = try engine.folder.write(layerTar(["a": 123_000], seed: 10), to: "base.tar").path
            try await engine.podman(["import", tar, "localhost/base:1"])
            try await engine.build("app:1", "FROM localhost/base:1\nCOPY f1 /\nCOPY f2 /", files: files)
            for name in ["localhost/app:2", "localhost/app:3", "registry.example.org:5000/team/app:1"] {
                try await engine.podman(["tag", "localhost/app:1", name])
            }
            try await engine.build("used:1", "FROM localhost/base:1\nCOPY f3 /\nCMD [\"x\"]", files: files)
            try await engine.podman(["create", "--name", "busy", "--network", "host", "localhost/used:1", "/none"])
            for file in ["f1", "f3"] {
                try await engine.build("loose:1", "FROM scratch\nCOPY \(file) /x", files: files)
            }
            try await engine.podman(["manifest", "create", "localhost/list:1"])
            try await engine.podman([
                "manifest", "add", "localhost/list:1",
                "containers-storage:" + engine.storage.name + "localhost/app:1",
            ])

            let before = try await seen(engine.endpoint)
            let app = try before.item(named: "localhost/app", "1")
            let used = try before.item(named: "localhost/used", "1")
            let list = try before.item(named: "localhost/list", "1")
            let loose = try #require(before.holdings.first { $0.repository == "<none>" }?.item)
            let requests = [
                untag("localhost/app", app, "1"), delete("localhost/used", used, "1"), delete("<none>", loose),
                delete("localhost/app", app, "2"), delete("localhost/list", list, "1"),
                delete("localhost/loose", loose, "1"),
            ]
            #expect(
                try await carryOut(requests, on: engine.endpoint)
                    == ["deleted", "refused", "deleted", "moved", "deleted", "gone"])
            let between = try await seen(engine.endpoint)
            #expect(
                between.tags == [
                    "localhost/base:1", "localhost/app:2", "localhost/app:3", "localhost/used:1", "localhost/loose:1",
                    "registry.example.org:5000/team/app:1",
                ])
            #expect(between.item(app) != nil && between.item(list) == nil && between.item(loose) == nil)
            #expect(
                try await carryOut(
                    [
                        delete("localhost/app", app, "2", "3"), untag("registry.example.org:5000/team/app", app, "1"),
                        delete("registry.example.org:5000/team/app", app, "1"), delete("localhost/list", list, "1"),
                    ], on: engine.endpoint) == ["deleted", "moved", "deleted", "gone"])
            let after = try await seen(engine.endpoint)
            #expect(after.item(app) == nil && after.item(used) != nil)
            #expect(after.tags == ["localhost/base:1", "localhost/used:1", "localhost/loose:1"])
        }
    }
}

/// Engines that fail.
@Suite struct EngineDeletionFaultTests {
    private let a = ScriptedDocker.a

    private func outcome(
        _ request: DeletionRequest, _ change: (inout ScriptedDocker) -> Void
    ) async throws -> (DeletionOutcome, [String]) {
        var docker = ScriptedDocker()
        let tags = #"{"Id":"\#(a)","RepoTags":["team/a:1"],"RepoDigests":[]}"#
        docker.answer("/images/\(a)/json", .json(tags))
        docker.answer("/images/team/a:1/json", .json(tags))
        docker.answer("/containers/json", .json("[]"))
        change(&docker)
        return try await docker.run { endpoint, server in
            let target = try await EngineDeletionTarget.open(endpoint, limits: .hasty)
            let outcome = try await target.delete(request)
            await target.close()
            return (outcome, server.lines.filter { $0.hasPrefix("DELETE") })
        }
    }

    @Test func `a cut connection is followed by a look`() async throws {
        for isDone in [true, false] {
            let (outcome, lines) = try await outcome(delete("team/a", a, "1")) { docker in
                let left = docker.answers
                docker.answers["/images/team/a:1"] = { _ in .cut }
                guard isDone else { return }
                for path in ["/images/\(a)/json", "/images/team/a:1/json"] {
                    let usual = left[path]
                    // There for the looks before, gone for those after.
                    let looks = path.contains("team") ? 2 : 1
                    docker.answers[path] = { request in
                        if request.earlier < looks, let usual { return await usual(request) }
                        return .json(#"{"message":"no such image"}"#, status: 404)
                    }
                }
            }
            #expect(outcome.word == (isDone ? "deleted" : "failed"))
            #expect(lines.count == 1)
            #expect(lines[0].hasSuffix("force=false"))
        }
    }

    @Test(arguments: [(409, "refused"), (403, "refused"), (500, "failed")])
    func `what the engine refuses is told`(status: Int, word: String) async throws {
        let (outcome, _) = try await outcome(delete("team/a", a, "1")) { docker in
            docker.answer("/images/team/a:1", .json(#"{"message":"no"}"#, status: status))
        }
        #expect(outcome.word == word)
        #expect(outcome.reason?.contains("no") == true)
    }

    @Test(arguments: ["../../containers/x", "a b", "1/../../x", "sha256:1"])
    func `what is no name is not asked for`(tag: String) async throws {
        let (outcome, lines) = try await outcome(delete("team/a", a, tag)) { _ in }
        #expect(outcome.word == "failed")
        #expect(lines.isEmpty)
    }

    @Test func `a container that uses the image keeps it, with every name`() async throws {
        let (outcome, lines) = try await outcome(delete("team/a", a, "1")) { docker in
            docker.answer("/containers/json", .json(#"[{"Id":"c1","Names":["/one"],"ImageID":"\#(a)"}]"#))
        }
        #expect(outcome == .refused("the container one uses it"))
        #expect(lines.isEmpty)
    }
}

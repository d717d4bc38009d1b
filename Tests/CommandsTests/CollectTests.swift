import Foundation
import ImageModel
import NIOHTTP1
import TestSupport
import Testing

/// What a user does not want to see: servers that are away, files that are none, programs that are killed.
@Suite(.world, .serialized) struct CollectTests {
    private static func picture(_ tool: Tool) async throws -> String {
        var text = ""
        for view in ["sources", "images", "items", "layers", "tags"] {
            text += try await tool.run("query", "--format", "csv", "SELECT * FROM \(view) ORDER BY 1, 2, 3, 4").output
        }
        return text
    }

    @Test func `collecting again changes nothing but the time`() async throws {
        let tool = try World.shared.tool
        let before = try await tool.run("images", "--format", "csv").output
        let outcome = try await tool.run("collect", "archive", World.layout, "--name", "layout", "--format", "json")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(
            try outcome.rows().allSatisfy {
                $0["outcome"] as? String == "complete" || $0["outcome"] as? String == "not_available"
            })
        let checks = try outcome.json()["checks"] as? [[String: Any]]
        #expect(checks?.isEmpty == false && checks?.allSatisfy { $0["outcome"] as? String != "broken" } == true)
        #expect(try await tool.run("images", "--format", "csv").output == before)
    }

    @Test func `hostile names are printed as text, defused in CSV and escaped in the report`() async throws {
        let tool = try World.shared.tool
        let collected = try await tool.run("collect", "archive", "hostile.tar", "--name", "=HYPERLINK(\"x\")")
        #expect(collected.status == 0 || collected.status == 2, "\(collected.errors)")
        let csv = try await tool.run("sources", "--format", "csv").output
        #expect(csv.contains("\"'=HYPERLINK(\"\"x\"\")\""), "\(csv)")
        let report = try await tool.run("report", "--output", "hostile", "--title", "<script>alert(1)</script>")
        #expect(report.status == 0 || report.status == 2)
        let html = try String(contentsOf: tool.folder("hostile/report.html"), encoding: .utf8)
        #expect(!html.contains("<script>alert(1)"))
        #expect(try await tool.run("sources", "remove", "=HYPERLINK(\"x\")").status == 0)
        #expect(try await !tool.run("sources", "-q").output.contains("HYPERLINK"))
    }

    @Test func `a source that is not there cannot be removed`() async throws {
        let outcome = try await World.shared.tool.run("sources", "remove", "no-such-source")
        #expect(outcome.status == 1 && outcome.errors.contains("no-such-source"))
    }

    static let unreachable: [[String]] = [
        ["collect", "engine"], ["collect", "engine", "tcp://127.0.0.1:1"], ["collect", "registry", "127.0.0.1:1"],
        ["collect", "archive", "no-such-file.tar"], ["collect", "storage", "no-such-folder"],
        ["images", "--database", "postgres://nobody@127.0.0.1:1/none?connect_timeout=2"],
    ]

    @Test(arguments: unreachable)
    func `what cannot be reached is status 69, said on standard error`(arguments: [String]) async throws {
        let tool = try World.shared.tool
        let before = try await Self.picture(tool)
        let outcome = try await tool.run(arguments)
        #expect(outcome.status == 69, "\(outcome)")
        #expect(outcome.errors.contains("error: ") && !outcome.errors.contains("Error("), "\(outcome.errors)")
        #expect(try await Self.picture(tool) == before)
    }

    @Test func `one source that fails does not stop the others`() async throws {
        let tool = try World.shared.tool
        try tool.folder.write(
            Data(
                """
                sources:
                  - {name: layout, kind: archive, path: \(World.layout)}
                  - {name: away, kind: registry, url: '127.0.0.1:1'}
                """.utf8), to: "two.yml")
        let outcome = try await tool.run("collect", "all", "--config", "two.yml", "--format", "json")
        #expect(outcome.status == 2, "\(outcome.errors)")
        let rows = try outcome.rows()
        #expect(rows.contains { $0["source"] as? String == "layout" && $0["outcome"] as? String == "complete" })
        #expect(rows.contains { $0["source"] as? String == "away" && $0["outcome"] as? String == "failed" })
        let none = try await tool.run("collect", "all", "--config", "two.yml", "--only", "away")
        #expect(none.status == 69)
        #expect(try await tool.run("collect", "all", "--config", "two.yml", "--only", "other").status == 64)
    }

    /// A registry with a repository that it does not show us.
    private static let half: ScriptedHTTPServer.Script = { request in
        switch request.path {
        case "/v2/": .json("{}")
        case "/v2/_catalog": .json(#"{"repositories":["locked"]}"#)
        default: .json(#"{"errors":[{"code":"DENIED","message":"no"}]}"#, status: 403)
        }
    }

    @Test func `what could not be seen is told by every command that rests on it`() async throws {
        let tool = try World.shared.tool
        try await ScriptedHTTPServer.run(script: Self.half) { server in
            let collected = try await tool.run("collect", "registry", server.host, "--name", "half")
            #expect(collected.status == 2, "\(collected)")
            #expect(collected.errors.contains("warning: half: "), "\(collected.errors)")
        }
        for command in [["images"], ["usage"], ["sources"], ["layers", "-q"], ["report", "-o", "half"]] {
            let outcome = try await tool.run(command)
            #expect(outcome.status == 2 && outcome.errors.contains("half is incomplete"), "\(command): \(outcome)")
        }
        let json = try await tool.run("images", "--format", "json")
        #expect(json.status == 2 && json.errors.isEmpty)
        #expect((try json.json()["coverage"] as? [String: Any])?["complete"] as? Bool == false)
        // What another source holds is known as well as ever.
        #expect(try await tool.run("images", "--filter", "source=layout").status == 0)
        #expect(try await tool.run("sources", "remove", "half").status == 0)
    }

    @Test func `owners follow the rules of the configuration, the first that fits`() async throws {
        let world = try World.shared
        let tool = world.tool
        try tool.folder.write(
            Data(
                """
                sources: [{name: owned, kind: archive, path: \(World.layout)}]
                owners:
                  - {repository: 'library/*', owner: platform}
                  - {label: team}
                """.utf8), to: "owned.yml")
        let collected = try await tool.run("collect", "all", "--config", "owned.yml")
        #expect(collected.status == 0, "\(collected.errors)")
        let rows = try await tool.run("usage", "--by", "owner", "--filter", "source=owned", "--format", "json").rows()
        #expect(Set(rows.compactMap { $0["owner"] as? String }) == ["platform", "a", "b", "<none>"])
        let a = rows.first { $0["owner"] as? String == "a" }
        #expect((a?["stored_bytes"] as? NSNumber)?.int64Value == world.bytes(world.app))
        #expect(try await tool.run("sources", "remove", "owned").status == 0)
    }

    @Test func `an archive is called as its file is, and never takes the place of another by accident`() async throws {
        let tool = try World.shared.tool
        let file = try Data(contentsOf: tool.folder(World.saved))
        let elsewhere = tool.folder("elsewhere")
        try FileManager.default.createDirectory(at: elsewhere, withIntermediateDirectories: true)
        try file.write(to: elsewhere.appending(path: World.saved))
        let other = "elsewhere/\(World.saved)"
        let both = try await tool.run("collect", "archive", World.saved, other)
        #expect(both.status == 64 && both.errors.contains("are both called \(World.saved)"), "\(both)")
        #expect(try await tool.run("collect", "archive", World.saved).status == 0)
        let before = try await tool.run("sources", "--format", "csv").output
        #expect(before.contains("\n\(World.saved),"), "\(before)")
        let second = try await tool.run("collect", "archive", other)
        #expect(second.status == 64 && second.errors.contains("--name"), "\(second)")
        #expect(second.errors.contains(tool.folder(World.saved).path), "\(second)")
        #expect(try await tool.run("sources", "--format", "csv").output == before)
        // The same file again, by another way to write it; and the other one, when that is said.
        #expect(try await tool.run("collect", "archive", "./elsewhere/../\(World.saved)").status == 0)
        #expect(try await tool.run("collect", "archive", other, "--name", World.saved).status == 0)
        #expect(try await tool.run("collect", "archive", other).status == 0)
        #expect(try await tool.run("sources", "remove", World.saved).status == 0)
    }

    @Test func `collect all without sources says what to do`() async throws {
        let tool = try World.shared.tool
        let outcome = try await tool.run("collect", "all")
        #expect(outcome.status == 64 && outcome.errors.contains("layerscope.yml"), "\(outcome.errors)")
    }

    @Test func `a mistake in the configuration is told before anything is done`() async throws {
        let tool = try World.shared.tool
        try tool.folder.write(Data("sources:\n  - {name: a, kind: archive, pfad: x}".utf8), to: "bad.yml")
        let outcome = try await tool.run("collect", "all", "--config", "bad.yml")
        #expect(outcome.status == 64 && outcome.errors.contains("bad.yml:2: sources[0].pfad"), "\(outcome.errors)")
    }

    /// A registry that answers everything but one blob; the answer to that never comes.
    private static func stalling(_ image: ImageBuilder.Image, _ builder: ImageBuilder) -> ScriptedHTTPServer.Script {
        let manifest = image.descriptor
        let documents = builder.blobs.filter { $0.key == image.digest }
        return { request in
            switch request.path {
            case "/v2/": .json("{}")
            case "/v2/_catalog": .json(#"{"repositories":["app"]}"#)
            case "/v2/app/tags/list": .json(#"{"name":"app","tags":["1"]}"#)
            case let path where path.hasPrefix("/v2/app/manifests/"):
                ScriptedReply(
                    headers: [
                        "Content-Type": manifest.mediaType.rawValue,
                        "Docker-Content-Digest": manifest.digest.description,
                    ], documents[manifest.digest] ?? Data())
            default: .silence
            }
        }
    }

    @Test(arguments: [SIGKILL, SIGINT, SIGTERM])
    func `a collection that is stopped in the middle changes nothing`(signal: Int32) async throws {
        let tool = try World.shared.tool
        var builder = ImageBuilder()
        let image = try builder.image([try builder.layer(named: "a", bytes: 100)])
        let script = Self.stalling(image, builder)
        try await ScriptedHTTPServer.run(script: script) { server in
            let before = try await Self.picture(tool)
            let process = try tool.start(["collect", "registry", server.host, "--name", "stalling"])
            let blob = "/blobs/\(image.imageID)"
            while !server.lines.contains(where: { $0.hasSuffix(blob) }) {
                try #require(process.isRunning, "it ended before it asked for the configuration")
                await Task.yield()
            }
            kill(process.processIdentifier, signal)
            process.waitUntilExit()
            #expect(process.terminationStatus == (signal == SIGKILL ? SIGKILL : 130))
            #expect(try await Self.picture(tool) == before)
            #expect(try await tool.run("images").status == 0)
        }
    }

    @Test func `two collections at once both end, and leave one picture`() async throws {
        let tool = try World.shared.tool
        let before = try await tool.run("images", "--format", "csv").output
        async let first = tool.run("collect", "archive", World.layout, "--name", "layout")
        async let second = tool.run("collect", "archive", World.layout, "--name", "layout")
        async let third = tool.run("collect", "archive", World.saved, "--name", "saved")
        let outcomes = try await [first, second, third]
        for outcome in outcomes { #expect(outcome.status == 0, "\(outcome.errors)") }
        #expect(try await tool.run("images", "--filter", "source=layout", "--format", "csv").output == before)
        #expect(try await tool.run("sources", "remove", "saved").status == 0)
    }

    @Test func `doctor finds what is wrong and says what to do`() async throws {
        let tool = try World.shared.tool
        let healthy = try await tool.run("doctor", "--format", "json")
        #expect(try healthy.rows().contains { $0["check"] as? String == "database" && $0["status"] as? String == "ok" })
        try tool.folder.write(
            Data(
                """
                sources:
                  - {name: away, kind: registry, url: '127.0.0.1:1'}
                  - {name: secret, kind: registry, url: '127.0.0.1:1', username: u, password: {env: LAYERSCOPE_NO_SUCH}}
                  - {name: lost, kind: archive, path: lost.tar}
                """.utf8), to: "sick.yml")
        let sick = try await tool.run("doctor", "--config", "sick.yml", "--format", "json")
        #expect(sick.status == 1)
        let problems = try sick.rows().filter { $0["status"] as? String == "problem" }
        for name in ["away", "secret", "lost"] {
            let row = problems.first { ($0["subject"] as? String) == name }
            #expect((row?["hint"] as? String)?.isEmpty == false, "\(name): \(sick.output)")
        }
    }
}

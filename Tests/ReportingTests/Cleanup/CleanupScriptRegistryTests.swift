import Figures
import Foundation
import ImageModel
import NIOHTTP1
import TestSupport
import Testing

@testable import Reporting

private let hasServers =
    DistributionRegistry.isInstalled && Program.find("skopeo") != nil && Program.find("curl") != nil

/// Scripts that are really run, on a real registry.
@Suite(.serialized, .enabled(if: hasServers, "needs docker-registry, skopeo and curl"))
struct CleanupScriptRegistryTests {
    private typealias Deletion = CleanupScript.Deletion

    /// Pushes images to `team/app`, each with its tags, and returns their digests.
    private func push(
        _ tags: [[String]], to registry: DistributionRegistry, credentials: String? = nil
    ) async throws -> [Digest] {
        var builder = ImageBuilder()
        let base = try builder.layer(named: "base", bytes: 10_000)
        let images = try tags.indices.map { try builder.image([base, builder.layer(["f": "\($0)"])]) }
        let folder = try ScratchFolder("push")
        try builder.writeLayout(
            images.enumerated().map { ($1.descriptor, .reference("i\($0)")) }, to: folder("layout"))
        let skopeo = try #require(Program.find("skopeo"))
        for (position, names) in tags.enumerated() {
            for name in names {
                try await Program.run(
                    skopeo,
                    ["copy", "--dest-tls-verify=false", "--preserve-digests", "--quiet"]
                        + (credentials.map { ["--dest-creds", $0] } ?? [])
                        + ["oci:\(folder("layout").path):i\(position)", "docker://\(registry.host)/team/app:\(name)"])
            }
        }
        return images.map(\.digest)
    }

    private func tags(in registry: DistributionRegistry) throws -> Set<String> {
        let folder = "docker/registry/v2/repositories/team/app/_manifests/tags"
        return Set(try FileManager.default.contentsOfDirectory(atPath: registry.root.appending(path: folder).path))
    }

    private func plan(_ digests: [Digest]) -> [Deletion] {
        [
            Deletion(action: .delete, repository: "team/app", digest: digests[0], tags: ["1", "2"]),
            // `prod` came to it after the plan was made.
            Deletion(action: .delete, repository: "team/app", digest: digests[1], tags: ["3"]),
            // `4` went elsewhere after the plan was made.
            Deletion(action: .delete, repository: "team/app", digest: digests[2], tags: ["4", "5"]),
            Deletion(action: .untag, repository: "team/app", digest: digests[3], tags: ["6"]),
            Deletion(action: .delete, repository: "never/seen", digest: digests[0], tags: ["1"]),
        ]
    }

    @Test(arguments: [CleanupScript.Tool.curl, .skopeo])
    func `a script deletes what it may, twice`(tool: CleanupScript.Tool) async throws {
        let registry = try await DistributionRegistry.start()
        let digests = try await push([["1", "2"], ["3", "prod"], ["5"], ["6", "7", "4"]], to: registry)
        let script = try CleanupScript.make(tool, registry: registry.url, plan(digests))
        var (text, status) = try await runScript(script)
        #expect(status == 1)
        #expect(text.contains("1 deleted, 1 gone before, 2 moved, 1 refused, 0 failed"), "\(text)")
        #expect(text.contains("the tag prod is not in the plan"))
        #expect(text.contains("the tag 4 leads to \(digests[3]) now"))
        #expect(text.contains("now run on the registry"))
        #expect(try tags(in: registry) == ["3", "prod", "4", "5", "6", "7"])

        (text, status) = try await runScript(script)
        #expect(status == 1)
        #expect(text.contains("0 deleted, 2 gone before, 2 moved, 1 refused, 0 failed"), "\(text)")

        // All that is left may go: the script says so with its status, and what is not there is no failure.
        let rest = try CleanupScript.make(
            tool, registry: registry.url,
            [
                Deletion(action: .delete, repository: "team/app", digest: digests[1], tags: ["3", "prod"]),
                Deletion(action: .delete, repository: "team/app", digest: digests[2], tags: ["5"]),
                Deletion(action: .delete, repository: "team/app", digest: digests[3], tags: ["4", "6", "7"]),
            ])
        (text, status) = try await runScript(rest)
        #expect(status == 0, "\(text)")
        #expect(try tags(in: registry).isEmpty)
        (text, status) = try await runScript(rest)
        #expect(status == 0 && text.contains("0 deleted, 3 gone before"), "\(text)")
        registry.stop()
    }

    @Test(arguments: [CleanupScript.Tool.curl, .skopeo])
    func `a registry that is not there is no success`(tool: CleanupScript.Tool) async throws {
        let (text, status) = try await runScript(
            CleanupScript.make(tool, plan([0, 1, 2, 3].map { Digest.of(Array("\($0)".utf8)) })))
        #expect(status != 0)
        #expect(!text.contains("gone:") && !text.contains("deleted:"), "\(text)")
    }

    @Test(.enabled(if: Program.find("htpasswd") != nil, "needs htpasswd"))
    func `curl takes name and password from the environment alone`() async throws {
        let password = #"p"a\ss:w'ord"#
        let folder = try ScratchFolder("htpasswd")
        let htpasswd = try #require(Program.find("htpasswd"))
        let line = try await Program.run(htpasswd, ["-Bbn", "zoe", password])
        var settings = DistributionRegistry.Settings()
        settings.htpasswd = try folder.write(line, to: "htpasswd")
        let registry = try await DistributionRegistry.start(settings)
        let digests = try await push([["1"]], to: registry, credentials: "zoe:" + password)
        let script = try CleanupScript.make(
            .curl, registry: registry.url,
            [Deletion(action: .delete, repository: "team/app", digest: digests[0], tags: ["1"])])
        #expect(!script.text.contains("zoe"))
        #expect(try await runScript(script).status == 77)
        let (text, status) = try await runScript(
            script, environment: ["REGISTRY_USER": "zoe", "REGISTRY_PASSWORD": password])
        #expect(status == 0, "\(text)")
        #expect(!text.contains("ss:w"))
        registry.stop()
    }

    @Test func `curl sends no deletion after a redirect, and leaves token registries to others`() async throws {
        let digest = Digest.of(Array("x".utf8))
        let deletions = [Deletion(action: .delete, repository: "app", digest: digest, tags: [])]
        try await ScriptedHTTPServer.run(script: { _ in ScriptedReply(202) }) { other in
            let location = other.url + "/x"
            try await ScriptedHTTPServer.run(script: { request in
                switch (request.method, request.path) {
                case ("DELETE", _): ScriptedReply(307, headers: ["location": location])
                case (_, "/v2/app/tags/list"): .json(#"{"name":"app","tags":[]}"#)
                default: ScriptedReply(200, headers: ["docker-content-digest": digest.description])
                }
            }) { server in
                let (text, status) = try await runScript(
                    CleanupScript.make(.curl, registry: server.url, deletions))
                #expect(status == 1 && text.contains("status 307"), "\(text)")
            }
            #expect(other.requests.isEmpty)
        }
        try await ScriptedHTTPServer.run(script: { _ in
            ScriptedReply(401, headers: ["www-authenticate": #"Bearer realm="https://x/token",service="x""#])
        }) { server in
            let (text, status) = try await runScript(CleanupScript.make(.curl, registry: server.url, deletions))
            #expect(status == 69 && text.contains("tokens"))
        }
    }

    @Test func `a list of tags in pages is read to its end, and one that is none keeps everything`() async throws {
        let digest = Digest.of(Array("x".utf8))
        let deletions = [Deletion(action: .delete, repository: "app", digest: digest, tags: ["a"])]
        func outcome(_ list: @escaping @Sendable (ScriptedRequest) -> ScriptedReply) async throws -> String {
            try await ScriptedHTTPServer.run(script: { request in
                if request.path == "/v2/app/tags/list" { return list(request) }
                if request.method == "DELETE" { return ScriptedReply(202) }
                return ScriptedReply(200, headers: ["docker-content-digest": digest.description])
            }) { server in
                let (text, _) = try await runScript(CleanupScript.make(.curl, registry: server.url, deletions))
                #expect(!server.lines.contains { $0.hasPrefix("DELETE") })
                return text
            }
        }
        let paged = try await outcome { request in
            request.item("last") == nil
                ? .json(
                    #"{"name":"app","tags":["a"]}"#, headers: ["link": "</v2/app/tags/list?last=a>; rel=\"next\""])
                : .json(#"{"name":"app","tags":["zz"]}"#)
        }
        #expect(paged.contains("the tag zz is not in the plan"), "\(paged)")
        #expect(try await outcome { _ in ScriptedReply(200, Data("<html>".utf8)) }.contains("no list of tags"))
        #expect(try await outcome { _ in ScriptedReply(500) }.contains("status 500"))
        #expect(
            try await outcome { _ in
                .json(#"{"tags":["a"]}"#, headers: ["link": "<http://elsewhere/x>; rel=\"next\""])
            }.contains("does not end"))
    }
}

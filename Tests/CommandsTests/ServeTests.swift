import Foundation
import ImageModel
import TestSupport
import Testing

/// `serve` beside a real registry: what the registry tells of, and what is asked of it.
@Suite(
    .serialized,
    .enabled(
        if: hasPostgres && DistributionRegistry.isInstalled && Program.find("skopeo") != nil
            && Program.find("curl") != nil, "needs PostgreSQL, docker-registry, skopeo and curl"))
struct ServeTests {
    private static let token = "0123456789abcdef0123456789"

    /// The server that the program runs.
    private final class Running {
        let process: Process
        let url: String

        init(_ tool: Tool) throws {
            let pipe = Pipe()
            process = try tool.start(["serve", "--port", "0"], errors: pipe)
            var text = ""
            while true {
                let data = pipe.fileHandleForReading.availableData
                try #require(!data.isEmpty, "serve ended: \(text)")
                text += String(decoding: data, as: UTF8.self)
                if let found = text.firstMatch(of: #/serving on (http://[0-9.:]+)/\n/#) {
                    url = String(found.1)
                    return
                }
            }
        }

        func get(_ path: String) async throws -> [String: Any] {
            let body = try await Program.run(
                "/usr/bin/curl", ["-sS", "-H", "Authorization: Bearer \(ServeTests.token)", url + path])
            return try #require(try JSONSerialization.jsonObject(with: body) as? [String: Any])
        }

        func stop() {
            process.terminate()
            process.waitUntilExit()
        }
    }

    private static func skopeo(_ arguments: String...) async throws {
        let program = try #require(Program.find("skopeo"))
        try await Program.run(program, ["copy", "--quiet"] + arguments)
    }

    @Test(.timeLimit(.minutes(2)))
    func `a registry's notifications become pull times, our own reading does not`() async throws {
        let tool = try Tool(["LAYERSCOPE_TOKEN": Self.token])
        do {
            try await compare(tool)
        } catch {
            try await tool.stop()
            throw error
        }
        try await tool.stop()
    }

    private func compare(_ tool: Tool) async throws {
        let server = try Running(tool)
        defer { server.stop() }
        var settings = DistributionRegistry.Settings()
        settings.eventsURL = server.url + "/api/v1/sources/registry/events"
        settings.eventsAuthorization = "Bearer \(Self.token)"
        let registry = try await DistributionRegistry.start(settings)
        defer { registry.stop() }
        var builder = ImageBuilder()
        let base = try builder.layer(named: "base", bytes: 9_000, instruction: "ADD base /")
        let names = ["used", "idle", "last"]
        let images = try names.map { try builder.image([base, builder.layer(["name": $0])]) }
        try builder.writeLayout(
            zip(names, images).map { ($1.descriptor, .reference($0)) }, to: tool.folder("layout"))
        func push(_ name: String) async throws {
            try await Self.skopeo(
                "--dest-tls-verify=false", "--preserve-digests", "oci:\(tool.folder("layout").path):\(name)",
                "docker://\(registry.host)/team/app:\(name)")
        }
        try await push("used")
        try await push("idle")
        let collected = try await tool.run("collect", "registry", registry.url, "--name", "registry")
        #expect(collected.status == 0 || collected.status == 2, "\(collected.errors)")
        let before = Date()
        try await Self.skopeo(
            "--src-tls-verify=false", "docker://\(registry.host)/team/app:used", "dir:\(tool.folder("pulled").path)")
        // A registry tells of everything in the order it happened: the last push ends the wait.
        try await push("last")
        let last = "/api/v1/activity?filter=digest%3D\(images[2].digest)"
        var arrived: [[String: Any]] = []
        while arrived.isEmpty { arrived = try await server.get(last)["rows"] as? [[String: Any]] ?? [] }

        let rows = try #require(try await server.get("/api/v1/activity")["rows"] as? [[String: Any]])
        func times(_ image: ImageBuilder.Image, _ column: String) -> [Date] {
            rows.filter { $0["digest"] as? String == image.digest.description }
                .compactMap { ($0[column] as? String).flatMap(Timestamp.parse) }
        }
        let pulled = times(images[0], "pulled_at")
        #expect(!pulled.isEmpty)
        // The registry's clock is this machine's.
        #expect(pulled.allSatisfy { $0 >= before.addingTimeInterval(-1) && $0 <= Date() })
        #expect(times(images[1], "pulled_at").isEmpty, "it was collected, and pushed after asking with HEAD")
        #expect(!times(images[1], "pushed_at").isEmpty)
        #expect(rows.allSatisfy { $0["source"] as? String == "registry" && $0["repository"] as? String == "team/app" })
        try await compareWhatIf(server, tool)
    }

    /// What is asked over HTTP has the same rows and totals as on the command line.
    private func compareWhatIf(_ server: Running, _ tool: Tool) async throws {
        let told = try await tool.run(
            "plan", "--source", "registry", "--what-if", "team/app:used", "--what-if", "team/app", "--format", "json")
        let answer = try await server.get("/api/v1/sources/registry/what-if?name=team/app:used&name=team%2Fapp")
        for member in ["rows", "totals"] {
            let (one, other) = (try told.json()[member] as? NSObject, answer[member] as? NSObject)
            #expect(one != nil && one == other, "\(member)")
        }
        let rows = try #require(answer["rows"] as? [[String: Any]])
        let freed = rows.map { ($0["freed_bytes"] as? NSNumber)?.int64Value ?? -1 }
        #expect(freed.count == 2 && freed[0] > 0 && freed[1] >= freed[0] + 9_000, "the base goes with the last image")
        #expect(try await server.get("/api/v1/sources/registry/what-if?name=no/such")["error"] != nil)
    }
}

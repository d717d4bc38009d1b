import Foundation
import NIOHTTP1
import Synchronization
import TestSupport
import Testing

/// A clean-up by the program as its users make it, on a real registry: plan, deletion, garbage collection, proof.
@Suite(
    .serialized,
    .enabled(
        if: hasPostgres && DistributionRegistry.isInstalled && RegistryTree.isAvailable && Program.find("curl") != nil,
        "needs PostgreSQL, docker-registry, curl, python3 and the shared tables"))
struct PlanVerifyTests {
    private func withRegistry(_ body: (Tool, DistributionRegistry) async throws -> Void) async throws {
        let tool = try Tool()
        let root = tool.folder("tree")
        _ = try await RegistryTree.make(set: "repo-info", at: "2017-06-01T00:00:00Z", repositories: 1, root: root)
        let registry = try await DistributionRegistry.start(.init(root: root))
        do {
            try await collect(tool, registry)
            try await body(tool, registry)
        } catch {
            registry.stop()
            try await tool.stop()
            throw error
        }
        registry.stop()
        try await tool.stop()
    }

    private func collect(_ tool: Tool, _ registry: DistributionRegistry) async throws {
        let run = try await tool.run("collect", "storage", registry.root.path, "--name", "hub")
        #expect(run.status == 0, "\(run.errors)")
    }

    private let apply = ["plan", "--source", "hub", "--untagged", "--apply", "--yes", "--format", "json", "--registry"]

    private func verify(_ tool: Tool) async throws -> Tool.Outcome {
        try await tool.run("plan", "verify", "--source", "hub", "--format", "json")
    }

    private func total(_ run: Tool.Outcome, _ name: String) throws -> Int? {
        (try run.json()["totals"] as? [String: Any])?[name] as? Int
    }

    @Test func `a plan is right when its bytes are gone, and only then`() async throws {
        try await withRegistry { tool, registry in
            let before = try RegistryDisk(registry.root)
            let applied = try await tool.run(apply + [registry.url])
            #expect(applied.status == 0, "\(applied.errors)")
            let predicted = try #require(try total(applied, "freed_bytes"))
            #expect(predicted > 0)

            // Nobody looked since.
            let early = try await verify(tool)
            #expect(early.status == 2 && early.errors.contains("was not collected since"), "\(early)")

            // Manifests are gone from the registry, and all their blobs are there.
            try await collect(tool, registry)
            let undone = try await verify(tool)
            #expect(undone.status == 1, "\(undone.errors)")
            #expect(try total(undone, "gone_bytes") == 0 && total(undone, "predicted_bytes") == predicted)
            let left = try undone.rows()
            #expect(try left.count == total(undone, "left_objects"))
            #expect(left.reduce(0) { $0 + ($1["bytes"] as? Int ?? 0) } == predicted)

            try await registry.garbageCollect()
            try await collect(tool, registry)
            let done = try await verify(tool)
            #expect(done.status == 0, "\(done.errors)")
            #expect(try total(done, "gone_bytes") == predicted && done.rows().isEmpty)
            let after = try RegistryDisk(registry.root)
            #expect(before.bytes - after.bytes == Int64(predicted))
            #expect(
                Set(before.blobs.keys).subtracting(after.blobs.keys) == Set(left.compactMap { $0["digest"] as? String })
            )
            #expect(after.tags == before.tags)
        }
    }

    /// Hands requests on to a registry. The answer to one of the deletions is never given.
    private final class Middleman: Sendable {
        let registry: String
        let fatal: Int
        let deletions = Mutex(0)
        let reached = AsyncStream<Void>.makeStream()

        init(_ registry: String, fatal: Int) {
            self.registry = registry
            self.fatal = fatal
        }

        func answer(_ request: ScriptedRequest) async -> ScriptedReply {
            do {
                var options = ["--silent", "--include", "--request", request.method]
                if request.method == "HEAD" { options = ["--silent", "--head"] }
                for value in request.headers["accept"] { options += ["--header", "Accept: \(value)"] }
                let output = try await Program.run(Program.find("curl") ?? "", options + [registry + request.target])
                if request.method == "DELETE",
                    deletions.withLock({
                        $0 += 1; return $0
                    }) == fatal
                {
                    reached.continuation.yield()
                    return .silence
                }
                return reply(output, isHead: request.method == "HEAD")
            } catch {
                return ScriptedReply(502)
            }
        }

        private func reply(_ output: Data, isHead: Bool) -> ScriptedReply {
            guard let end = output.firstRange(of: Data("\r\n\r\n".utf8)) else { return ScriptedReply(502) }
            let lines = String(decoding: output[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
            let status = Int(lines.first?.split(separator: " ").dropFirst().first ?? "") ?? 502
            var headers = HTTPHeaders()
            for line in lines.dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1)
                let isLength = ["content-length", "transfer-encoding"].contains(parts[0].lowercased())
                guard parts.count == 2, isHead || !isLength else { continue }
                headers.add(name: String(parts[0]), value: parts[1].trimmingCharacters(in: .whitespaces))
            }
            return ScriptedReply(status, headers: headers, Data(output[end.upperBound...]))
        }
    }

    @Test func `what was killed in the middle of a plan is finished by a second run`() async throws {
        try await withRegistry { tool, registry in
            let before = try RegistryDisk(registry.root)
            let middleman = Middleman(registry.url, fatal: 5)
            let server = try await ScriptedHTTPServer.start { await middleman.answer($0) }
            let first = try tool.start(apply + [server.url])
            let ended = AsyncStream<Void>.makeStream()
            first.terminationHandler = { _ in
                middleman.reached.continuation.finish()
                ended.continuation.finish()
            }
            // The fifth manifest is gone, and the program does not know.
            var reached = middleman.reached.stream.makeAsyncIterator()
            let isReached = await reached.next() != nil
            kill(first.processIdentifier, SIGKILL)
            for await _ in ended.stream {}
            await server.stop()
            try #require(isReached, "the program ended before its fifth deletion")
            #expect(first.terminationReason == .uncaughtSignal && first.terminationStatus == SIGKILL)
            let half = try RegistryDisk(registry.root)
            #expect(before.revisions.subtracting(half.revisions).count == 5)

            let second = try await tool.run(apply + [registry.url])
            #expect(second.status == 0, "\(second.errors)")
            #expect(second.errors.contains(" 5 were gone already, 0 moved"), "\(second.errors)")
            let predicted = try #require(try total(second, "freed_bytes"))
            try await registry.garbageCollect()
            try await collect(tool, registry)
            let done = try await verify(tool)
            #expect(done.status == 0, "\(done.errors)")
            #expect(try total(done, "gone_bytes") == predicted)
            let after = try RegistryDisk(registry.root)
            #expect(before.bytes - after.bytes == Int64(predicted) && after.tags == before.tags)
            // Both are kept; the first was never carried out to its end.
            let plans = try await tool.run("plan", "list", "--format", "json").rows()
            #expect(plans.compactMap { $0["state"] as? String } == ["applying", "verified"], "\(plans)")
        }
    }
}

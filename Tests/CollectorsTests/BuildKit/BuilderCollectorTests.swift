import BuildKitAPI
import BuildModel
import Foundation
import GRPCCore
import ImageModel
import Observations
import SwiftProtobuf
import TestSupport
import Testing

@testable import Collectors

private func collect(
    _ builder: ScriptedBuilder, limits: BuildKitLimits = BuildKitLimits()
) async throws -> (result: CollectionResult, seen: RecordingSink) {
    let sink = RecordingSink()
    let result = try await ScriptedBuilder.run(builder) { endpoint in
        try await BuilderCollector(endpoint, limits: limits).collect(
            CollectionContext(sink: sink, documents: MemoryDocumentStore()))
    }
    return (result, sink)
}

extension RecordingSink {
    fileprivate var builds: [Build] {
        observations.compactMap { if case .build(let build) = $0 { build } else { nil } }
    }
}

extension CollectionResult {
    fileprivate func aspect(_ name: String) -> AspectStatus? { aspects.first { $0.aspect == name } }
}

@Suite struct BuilderCollectorTests {
    @Test func `each cache record is told with all that the builder knows of it`() async throws {
        var full = BuildKitUsageRecord()
        full.id = "b"
        full.size = 12_345
        full.recordType = "source.local"
        full.description_p = "local source for context"
        full.inUse = true
        full.shared = true
        full.createdAt = ScriptedBuild.moment(0, nanos: 500_000_000)
        full.lastUsedAt = ScriptedBuild.moment(60)
        full.usageCount = 7
        full.parents = ["a", "c"]
        var old = BuildKitUsageRecord()
        old.id = "a"
        old.parent = "z"
        var written = BuildKitUsageRecord()
        written.id = "c"
        written.isMutable = true
        written.inUse = true
        let records = [full, old, written]
        let (result, seen) = try await collect(ScriptedBuilder(cache: { records }, version: "v0.12.5"))
        #expect(
            seen.cacheRecords == [
                CacheRecordObservation(
                    id: "a", recordType: "regular", recordDescription: "", bytes: 0, isInUse: false, isShared: false,
                    parents: ["z"]),
                CacheRecordObservation(
                    id: "b", recordType: "source.local", recordDescription: "local source for context", bytes: 12_345,
                    isInUse: true, isShared: true, createdAt: Date(timeIntervalSince1970: 1_000_000.5),
                    lastUsedAt: Date(timeIntervalSince1970: 1_000_060), usageCount: 7, parents: ["a", "c"]),
                // Being written: its size is not known, which is not zero.
                CacheRecordObservation(
                    id: "c", recordType: "regular", recordDescription: "", bytes: nil, isInUse: true, isShared: false),
            ])
        #expect(result.aspect("build cache")?.outcome == .complete)
        #expect(result.aspect("build cache")?.seen == 3)
        #expect(result.source.product == "BuildKit v0.12.5")
        #expect(result.source.kind == .builder)
    }

    @Test func `a builder without a history says so, and is no builder without builds`() async throws {
        let (result, seen) = try await collect(ScriptedBuilder(cache: { [] }))
        #expect(result.aspect("builds")?.outcome == .notAvailable)
        #expect(result.aspect("builds")?.hint.contains("collect build-log") == true)
        #expect(result.aspect("build cache")?.outcome == .complete)
        #expect(result.isComplete)
        #expect(seen.observations.isEmpty)
        #expect(result.source.product == "BuildKit")
    }

    @Test func `a build has its record's words and its progress's steps`() async throws {
        let builder = ScriptedBuilder(
            history: { request, events in
                #expect(request.earlyExit)
                try await events.write(
                    ScriptedBuild.event("one") {
                        $0.frontendAttrs = [
                            "filename": "app.Dockerfile", "target": "web",
                            "vcs:source": "https://example.org/acme/app.git", "vcs:revision": "abc123",
                        ]
                        $0.exporterResponse = [
                            "containerimage.digest": Digest.of("image".utf8).description,
                            "image.name": "acme/app:1,acme/app:latest",
                        ]
                    })
                try await events.write(
                    ScriptedBuild.event("two") {
                        $0.error.code = 2
                        $0.error.message = "process did not complete"
                    })
                try await events.write(ScriptedBuild.event("three") { $0.error.code = 1 })
                try await events.write(ScriptedBuild.event("running", .started))
            },
            progress: { _, progress in
                for message in ScriptedBuild.progress { try await progress.write(message) }
            })
        let (result, seen) = try await collect(builder)
        #expect(seen.builds.map(\.reference) == ["one", "two", "three"])
        #expect(seen.builds.map(\.result) == [.completed, .failed, .canceled])
        let build = try #require(seen.builds.first)
        #expect(build.form == .api)
        #expect(build.tool == .buildkit)
        #expect(build.dockerfile == "app.Dockerfile")
        #expect(build.target == "web")
        #expect(build.commit == "abc123")
        #expect(build.project?.hasSuffix("acme/app") == true)
        #expect(build.startedAt == Date(timeIntervalSince1970: 1_000_000))
        #expect(build.duration == 3_000_000_000)
        #expect(build.imageDigest == Digest.of("image".utf8))
        #expect(build.imageNames == ["acme/app:1", "acme/app:latest"])
        #expect(build.contentDigest == Digest.of("progress of one".utf8))
        #expect(build.vertices == 3)
        #expect(build.steps.map(\.outcome) == [.completed, .hit, .miss])
        #expect(build.hits == 1)
        #expect(build.misses == 1)
        #expect(build.steps.last?.duration == 2_000_000_000)
        #expect(seen.builds[1].error == "process did not complete")
        #expect(result.aspect("builds") == AspectStatus(aspect: "builds", outcome: .complete, seen: 3, expected: 3))
        // This one has a history and no disk usage.
        #expect(result.aspect("build cache")?.outcome == .notAvailable)
    }

    @Test func `a build that is forgotten meanwhile is not missing, one that fails is`() async throws {
        var large = BuildKitStatusResponse()
        large.vertexes = [BuildKitVertex.with { $0.name = String(repeating: "x", count: 200_000) }]
        let (oversized, nameless) = (large, BuildKitStatusResponse.with { $0.vertexes = [BuildKitVertex()] })
        let builder = ScriptedBuilder(
            cache: { [] },
            history: { _, events in
                for name in ["whole", "forgotten", "oversized", "nameless", "broken"] {
                    try await events.write(ScriptedBuild.event(name))
                }
            },
            progress: { reference, progress in
                switch reference {
                case "forgotten": throw RPCError(code: .notFound, message: "no such build")
                case "broken": throw RPCError(code: .unknown, message: "blob is gone")
                case "oversized": try await progress.write(oversized)
                case "nameless": try await progress.write(nameless)
                default: for message in ScriptedBuild.progress { try await progress.write(message) }
                }
            })
        var limits = BuildKitLimits()
        limits.messageBytes = 10_000
        let (result, seen) = try await collect(builder, limits: limits)
        #expect(seen.builds.map(\.reference) == ["whole"])
        let aspect = try #require(result.aspect("builds"))
        #expect(aspect.outcome == .incomplete)
        #expect(aspect.seen == 1)
        #expect(aspect.expected == 4)
        let words = aspect.detail.split(separator: "; ")
        #expect(words.count == 3)
        // In a stream the transport says it in words only.
        #expect(words.first?.hasPrefix("oversized: Status failed") == true, "\(words)")
        #expect(words.last?.hasSuffix(": \"blob is gone\"") == true, "\(words)")
        #expect(!result.isComplete)
    }

    @Test func `a larger list than is read makes the cache fail, and the builds are read`() async throws {
        var limits = BuildKitLimits()
        limits.listBytes = 1_000
        let record = BuildKitUsageRecord.with { $0.description_p = String(repeating: "x", count: 2_000) }
        let (result, seen) = try await collect(
            ScriptedBuilder(cache: { [record] }, history: { _, _ in }), limits: limits)
        #expect(result.aspect("build cache")?.outcome == .failed)
        #expect(result.aspect("builds")?.outcome == .complete)
        #expect(seen.cacheRecords.isEmpty)
    }

    @Test func `a connection that breaks in a build's progress fails the collection, and nothing half is told`()
        async throws
    {
        let builder = ScriptedBuilder(
            cache: { [] }, history: { _, events in try await events.write(ScriptedBuild.event("one")) },
            progress: { _, progress in
                try await progress.write(ScriptedBuild.progress[0])
                throw RPCError(code: .unavailable, message: "transport is closing")
            })
        let sink = RecordingSink()
        let error = await #expect(throws: EngineError.self) {
            try await ScriptedBuilder.run(builder) { endpoint in
                try await BuilderCollector(endpoint).collect(
                    CollectionContext(sink: sink, documents: MemoryDocumentStore()))
            }
        }
        #expect(error?.reason == .cut)
        #expect(sink.builds.isEmpty)
    }

    @Test func `a builder that hangs is given up after the time it has`() async throws {
        var limits = BuildKitLimits()
        limits.diskUsage = .milliseconds(100)
        let (result, _) = try await collect(
            ScriptedBuilder(
                cache: {
                    try await ScriptedBuilder.hang()
                    return []
                }, history: { _, _ in }), limits: limits)
        let aspect = try #require(result.aspect("build cache"))
        #expect(aspect.outcome == .failed)
        #expect(aspect.detail.contains("took too long"))
    }

    @Test func `cancelling ends a collection under way`() async throws {
        let (asked, ask) = AsyncStream<Void>.makeStream()
        let builder = ScriptedBuilder(cache: {
            ask.yield()
            try await ScriptedBuilder.hang()
            return []
        })
        try await ScriptedBuilder.run(builder) { endpoint in
            let collecting = Task {
                try await BuilderCollector(endpoint).collect(
                    CollectionContext(sink: RecordingSink(), documents: MemoryDocumentStore()))
            }
            for await _ in asked { break }
            collecting.cancel()
            await #expect(throws: CancellationError.self) { try await collecting.value }
        }
    }
}

import Analysis
import Collectors
import Figures
import Foundation
import Observations
import TestSupport
import Testing

@testable import Commands

/// What a prune of a real engine's build cache removes and frees, foretold from its disk usage.
@Suite(.serialized, .enabled(if: DockerEngine.isAvailable, "needs root, dockerd, containerd and docker"))
struct PruneEngineTests {
    private static func records(_ engine: DockerEngine) async throws -> [CacheRecord] {
        let sink = RecordingSink()
        _ = try await EngineCollector(engine.endpoint).collect(
            CollectionContext(sink: sink, documents: MemoryDocumentStore()))
        return sink.observations.compactMap { observation in
            guard case .cacheRecord(let record) = observation else { return nil }
            return CacheRecord(
                id: record.id, type: record.recordType, description: record.recordDescription, bytes: record.bytes,
                isInUse: record.isInUse, isShared: record.isShared, createdAt: record.createdAt,
                lastUsedAt: record.lastUsedAt, usageCount: record.usageCount, parents: record.parents)
        }
    }

    /// Several builds: an image that is kept, stages that share, and results that no image holds.
    private static func fill(_ engine: DockerEngine, round: Int) async throws {
        func bytes(_ count: Int) -> Data { Data("\(round) ".utf8) + Data(repeating: UInt8(ascii: "x"), count: count) }
        let files = ["a": bytes(3000), "b": bytes(5000)]
        let stages = """
            FROM scratch AS one
            COPY a /a
            FROM one AS two
            COPY b /b
            FROM scratch AS three
            COPY b /c
            COPY --from=two /b /d
            """
        try await engine.build("keep", stages, files: files, buildKit: true, options: ["--target", "two"])
        try await engine.build(nil, stages, files: files, buildKit: true)
        try await engine.build(nil, "FROM scratch\nCOPY a /z\nCOPY b /y\n", files: files, buildKit: true)
        try await engine.build(nil, stages, files: files, buildKit: true, options: ["--target", "three"])
        try await engine.docker(["image", "prune", "--force"])
    }

    private static let cases: [(rules: [String], flags: [String])] = [
        ([], []), (["--prune-filter", "type=regular"], ["--filter", "type=regular"]),
        (["--prune-filter", "type=source.local"], ["--filter", "type=source.local"]),
        (["--prune-filter", "until=1h"], ["--filter", "until=1h"]),
        (["--keep-storage", "12000"], ["--keep-storage", "12000"]),
        (["--keep-storage", "20000"], ["--keep-storage", "20000"]),
        (["--all", "--prune-filter", "type=source.local"], ["--all", "--filter", "type=source.local"]),
        (["--all", "--keep-storage", "9000"], ["--all", "--keep-storage", "9000"]),
        (["--all"], ["--all"]),
    ]

    @Test func `a prune removes the records, and frees the bytes, that were foretold`() async throws {
        try await DockerEngine.run { engine in
            var (removedSome, keptSome, certain) = (0, 0, 0)
            for (round, (arguments, flags)) in Self.cases.enumerated() {
                try await Self.fill(engine, round: round)
                let before = try await Self.records(engine)
                let command = try #require(
                    try CommandLineTool.parse(["cache", "--prune"] + arguments) as? CacheCommand)
                let foretold = prune(before, try command.rules(), now: Date())
                let output = try await engine.docker(["builder", "prune", "--force"] + flags)
                let after = try await Self.records(engine)
                let gone = Set(before.map(\.id)).subtracting(after.map(\.id))
                let said = Set(output.split(separator: "\n").map(String.init)).intersection(before.map(\.id))
                #expect(said == gone, "\(flags): \(output)")
                removedSome += gone.isEmpty ? 0 : 1
                keptSome += gone.count < before.count ? 1 : 0
                // Of records that rank the same the engine takes any.
                guard foretold.isCertain else { continue }
                certain += 1
                #expect(Set(foretold.removed) == gone, "\(flags): \(before) \(foretold) \(output)")
                let freed = before.filter { gone.contains($0.id) && !$0.isShared }.reduce(0) { $0 + ($1.bytes ?? 0) }
                #expect(foretold.freedBytes == freed, "\(flags)")
                #expect(
                    foretold.reportedBytes
                        == before.reduce(0) { $0 + ($1.bytes ?? 0) } - after.reduce(0) { $0 + ($1.bytes ?? 0) },
                    "\(flags)")
                let reclaimed = output.split(separator: " ").last.flatMap { FilterValue.bytes(String($0)) } ?? -1
                // Docker prints four digits.
                #expect(abs(Double(reclaimed - foretold.reportedBytes)) <= Double(foretold.reportedBytes) / 1000)
            }
            #expect(removedSome >= 7 && keptSome >= 6 && certain >= 6, "\(removedSome) \(keptSome) \(certain)")
        }
    }
}

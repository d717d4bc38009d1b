import BuildModel
import Foundation
import ImageModel
import Observations
import Synchronization
import TestSupport
import Testing

/// What every collector must keep to, whatever it collects from. Each collector's tests call ``check()`` on sources
/// of theirs; the rules are those that the database and the figures rely on.
struct CollectorConformance: Sendable {
    /// Makes a collector for one and the same, unchanging source.
    var makeCollector: @Sendable () async throws -> any SourceCollector
    /// Whether the source can be read to the end.
    var isComplete = true
    /// Whether an index may lack children although the collection is complete (an archive that holds one platform).
    var allowsMissingChildren = false
    /// Texts that must not show up anywhere: passwords, tokens.
    var secrets: [String] = []
    /// How long a collector may take to end once it was cancelled.
    var patience = Duration.seconds(10)

    init(
        isComplete: Bool = true, allowsMissingChildren: Bool = false, secrets: [String] = [],
        _ makeCollector: @escaping @Sendable () async throws -> any SourceCollector
    ) {
        self.makeCollector = makeCollector
        self.isComplete = isComplete
        self.allowsMissingChildren = allowsMissingChildren
        self.secrets = secrets
    }

    /// Runs every rule; returns what the first run saw.
    @discardableResult
    func check() async throws -> (seen: RecordingSink, result: CollectionResult) {
        let documents = MemoryDocumentStore()
        let first = RecordingSink()
        let collector = try await makeCollector()
        let result = try await collector.collect(.test(first, documents: documents))
        #expect(!first.observations.isEmpty, "the collector saw nothing, so the rules say nothing")
        #expect(result.source.name == collector.sourceName)
        checkCoherence(of: first)
        checkObjects(of: first)
        checkOrder(of: first, documents: documents.kept)
        checkStatuses(result, first)
        checkSecrets(result, first)
        try await checkSecondRun(first, result)
        try await checkFailingSink(count: first.observations.count)
        try await checkCancellation()
        return (first, result)
    }

    private func checkSecondRun(_ first: RecordingSink, _ result: CollectionResult) async throws {
        let second = RecordingSink()
        let again = try await makeCollector().collect(.test(second))
        #expect(again == result, "two runs over one source end alike")
        var rest: [String: [Observation]] = [:]
        for observation in second.observations { rest[key(of: observation), default: []].append(observation) }
        for observation in first.observations {
            let position = rest[key(of: observation)]?.firstIndex(of: observation)
            guard let position else {
                Issue.record("seen in the first run only: \(observation)")
                continue
            }
            rest[key(of: observation)]?.remove(at: position)
        }
        for observation in rest.values.joined() { Issue.record("seen in the second run only: \(observation)") }
    }

    private func key(of observation: Observation) -> String {
        switch observation {
        case .repository(let value): "repository \(value.name)"
        case .item(let value): "item \(value.digest)"
        case .holding(let value): "holding \(value.item)"
        case .reference(let value): "reference \(value.name)"
        case .container(let value): "container \(value.id)"
        case .cacheRecord(let value): "record \(value.id)"
        case .reportedFigure(let value): "figure \(value.name)"
        case .damagedObject(let value): "damaged object \(value.store) \(value.key)"
        case .orphanBlob(let value): "orphan \(value.store) \(value.digest)"
        case .upload(let value): "upload \(value.repository) \(value.id)"
        case .storageFinding(let value): "finding \(value.kind.rawValue) \(value.path)"
        case .tagTarget(let value): "target \(value.repository):\(value.tag) \(value.digest)"
        case .activity(let value): "activity \(value.repository):\(value.tag) \(value.digest)"
        case .build(let value): "build \(value.contentDigest)"
        }
    }

    /// A sink that fails stops the collector, with the sink's own error.
    private func checkFailingSink(count: Int) async throws {
        for limit in Set([0, count / 2, count - 1]) {
            let collector = try await makeCollector()
            await #expect(throws: RecordingSink.Failure.self, "sink full after \(limit)") {
                _ = try await collector.collect(.test(RecordingSink(failingAfter: limit)))
            }
        }
    }

    /// A collector that is cancelled ends with `CancellationError`, soon: before it starts, and after a first record.
    private func checkCancellation() async throws {
        let collector = try await makeCollector()
        let idle = Task {
            try? await Task.sleep(for: .seconds(60))
            return try await collector.collect(.test(RecordingSink()))
        }
        idle.cancel()
        await #expect(throws: CancellationError.self, "cancelled before the start") { try await idle.value }

        let (starts, began) = AsyncStream<Void>.makeStream()
        let sink = RecordingSink { _ in
            began.yield()
            // Returns normally once cancelled: the collector itself has to look.
            try? await Task.sleep(for: .seconds(30))
        }
        let second = try await makeCollector()
        let running = Task {
            defer { began.finish() }
            return try await second.collect(.test(sink))
        }
        for await _ in starts { break }
        let clock = ContinuousClock()
        let start = clock.now
        running.cancel()
        await #expect(throws: CancellationError.self, "cancelled while it ran") { try await running.value }
        #expect(clock.now - start < patience, "cancellation ends a collector promptly")
    }
}

import Collectors
import Foundation
import ImageModel
import Observations
import Synchronization
import TestSupport

/// Waits that take no time, written down.
final class RecordedWaits: Sendable {
    private let waits = Mutex<[Duration]>([])
    var all: [Duration] { waits.withLock { $0 } }

    /// A policy that never waits; `random` is always the given part.
    func policy(random: Double = 1) -> RetryPolicy {
        RetryPolicy(sleep: { wait in self.waits.withLock { $0.append(wait) } }, random: { random })
    }
}

extension RetryPolicy {
    /// Tries again at once.
    static let impatient = RetryPolicy(sleep: { _ in await Task.yield() })
}

extension DockerConfiguration {
    /// One that says nothing.
    static let none = DockerConfiguration(environment: [:])
}

/// A collector without credentials of the machine it runs on, for a registry on the loopback.
func registryCollector(
    _ host: String, retry: RetryPolicy = .impatient, configuration: DockerConfiguration = .none,
    _ change: (inout RegistryOptions) -> Void = { _ in }
) throws -> RegistryCollector {
    var options = RegistryOptions(registry: host)
    options.name = "registry"
    options.requestTimeout = .seconds(10)
    change(&options)
    return try RegistryCollector(options, configuration: configuration, retry: retry)
}

/// What one collection brought.
struct Collected {
    var seen = RecordingSink()
    var result: CollectionResult
    var statistics: HTTPStatistics

    func status(_ aspect: String) -> AspectStatus {
        result.aspects.first { $0.aspect == aspect } ?? AspectStatus(aspect: aspect, outcome: .failed)
    }
    func isComplete(_ repository: String) -> Bool? {
        seen.repositories.first { $0.name == repository }?.isComplete
    }
    /// `repository:tag` of all tags.
    var tags: [String] {
        seen.references.filter { $0.kind == .tag }.map { "\($0.repository):\($0.name)" }.sorted()
    }
}

/// Collects from a scripted registry.
func collect(
    _ registry: ScriptedRegistry, documents: MemoryDocumentStore = MemoryDocumentStore(),
    retry: RetryPolicy = .impatient, configuration: DockerConfiguration = .none,
    change: @Sendable (inout RegistryOptions) -> Void = { _ in },
    check: (ScriptedHTTPServer, Collected) throws -> Void = { _, _ in }
) async throws -> Collected {
    try await ScriptedHTTPServer.run(script: registry.script) { server in
        let collector = try registryCollector(server.host, retry: retry, configuration: configuration, change)
        let sink = RecordingSink()
        let result = try await collector.collect(.test(sink, documents: documents))
        let collected = Collected(seen: sink, result: result, statistics: collector.statistics)
        try check(server, collected)
        return collected
    }
}

/// Counts by brute force what a collection saw, for comparison with figures that others counted.
struct BruteForce {
    private let items: [Digest: ItemObservation]
    private let holdings: [String: Set<Digest>]

    init(_ sink: RecordingSink) {
        items = Dictionary(sink.items.map { ($0.digest, $0) }) { $1 }
        holdings = Dictionary(sink.holdings.map { ($0.repository, [$0.item]) }) { $0.union($1) }
    }

    private func objects(of digest: Digest) -> [Digest: Int64] {
        guard let item = items[digest] else { return [:] }
        var objects: [Digest: Int64] = [:]
        for object in item.objects where object.kind != .foreignLayer { objects[object.key] = object.bytes ?? 0 }
        for child in item.children where child.isPresent { objects.merge(self.objects(of: child.digest)) { $1 } }
        return objects
    }

    private func reach(_ repositories: some Sequence<String>) -> [Digest: Int64] {
        var reach: [Digest: Int64] = [:]
        for repository in repositories {
            for item in holdings[repository] ?? [] { reach.merge(objects(of: item)) { $1 } }
        }
        return reach
    }

    var images: Int { items.values.count { $0.kind == .image } }
    var indexes: Int { items.values.count { $0.kind == .index } }
    var objectCount: Int { reach(holdings.keys).count }
    var storedBytes: Int64 { reach(holdings.keys).values.reduce(0, +) }
    var apparentBytesOfImages: Int64 {
        items.values.filter { $0.kind == .image }.reduce(0) { $0 + objects(of: $1.digest).values.reduce(0, +) }
    }
    func storedBytes(of repository: String) -> Int64 { reach([repository]).values.reduce(0, +) }
    func exclusiveBytes(of repository: String) -> Int64 {
        let others = reach(holdings.keys.filter { $0 != repository })
        return reach([repository]).filter { others[$0.key] == nil }.values.reduce(0, +)
    }
}

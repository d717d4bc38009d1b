import Collectors
import Foundation
import ImageModel
import Observations
import Synchronization

/// Asks sources whether they can be collected, without collecting them.
enum SourceProbe {
    /// The longest that one source is waited for.
    private static let patience: Duration = .seconds(20)

    /// One finding for each source of the configuration, and one for each engine that could be here.
    static func findings(_ configuration: Configuration) async throws -> [Finding] {
        var known: Set<String> = []
        var findings: [Finding] = []
        for source in configuration.sources {
            try Task.checkCancellation()
            findings.append(await finding(of: source, known: &known))
        }
        return findings + (await engines(besides: known))
    }

    private static func finding(of source: SourceConfiguration, known: inout Set<String>) async -> Finding {
        do {
            switch source.place {
            case .engine(let settings):
                let endpoint = try EngineEndpoint.resolve(
                    host: settings.host, context: settings.context, certificatePath: settings.certificatePath)
                known.insert(endpoint.location)
                return Finding("source", source.name, .ok, try await endpoint.probe().product)
            case .storage:
                for job in try CollectJob.jobs(of: source) { try await reach(job.collector) }
                return Finding("source", source.name, .ok, "the storage folder can be read")
            case .registry:
                for job in try CollectJob.jobs(of: source) { try await reach(job.collector) }
                return Finding("source", source.name, .ok, "the registry answers and lets us read")
            case .archive(let settings):
                let jobs = try CollectJob.jobs(of: source)
                guard jobs.count != 1 || FileManager.default.isReadableFile(atPath: settings.path) else {
                    return Finding(
                        "source", source.name, .problem, "\(settings.path) cannot be read",
                        hint: "check that it exists and who may read it")
                }
                return Finding("source", source.name, .ok, jobs.count == 1 ? "1 archive" : "\(jobs.count) archives")
            }
        } catch {
            return Finding(
                "source", source.name, problem: error, hint: "check its entry in layerscope.yml, and that it runs")
        }
    }

    private static func engines(besides known: Set<String>) async -> [Finding] {
        let candidates: [EngineEndpoint]
        do { candidates = try EngineEndpoint.candidates() } catch {
            return [Finding("engine", "environment", problem: error, hint: "check DOCKER_HOST and DOCKER_CONTEXT")]
        }
        var findings: [Finding] = []
        for endpoint in candidates where !known.contains(endpoint.location) {
            do {
                findings.append(Finding("engine", endpoint.location, .ok, try await endpoint.probe().product))
            } catch {
                // Nobody asked for this one: it is worth knowing, no more.
                var finding = Finding("engine", endpoint.location, problem: error, hint: "start it, if it is meant")
                finding.status = .warning
                findings.append(finding)
            }
        }
        return findings
    }

    /// Collects until the first thing is seen. Throws what keeps the source from being collected.
    private static func reach(_ collector: any SourceCollector) async throws {
        let first = FirstSight()
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    let result = try await collector.collect(
                        CollectionContext(sink: first, documents: NoDocuments()))
                    try demandAnything(of: result)
                }
                group.addTask {
                    try await Task.sleep(for: patience)
                    throw CommandFailure(
                        .unavailable, "nothing was seen within \(patience.components.seconds) seconds; try `collect`")
                }
                defer { group.cancelAll() }
                try await group.next()
            }
        } catch {
            guard first.isReached else { throw error }
        }
    }

    /// A source of which no aspect could be read is not reached, though it answered.
    private static func demandAnything(of result: CollectionResult) throws {
        let failed = result.aspects.filter { $0.outcome == .failed }
        guard let first = failed.first, !result.aspects.contains(where: { $0.outcome == .complete }) else { return }
        let message = first.hint.isEmpty ? first.detail : "\(first.detail); \(first.hint)"
        throw CommandFailure(.unavailable, message)
    }
}

/// Ends a collection at the first thing that is seen.
private final class FirstSight: ObservationSink {
    private struct Seen: Error {}
    private let reached = Mutex(false)

    var isReached: Bool { reached.withLock { $0 } }

    func record(_ observations: [Observation]) async throws {
        guard !observations.isEmpty else { return }
        reached.withLock { $0 = true }
        throw Seen()
    }
}

/// Keeps nothing.
private struct NoDocuments: DocumentStore {
    func documents(_ digests: [Digest]) async throws -> [Digest: StoredDocument] { [:] }
    func keep(_ documents: [StoredDocument]) async throws {}
}

import Collectors
import Foundation
import ImageModel

extension CollectJob {
    /// The jobs of a source of the configuration: several for a pattern of archives. Throws what keeps the source from
    /// being collected.
    static func jobs(of source: SourceConfiguration) throws -> [CollectJob] {
        switch source.place {
        case .engine(let settings): return [try CollectJob(name: source.name, engine: settings)]
        case .registry(let settings): return [try CollectJob(name: source.name, registry: settings)]
        case .storage(let settings): return [CollectJob(name: source.name, storage: settings.path)]
        case .archive(let settings):
            guard settings.path.contains(where: { "*?[".contains($0) }),
                !FileManager.default.fileExists(atPath: settings.path)
            else { return [CollectJob(name: source.name, archive: settings.path)] }
            let paths = try filesMatching(settings.path)
            guard !paths.isEmpty else {
                throw CommandFailure(.unavailable, "no archive matches \(quoted(settings.path))")
            }
            return paths.map {
                CollectJob(name: "\(source.name)/\(URL(filePath: $0).lastPathComponent)", archive: $0)
            }
        }
    }

    /// Paths that match a pattern, in order (glob(3)).
    private static func filesMatching(_ pattern: String) throws -> [String] {
        var found = glob_t()
        defer { globfree(&found) }
        switch glob(pattern, GLOB_ERR, nil, &found) {
        case 0: break
        case GLOB_NOMATCH: return []
        default: throw CommandFailure(.unavailable, "the folder of \(quoted(pattern)) cannot be read")
        }
        return (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }
    }
}

extension CollectPlan {
    /// Every source of the configuration, and the engines on this machine when asked for. Throws ``CommandFailure``
    /// (usage) when there is none.
    static func all(_ configuration: Configuration, only: [String], discover: Bool) async throws -> CollectPlan {
        var plan = CollectPlan()
        for name in only where !configuration.sources.contains(where: { $0.name == name }) {
            throw CommandFailure(.usage, "layerscope.yml has no source \(quoted(name))")
        }
        for source in configuration.sources where only.isEmpty || only.contains(source.name) {
            do {
                plan.jobs += try CollectJob.jobs(of: source)
            } catch {
                // Told with the others at the end: one source that fails does not stop them.
                plan.failures.append(.init(source: source.name, error: error))
            }
        }
        if discover { try await plan.addEngines(besides: configuration) }
        guard !plan.jobs.isEmpty || !plan.failures.isEmpty else {
            throw CommandFailure(
                discover ? .unavailable : .usage,
                discover
                    ? "no engine was found on this machine, and no layerscope.yml with sources"
                    : "there is no layerscope.yml with sources; write one, or add --discover (docs/configuration.md)")
        }
        return plan
    }

    private mutating func addEngines(besides configuration: Configuration) async throws {
        var known: Set<String> = []
        for case .engine(let settings) in configuration.sources.map(\.place) {
            let endpoint = try? EngineEndpoint.resolve(
                host: settings.host, context: settings.context, certificatePath: settings.certificatePath)
            // One that does not resolve is among the failures already.
            if let endpoint { known.insert(endpoint.location) }
        }
        for endpoint in try await EngineEndpoint.discover() where !known.contains(endpoint.location) {
            let job = CollectJob(name: nil, endpoint: endpoint)
            let taken = Set(jobs.map(\.name))
            jobs.append(taken.contains(job.name) ? CollectJob(name: endpoint.location, endpoint: endpoint) : job)
        }
    }
}

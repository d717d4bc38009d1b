import BuildModel
import Collectors
import Database
import Foundation
import Observations
import Synchronization

/// Collects a builder, then each of its builds as it ends, until the task is cancelled.
struct BuildFollowRun {
    let collector: BuilderCollector
    let options: CollectOptions

    /// Ends without an error when it is stopped: every build that ended before is in the database.
    func run() async throws {
        let known = try await collectNow()
        let follower = BuilderFollower(collector.builder, limits: collector.limits, known: known) { error in
            StandardError.line("warning: \(CommandFailure(describing: error).message)")
        }
        StandardError.line("following \(collector.builder.location)")
        let configuration = try options.database.configuration.load()
        let database = try await options.database.open(configuration)
        do {
            for try await build in follower {
                let job = CollectJob(.builder, FollowedBuild(build: build, collector: collector))
                switch await job.run(into: database, owners: configuration.owners, progress: { _ in }).result {
                case .applied:
                    StandardError.line("\(collector.sourceName): \(build.reference ?? "a build"): \(build.result)")
                case .failed(let error):
                    if Task.isCancelled { break }
                    throw error
                }
            }
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }

    /// Collects all that there is, and returns the references of the builds. What is incomplete is told and is no
    /// reason not to follow.
    private func collectNow() async throws -> Set<String> {
        let known = Mutex<Set<String>>([])
        var collector = collector
        collector.onBuild = { reference in known.withLock { _ = $0.insert(reference) } }
        do {
            let job = CollectJob(builder: collector)
            try await CollectRun(options).run { _ in CollectPlan(jobs: [job]) }
        } catch let failure as CommandFailure where failure.status == .incomplete {
            StandardError.line("warning: \(collector.sourceName): collected in part; going on")
        }
        return known.withLock { $0 }
    }
}

/// One build that was followed, as a collection of its own: nothing else was looked at, so nothing else changes.
private struct FollowedBuild: SourceCollector {
    let build: Build
    let collector: BuilderCollector

    var sourceName: String { collector.sourceName }

    func collect(_ context: CollectionContext) async throws -> CollectionResult {
        try await context.sink.record([.build(build)])
        return CollectionResult(
            source: collector.source,
            aspects: [AspectStatus(aspect: BuilderCollector.builds, outcome: .complete, seen: 1)])
    }
}

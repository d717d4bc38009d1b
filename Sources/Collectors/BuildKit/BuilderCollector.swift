import BuildKitAPI
import BuildLog
import BuildModel
package import Observations
import SwiftProtobuf

/// Reads one builder by BuildKit's API: the records of its cache, and the builds that its history knows.
package struct BuilderCollector: SourceCollector {
    package let sourceName: String
    package let builder: BuilderEndpoint
    package var limits: BuildKitLimits
    /// Told BuildKit's reference of each build that was handed over.
    package var onBuild: @Sendable (String) -> Void = { _ in }

    /// The aspect of the builds that the history knows.
    package static let builds = "builds"

    package init(_ builder: BuilderEndpoint, name: String = "builds", limits: BuildKitLimits = BuildKitLimits()) {
        self.builder = builder
        self.sourceName = name
        self.limits = limits
    }

    /// Reads the builder to the end. Throws ``EngineError`` when it cannot be reached, the sink's own error, or
    /// `CancellationError`.
    package func collect(_ context: CollectionContext) async throws -> CollectionResult {
        context.progress(CollectionProgress(activity: "reaching \(builder.location)", done: 0))
        let aspects = try await BuildKitClient.with(builder, limits: limits) { client in
            let version = try await client.version()
            let cache = try await readCache(client, context)
            return (version, [cache, try await readBuilds(client, context)])
        }
        try Task.checkCancellation()
        return CollectionResult(source: source(version: aspects.0), aspects: aspects.1)
    }

    /// The builder as a source, without what it tells of itself.
    package var source: SourceDescription {
        SourceDescription(name: sourceName, kind: .builder, location: builder.location, bytesAre: .unpacked)
    }

    private func source(version: String?) -> SourceDescription {
        var source = source
        source.product = ["BuildKit", version ?? "", builder.way == .engine ? "in Docker" : ""]
            .filter { !$0.isEmpty }.joined(separator: " ")
        return source
    }

    private func readCache(_ client: BuildKitClient, _ context: CollectionContext) async throws -> AspectStatus {
        context.progress(CollectionProgress(activity: "reading cache records", done: 0))
        let records: [BuildKitUsageRecord]
        do {
            records = try await client.diskUsage()
        } catch let error as EngineError where !error.isOfConnection {
            return AspectStatus(
                aspect: Aspect.buildCache, outcome: error.reason == .version ? .notAvailable : .failed,
                detail: error.detail, hint: error.hint)
        }
        let observations = records.sorted { $0.id < $1.id }.map { Observation.cacheRecord($0.observation) }
        try await record(observations, context)
        return AspectStatus(
            aspect: Aspect.buildCache, outcome: .complete, seen: records.count, expected: records.count)
    }

    private func readBuilds(_ client: BuildKitClient, _ context: CollectionContext) async throws -> AspectStatus {
        context.progress(CollectionProgress(activity: "reading builds", done: 0))
        let records: [BuildKitBuildHistoryRecord]
        do {
            records = try await client.history().filter { $0.type == .complete }.map(\.record)
        } catch let error as EngineError where error.reason == .version {
            return AspectStatus(
                aspect: Self.builds, outcome: .notAvailable, detail: "this builder keeps no history of its builds",
                hint: "BuildKit 0.11 and later do; of others, read the logs: collect build-log")
        } catch let error as EngineError where !error.isOfConnection {
            return AspectStatus(aspect: Self.builds, outcome: .failed, detail: error.detail, hint: error.hint)
        }
        var failures: [String] = []
        var gone = 0
        for (number, record) in records.enumerated() {
            context.progress(CollectionProgress(activity: "reading builds", done: number, total: records.count))
            do {
                try await self.record(try await client.build(record).map(Observation.build), context)
                onBuild(record.ref)
            } catch let error as EngineError where error.isNotFound {
                // The builder forgot it since it told of it: nothing that could have been had is missing.
                gone += 1
            } catch let error as EngineError where !error.isOfConnection {
                failures.append("\(record.ref): \(error.detail)")
            } catch let error as SolveError {
                failures.append("\(record.ref): \(error)")
            }
        }
        let (seen, expected) = (records.count - gone - failures.count, records.count - gone)
        return failures.isEmpty
            ? AspectStatus(aspect: Self.builds, outcome: .complete, seen: seen, expected: expected)
            : AspectStatus(
                aspect: Self.builds, outcome: .incomplete, seen: seen, expected: expected,
                detail: failures.prefix(3).joined(separator: "; "), hint: "see the builder's own log")
    }

    /// Hands observations over, some at a time.
    private func record(_ observations: [Observation], _ context: CollectionContext) async throws {
        var rest = observations[...]
        while !rest.isEmpty {
            try Task.checkCancellation()
            try await context.sink.record(Array(rest.prefix(500)))
            rest = rest.dropFirst(500)
        }
    }
}

extension EngineError {
    /// Whether nothing more can be had over this connection, or by this user.
    var isOfConnection: Bool {
        switch reason {
        case .configuration, .unreachable, .cut, .notAnEngine, .program: true
        default: false
        }
    }
}

extension BuildKitUsageRecord {
    /// The record as an observation.
    var observation: CacheRecordObservation {
        CacheRecordObservation(
            id: id, recordType: recordType.isEmpty ? "regular" : recordType, recordDescription: description_p,
            // A mutable record in use says 0, which is not what it takes.
            bytes: isMutable && inUse && size == 0 || size < 0 ? nil : size, isInUse: inUse, isShared: shared,
            createdAt: hasCreatedAt ? SolveTime(seconds: createdAt.seconds, nanos: createdAt.nanos).date : nil,
            lastUsedAt: hasLastUsedAt ? SolveTime(seconds: lastUsedAt.seconds, nanos: lastUsedAt.nanos).date : nil,
            usageCount: usageCount, parents: parents.isEmpty && !parent.isEmpty ? [parent] : parents)
    }
}

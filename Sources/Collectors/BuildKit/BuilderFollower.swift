import BuildKitAPI
import BuildLog
package import BuildModel
import Synchronization

/// The builds of one builder as they end: first those that its history has, then each new one. A lost connection is
/// made again, with longer and longer pauses, and what ended meanwhile comes then, since a builder begins with all it
/// knows. Each build comes once.
package struct BuilderFollower: AsyncSequence, Sendable {
    package typealias Element = Build
    package typealias Failure = any Error

    package let builder: BuilderEndpoint
    package var limits: BuildKitLimits
    /// References of builds that are not wanted any more.
    package var known: Set<String>
    /// Told of each lost connection, and of each build that cannot be read.
    package var onTrouble: @Sendable (any Error) -> Void

    package init(
        _ builder: BuilderEndpoint, limits: BuildKitLimits = BuildKitLimits(), known: Set<String> = [],
        onTrouble: @escaping @Sendable (any Error) -> Void = { _ in }
    ) {
        self.builder = builder
        self.limits = limits
        self.known = known
        self.onTrouble = onTrouble
    }

    /// Begins to follow, and ends with the iterator, or its task. Throws ``EngineError`` when the builder cannot be
    /// reached at first, or keeps no history.
    package func makeAsyncIterator() -> AsyncThrowingStream<Build, any Error>.Iterator {
        // A build takes seconds or more, and its value some kilobytes: what nobody takes yet may wait.
        let (stream, builds) = AsyncThrowingStream.makeStream(of: Build.self)
        let following = Task {
            do {
                try await follow { builds.yield($0) }
                builds.finish()
            } catch {
                builds.finish(throwing: error)
            }
        }
        builds.onTermination = { _ in following.cancel() }
        return stream.makeAsyncIterator()
    }

    private func follow(_ take: @escaping @Sendable (Build) -> Void) async throws {
        let seen = Mutex(known)
        let hasAnswered = Mutex(false)
        var pause = limits.firstPause
        while true {
            let before = seen.withLock { $0.count }
            do {
                try await BuildKitClient.with(builder, limits: limits) { client in
                    // Answered, so that a builder that is down for a while later is waited for.
                    _ = try await client.version()
                    hasAnswered.withLock { $0 = true }
                    try await client.listen { event in
                        let reference = event.record.ref
                        switch event.type {
                        case .complete:
                            // One that was seen comes again when it is pinned or its trace is there.
                            guard !seen.withLock({ $0.contains(reference) }) else { return }
                            for build in try await read(event.record, client) { take(build) }
                            seen.withLock { _ = $0.insert(reference) }
                        case .deleted: seen.withLock { _ = $0.remove(reference) }
                        case .started, .UNRECOGNIZED: break
                        }
                    }
                }
                onTrouble(EngineError(.cut, builder.location, "the builder ended the connection"))
            } catch let error as EngineError where hasAnswered.withLock({ $0 }) && error.mayPass {
                onTrouble(error)
            }
            try Task.checkCancellation()
            if seen.withLock({ $0.count }) > before { pause = limits.firstPause }
            try await Task.sleep(for: pause)
            pause = Swift.min(pause * 2, limits.longestPause)
        }
    }

    /// Reads a build; none when it cannot be read and never will be.
    private func read(_ record: BuildKitBuildHistoryRecord, _ client: BuildKitClient) async throws -> [Build] {
        do {
            return try await client.build(record)
        } catch let error as EngineError where !error.mayPass {
            onTrouble(error)
        } catch let error as SolveError {
            onTrouble(error)
        }
        return []
    }
}

extension EngineError {
    /// Whether the same may succeed later: the builder is restarted, or was busy.
    fileprivate var mayPass: Bool {
        switch reason {
        case .unreachable, .cut, .timedOut: true
        case .status(let code): code >= 500
        default: false
        }
    }
}

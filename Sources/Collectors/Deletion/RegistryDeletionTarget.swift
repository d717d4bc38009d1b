import ImageModel
import NIOHTTP1

/// Deletes in a registry through its HTTP API (OCI distribution-spec, "Content Management").
///
/// The API knows no condition on a deletion: deleting a digest takes away every tag that leads to it by then. So
/// everything is looked at just before: whether the digest is there, where the request's own tags lead, and whether any
/// other tag of the repository leads to it. A tag that is moved between that look and the deletion, or a new one that is
/// pushed in the second before, cannot be noticed: do not push to a repository while it is cleaned up.
package actor RegistryDeletionTarget: DeletionTarget {
    let client: RegistryClient
    let width: Int
    /// Of the repository at hand.
    var tags: RepositoryTags?
    /// This registry was seen to delete a manifest when a tag was to go.
    var deletesManifestsByTag = false

    init(client: RegistryClient, width: Int) {
        self.client = client
        self.width = width
    }

    /// Reaches a registry.
    ///
    /// - Parameters: as those of ``RegistryCollector``.
    /// - Throws: ``RegistryError`` when address, credentials or certificates are not usable; ``HTTPFailure`` when no
    ///   registry answers.
    package static func open(
        _ options: RegistryOptions, configuration: DockerConfiguration = DockerConfiguration(),
        retry: RetryPolicy = RetryPolicy()
    ) async throws -> RegistryDeletionTarget {
        let (client, _) = try await RegistryClient.open(
            RegistryEndpoint(options), options: options, configuration: configuration, retry: retry)
        do {
            try await client.probe()
        } catch {
            try await client.transport.shutdown()
            throw error
        }
        return RegistryDeletionTarget(client: client, width: options.concurrency)
    }

    package func close() async {
        // Fails only when it was shut down before.
        try? await client.transport.shutdown()
    }

    package func delete(_ request: DeletionRequest) async throws -> DeletionOutcome {
        guard ImageReference.isPath(request.repository) else {
            return .failed("\(quoted(request.repository)) is no repository's name")
        }
        if let tag = request.tags.first(where: { !ImageReference.isTag($0) }) {
            return .failed("\(quoted(tag)) is no tag")
        }
        switch request.action {
        case .delete: return try await settled { try await self.deleteManifest(request) }
        case .untag:
            var outcomes: [DeletionOutcome] = []
            for tag in request.tags {
                outcomes.append(try await settled { try await self.untag(tag, of: request) })
            }
            return .combined(outcomes)
        }
    }

    /// An outcome of whatever fails, unless nothing else can succeed either.
    private func settled(_ body: () async throws -> DeletionOutcome) async throws -> DeletionOutcome {
        do {
            return try await body()
        } catch let failure as HTTPFailure where !failure.endsEverything {
            return Self.outcome(of: failure)
        }
    }

    /// Deletes until it is done, with a new look before each try.
    private func deleteManifest(_ request: DeletionRequest) async throws -> DeletionOutcome {
        let call = Self.deletion(of: request.digest.description, in: request.repository)
        var backoff = client.backoff()
        var mayBeDone = false
        while true {
            if let obstacle = try await obstacle(to: request) {
                return obstacle == .gone && mayBeDone ? .deleted : obstacle
            }
            try Task.checkCancellation()
            do {
                let outcome = try await toTheEnd { try await self.send(call, deleting: request) }
                if outcome.reason == nil { tags?.forget(request.digest) }
                return outcome
            } catch let failure as HTTPFailure {
                // Any answer but this one may come from a server in between, after the registry has done it.
                if failure.status != 429 { mayBeDone = true }
                try await client.pause(after: failure, of: call, &backoff)
            }
        }
    }

    /// What stands against the deletion just now; nil for nothing.
    private func obstacle(to request: DeletionRequest) async throws -> DeletionOutcome? {
        guard try await isThere(request.digest, in: request.repository) else { return .gone }
        var known = RepositoryTags(repository: request.repository, now: client.retry.now())
        if let tags, tags.repository == request.repository { known = tags }
        try await known.refresh(client, width: width)
        // Last of all, so that as little time as can be goes by.
        try await known.resolve(request.tags, client, width: width)
        tags = known
        let own = Set(request.tags)
        for tag in request.tags {
            if let target = known.targets[tag], target != request.digest {
                return .moved("\(tag) leads to \(target) now")
            }
        }
        let others = known.tags(of: request.digest).filter { !own.contains($0) }
        if !others.isEmpty {
            let more = others.count > 3 ? " and \(others.count - 3) more" : ""
            return .moved("\(others.prefix(3).joined(separator: ", "))\(more), not in the plan, would go, too")
        }
        if let (tag, reason) = known.unresolved.min(by: { $0.key < $1.key }) {
            return .failed("not deleted, for it cannot be told where \(quoted(tag)) leads: \(reason)")
        }
        return nil
    }

    private func send(_ call: RegistryClient.Call, deleting request: DeletionRequest) async throws -> DeletionOutcome {
        do {
            _ = try await client.sendOnce(call)
        } catch let failure as HTTPFailure where failure.isNotFound {
            return .gone
        } catch let failure as HTTPFailure where failure.reason == .connectionLost || failure.reason == .timedOut {
            guard try await isThere(request.digest, in: request.repository) else { return .deleted }
            throw failure
        }
        let isGone = try await becomes { try await !self.isThere(request.digest, in: request.repository) }
        return isGone
            ? .deleted
            : .failed(
                "the registry took the deletion and serves \(request.digest) all the same; see its log, and whether a cache answers in its place"
            )
    }

    /// Whether the registry has a manifest.
    func isThere(_ digest: Digest, in repository: String) async throws -> Bool {
        do {
            _ = try await client.head(digest.description, in: repository)
            return true
        } catch let failure as HTTPFailure where failure.isNotFound {
            return false
        }
    }
}

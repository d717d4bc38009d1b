import Foundation
import ImageModel
import NIOHTTP1
package import Observations
import Synchronization

/// Reads a registry through its HTTP API (OCI distribution-spec; Docker Registry HTTP API V2): repositories, tags,
/// manifests, configurations, referrers. Layers are never fetched.
package struct RegistryCollector: SourceCollector {
    package let sourceName: String
    private let options: RegistryOptions
    private let endpoint: RegistryEndpoint
    private let configuration: DockerConfiguration
    private let retry: RetryPolicy
    private let latest = LatestStatistics()

    /// - Parameters:
    ///   - options: where the registry is, and how it is read.
    ///   - configuration: Docker's configuration, for credentials that `options` does not give.
    ///   - retry: how long to wait between tries; its number of tries and longest wait are those of `options`.
    /// - Throws: ``RegistryError`` when the address is none.
    package init(
        _ options: RegistryOptions, configuration: DockerConfiguration = DockerConfiguration(),
        retry: RetryPolicy = RetryPolicy()
    ) throws {
        self.options = options
        self.configuration = configuration
        self.retry = retry
        endpoint = try RegistryEndpoint(options)
        sourceName = options.name ?? endpoint.host
    }

    /// Requests, bytes and retries of the latest collection, so far.
    package var statistics: HTTPStatistics { latest.value }

    package func collect(_ context: CollectionContext) async throws -> CollectionResult {
        try Task.checkCancellation()
        let (client, credentials) = try await RegistryClient.open(
            endpoint, options: options, configuration: configuration, retry: retry)
        latest.set(client.transport)
        do {
            let result = try await client.transport.onConnectionThread {
                try await collect(context, client, credentials)
            }
            try await client.transport.shutdown()
            return result
        } catch {
            try await client.transport.shutdown()
            throw error
        }
    }

    private func collect(
        _ context: CollectionContext, _ client: RegistryClient, _ credentials: Credentials
    ) async throws -> CollectionResult {
        let tallies = RegistryTallies(readsActivity: options.activity != nil)
        var activity: ActivityReader?
        if let wanted = options.activity, let tally = tallies.activity {
            activity = try ActivityReader.make(
                wanted, options: options, client: client, credentials: credentials, tally: tally,
                end: options.timeBudget.map { retry.now() + $0 })
        }
        // Nothing can be read of what is no registry, or cannot be reached.
        try await client.probe()
        let crawl = RegistryCrawl(
            client: client, options: options, context: context, fetcher: DocumentFetcher(store: context.documents),
            tallies: tallies, activity: activity)
        let source = RepositorySource(crawl: crawl, credentials: credentials)
        try await source.forEach { name, isNamed in try await crawl.read(name, isNamed: isNamed) }
        try await crawl.recordRest(of: crawl.items)
        try await crawl.fetcher.flush()
        // A small registry may be read to its end without another look at whether anybody still wants it.
        try Task.checkCancellation()
        return CollectionResult(
            source: SourceDescription(
                name: sourceName, kind: .registry, location: endpoint.origin,
                product: endpoint.isDockerHub ? "Docker Hub" : "OCI registry", bytesAre: .stored),
            aspects: crawl.tallies.statuses, scope: .named)
    }
}

/// The statistics of the transport in use.
private final class LatestStatistics: Sendable {
    private let transport = Mutex<HTTPTransport?>(nil)

    func set(_ value: HTTPTransport) { transport.withLock { $0 = value } }
    var value: HTTPStatistics { transport.withLock { $0?.statistics } ?? HTTPStatistics() }
}

import Foundation
package import Observations

/// Reads one engine: Docker with either image store, or Podman (docs/engines.md).
package struct EngineCollector: SourceCollector {
    package let sourceName: String
    package let endpoint: EngineEndpoint
    package var limits: EngineLimits

    /// - Parameter name: the source's name; nil for the endpoint's own.
    package init(_ endpoint: EngineEndpoint, name: String? = nil, limits: EngineLimits = EngineLimits()) {
        self.endpoint = endpoint
        self.sourceName = name ?? endpoint.defaultName
        self.limits = limits
    }

    /// Reads the engine to the end. Throws ``EngineError`` when it cannot be reached, the sink's own error, or
    /// `CancellationError`.
    package func collect(_ context: CollectionContext) async throws -> CollectionResult {
        let client = try EngineClient(endpoint, limits: limits)
        do {
            context.progress(CollectionProgress(activity: "reaching \(endpoint.location)", done: 0))
            let session = try await EngineSession.open(client)
            let run = EngineRun(name: sourceName, session: session, context: context)
            let result = session.isPodman ? try await run.podman() : try await run.docker()
            await client.shutDown()
            try Task.checkCancellation()
            return result
        } catch {
            await client.shutDown()
            throw error
        }
    }
}

/// One collection of one engine.
struct EngineRun: Sendable {
    let name: String
    let session: EngineSession
    let context: CollectionContext

    /// Reads a Docker engine.
    func docker() async throws -> CollectionResult {
        let reader = DockerReader(session: session)
        let catalogReader = CatalogReader(
            concurrency: session.client.limits.concurrency, list: reader.list, read: reader.read,
            usage: reader.diskUsage, progress: context.progress)
        var report = EngineReport()
        var usage: Result<DockerDiskUsage?, EngineError>
        do {
            let (catalog, told) = try await catalogReader.run()
            usage = told
            let sizes = resolve(catalog)
            try await record(catalog, sizes, into: &report)
            if case .success(let told?) = told, let bytes = told.layersBytes {
                let note = [
                    reader.isContainerd
                        ? "the engine adds compressed content, which it does not tell image by image" : "",
                    catalog.isStable ? "" : "images changed while they were read",
                    catalog.failures.isEmpty ? "" : "some images could not be read",
                ].filter { !$0.isEmpty }.joined(separator: "; ")
                try await record([.reportedFigure(ReportedFigure(name: "layers_bytes", bytes: bytes, note: note))])
            }
        } catch let error as EngineError where error.reason != .unreachable {
            report.imagesFailed(error)
            do {
                usage = .success(try await reader.diskUsage())
            } catch let error as EngineError {
                usage = .failure(error)
            }
        }
        if reader.isContainerd { report.add(Self.contentStatus) }
        try await recordContainers(reader, usage, &report)
        try await recordBuildCache(usage, &report)
        report.diskUsage(usage.map { $0?.layersBytes != nil })
        return result(report)
    }

    /// Reads Podman.
    func podman() async throws -> CollectionResult {
        let reader = PodmanReader(session: session)
        let catalogReader = CatalogReader(
            concurrency: session.client.limits.concurrency, list: reader.list, read: reader.read,
            usage: reader.diskUsage, progress: context.progress)
        var report = EngineReport()
        var usage: Result<PodmanDiskUsage, EngineError>
        do {
            var (catalog, told) = try await catalogReader.run()
            usage = told
            catalog.linkManifestLists()
            try await record(catalog, resolve(catalog), into: &report)
            if case .success(let told) = told, let bytes = told.imagesBytes {
                try await record([
                    .reportedFigure(
                        ReportedFigure(
                            name: "layers_bytes", bytes: bytes,
                            note: "Podman adds the layers of containers, and images' manifests and configurations"))
                ])
            }
        } catch let error as EngineError where error.reason != .unreachable {
            report.imagesFailed(error)
            do {
                usage = .success(try await reader.diskUsage())
            } catch let error as EngineError {
                usage = .failure(error)
            }
        }
        try await recordContainers(reader, usage, &report)
        report.add(
            AspectStatus(
                aspect: Aspect.buildCache, outcome: .notAvailable, detail: "Podman's builder keeps its cache as images")
        )
        report.diskUsage(usage.map { $0.imagesBytes != nil })
        return result(report)
    }

    private static let contentStatus = AspectStatus(
        aspect: "content", outcome: .notAvailable,
        detail: "the engine does not tell which compressed blobs its images share, so only unpacked layers are counted",
        hint: "layers_bytes is the engine's own sum of both")

    private func result(_ report: EngineReport) -> CollectionResult {
        CollectionResult(
            source: SourceDescription(
                name: name, kind: .engine, location: session.client.endpoint.location,
                product: session.identity.product, bytesAre: .unpacked),
            aspects: report.aspects)
    }

    /// Hands observations over, some at a time.
    func record(_ observations: [Observation]) async throws {
        var rest = observations[...]
        while !rest.isEmpty {
            try Task.checkCancellation()
            try await context.sink.record(Array(rest.prefix(500)))
            rest = rest.dropFirst(500)
        }
        try Task.checkCancellation()
    }

    /// The bytes of all layers. Where the API leaves a doubt, an engine on this machine may have the answer on disk.
    private func resolve(_ catalog: EngineCatalog) -> LayerSizes {
        let images = catalog.readListings.flatMap { catalog.entries[$0.id]?.images ?? [] }.filter(\.isUnpacked)
        var sizes = LayerSizes(images)
        guard session.client.endpoint.isLocal, case .graphDriver(let driver) = session.identity.store else {
            return sizes
        }
        var marked: [Int: EngineImage] = [:]
        for position in sizes.unresolved {
            let configuration = ConfigurationFile.read(
                imageID: images[position].digest, rootFolder: session.rootFolder, driver: driver)
            marked[position] = configuration.flatMap { images[position].marked(by: $0) }
        }
        sizes.learn(marked)
        return sizes
    }
}

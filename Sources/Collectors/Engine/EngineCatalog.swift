import ImageModel
import Observations

/// What an engine lists of one image, index or manifest list.
struct EngineListing: Sendable {
    /// What the engine calls its ID.
    var id: Digest
    var parent: Digest?
    /// `repository:tag`, as the engine writes it.
    var tags: [String]
    /// `repository@digest`.
    var digests: [String]
    /// containerd store: the media type of what the ID names.
    var mediaType: String?
    /// containerd store: what lies under the ID; nil when the API does not tell.
    var manifests: [DockerImageSummary.Manifest]?
    /// Podman: the manifest's digest.
    var manifestDigest: Digest?

    /// What has to be equal in two lists for nothing to have happened between them.
    var fingerprint: [String] {
        [id.description, parent?.description ?? ""] + tags.sorted() + ["@"] + digests.sorted() + ["#"]
            + (manifests ?? []).map { "\($0.id) \($0.isAvailable ?? false)" }
    }

    /// Lists without names: `<none>:<none>` before API 1.43.
    static func names(_ list: [String]?) -> [String] { (list ?? []).filter { !$0.hasPrefix("<none>") } }
}

/// What was read of a listed thing.
struct EngineEntry: Sendable {
    /// The images under it: one, or one for each platform that is there.
    var images: [EngineImage]
    /// The index or manifest list itself, if it is one.
    var index: ItemObservation?
    /// Attestations and the like.
    var others: [ItemObservation] = []
}

/// All images of an engine, at one moment.
struct EngineCatalog: Sendable {
    var listings: [EngineListing] = []
    var entries: [Digest: EngineEntry] = [:]
    /// What was listed and could not be read.
    var failures: [Digest: EngineError] = [:]
    /// Whether two lists, one before and one after everything was read, were equal.
    var isStable = false

    /// Everything that is listed and was read, in a fixed order.
    var readListings: [EngineListing] {
        listings.filter { entries[$0.id] != nil }.sorted { $0.id < $1.id }
    }
}

/// Reads an engine's images such that lists, details and the engine's own figures tell of one moment: if anything
/// changed meanwhile, what is new is read, and the engine is asked again.
struct CatalogReader<Usage: Sendable>: Sendable {
    /// How often a changing engine is asked again.
    private static var roundLimit: Int { 3 }
    /// After so many requests that nothing answered, the engine is taken to be gone.
    private static var silenceLimit: Int { 3 }

    var concurrency: Int
    var list: @Sendable () async throws -> [EngineListing]
    /// Reads the details of a listed thing; nil when it is gone.
    var read: @Sendable (EngineListing) async throws -> EngineEntry?
    var usage: @Sendable () async throws -> Usage
    var progress: @Sendable (CollectionProgress) -> Void

    /// Reads everything. Throws ``EngineError`` when no list could be had, or `CancellationError`.
    func run() async throws -> (catalog: EngineCatalog, usage: Result<Usage, EngineError>) {
        var catalog = EngineCatalog()
        var goneTwice: Set<Digest> = []
        catalog.listings = try await list()
        var round = 1
        while true {
            let gone = try await readNew(&catalog)
            let told: Result<Usage, EngineError>
            do {
                told = .success(try await usage())
            } catch let error as EngineError {
                told = .failure(error)
            }
            let before = catalog.listings.map(\.fingerprint)
            let after: [EngineListing]
            do {
                after = try await list()
            } catch let error as EngineError {
                // What was read stands; only whether it changed is not known.
                markUnreadable(&catalog, gone)
                for listing in catalog.listings where catalog.entries[listing.id] == nil {
                    if catalog.failures[listing.id] == nil { catalog.failures[listing.id] = error }
                }
                return (catalog, told)
            }
            catalog.listings = after
            let listed = Set(after.map(\.id))
            catalog.entries = catalog.entries.filter { listed.contains($0.key) }
            catalog.failures = catalog.failures.filter { listed.contains($0.key) }
            let stillListed = gone.intersection(listed)
            catalog.isStable = Set(before) == Set(after.map(\.fingerprint)) && stillListed.isEmpty
            if catalog.isStable { return (catalog, told) }
            if round == Self.roundLimit || stillListed == goneTwice && !stillListed.isEmpty {
                markUnreadable(&catalog, try await readNew(&catalog).intersection(listed).intersection(stillListed))
                catalog.isStable = Set(before) == Set(after.map(\.fingerprint))
                return (catalog, told)
            }
            goneTwice = stillListed
            round += 1
        }
    }

    /// What is listed again and again and can never be read is no image that was removed meanwhile.
    private func markUnreadable(_ catalog: inout EngineCatalog, _ ids: Set<Digest>) {
        for id in ids where catalog.failures[id] == nil {
            catalog.failures[id] = EngineError(
                .malformed, "image \(id.short)", "is listed, but the engine does not know it",
                hint: "see the engine's own log")
        }
    }

    /// Reads what is not read yet; returns what is gone.
    private func readNew(_ catalog: inout EngineCatalog) async throws -> Set<Digest> {
        let open = catalog.listings.filter { catalog.entries[$0.id] == nil && catalog.failures[$0.id] == nil }
        var gone: Set<Digest> = []
        var silences = 0
        var lastSilence: EngineError?
        var next = open.startIndex
        try await withThrowingTaskGroup(of: (Digest, Result<EngineEntry?, EngineError>).self) { group in
            func start() {
                guard next < open.endIndex else { return }
                let listing = open[next]
                next += 1
                group.addTask { [read] in
                    do {
                        return (listing.id, .success(try await read(listing)))
                    } catch let error as EngineError {
                        return (listing.id, .failure(error))
                    }
                }
            }
            for _ in 0..<max(1, concurrency) { start() }
            while let (id, result) = try await group.next() {
                switch result {
                case .success(let entry?):
                    catalog.entries[id] = entry
                    silences = 0
                case .success(nil):
                    gone.insert(id)
                    silences = 0
                case .failure(let error):
                    catalog.failures[id] = error
                    if [.unreachable, .cut, .timedOut].contains(error.reason) {
                        silences += 1
                        lastSilence = error
                    } else {
                        silences = 0
                    }
                }
                progress(
                    CollectionProgress(
                        activity: "reading images", done: catalog.entries.count, total: catalog.listings.count))
                if silences < Self.silenceLimit { start() }
            }
        }
        if let lastSilence, next < open.endIndex {
            for listing in open[next...] { catalog.failures[listing.id] = lastSilence }
        }
        return gone
    }
}

import ImageModel
import Observations

/// Reads one repository: its tags, what they lead to, and what refers to that.
struct RepositoryReader {
    let crawl: RegistryCrawl
    let name: String
    let store: String
    let items: EmittedItems
    /// Every manifest met so far, and whether the repository has it.
    var presence: [Digest: Presence] = [:]
    /// Whether the registry lists referrers; nil until asked.
    var listsReferrers: Bool?
    var isComplete = true

    /// The manifests that the repository has.
    var present: Set<Digest> { Set(presence.lazy.filter { $0.value == .present }.map(\.key)) }
    var client: RegistryClient { crawl.client }
    var width: Int { crawl.options.concurrency }

    init(crawl: RegistryCrawl, name: String, store: String, items: EmittedItems) {
        self.crawl = crawl
        self.name = name
        self.store = store
        self.items = items
    }

    /// Reads everything and records it. Nil when nothing is known of the repository. Throws only what ends the whole
    /// collection.
    mutating func read(isNamed: Bool) async throws -> RepositoryObservation? {
        var pager = NamePager(.tags(repository: name), client: client)
        var waiting: [String] = []
        var isFirst = true
        do {
            while let page = try await pager.page() {
                isFirst = false
                waiting += page
                while waiting.count >= RegistryOptions.chunk {
                    try await read(tags: Array(waiting.prefix(RegistryOptions.chunk)))
                    waiting.removeFirst(RegistryOptions.chunk)
                }
            }
        } catch let failure as HTTPFailure {
            // Listed, but without tags: a repository from which everything was deleted.
            if failure.isNotFound, isFirst, !isNamed { return RepositoryObservation(name: name, isComplete: true) }
            crawl.tallies.tags.problem(name, failure)
            isComplete = false
            if failure.isNotFound, isFirst {
                crawl.tallies.repositories.problem(
                    name, "not found", hint: "check the repository's name, and whether the credentials may read it")
                return nil
            }
        }
        try await read(tags: waiting)
        return RepositoryObservation(name: name, isComplete: isComplete)
    }

    private mutating func read(tags: [String]) async throws {
        guard !tags.isEmpty else { return }
        var targets = try await resolve(tags)
        var nodes: [ManifestNode] = []
        var roots = Array(Set(targets.values)).sorted()
        // A tag that moved while it was read is resolved again; a busy one not for ever.
        for _ in 0..<3 where !roots.isEmpty {
            nodes += try await walk(roots.map { Candidate(digest: $0, isProven: true) })
            let stale = targets.filter { presence[$0.value] == .missing }
            let again = try await resolve(stale.keys.sorted())
            for tag in stale.keys { targets[tag] = again[tag] }
            roots = Array(Set(again.values)).filter { presence[$0] == nil }.sorted()
        }
        try await record(nodes, targets: targets)
    }

    /// Where the tags lead. One that has gone since it was listed is left out.
    private mutating func resolve(_ tags: [String]) async throws -> [String: Digest] {
        let (client, name, fetcher) = (client, name, crawl.fetcher)
        let outcomes = try await concurrently(tags, width: width) { tag -> Result<Digest?, HTTPFailure> in
            guard ImageReference.isTag(tag) else {
                return .failure(
                    HTTPFailure(method: "HEAD", url: "", reason: .invalidRequest("\(quoted(tag)) is no tag")))
            }
            do {
                let (head, document) = try await client.head(tag, in: name)
                if let document { fetcher.adopt(document) }
                return .success(head.digest)
            } catch let failure as HTTPFailure {
                return failure.isNotFound ? .success(nil) : .failure(failure)
            }
        }
        var targets: [String: Digest] = [:]
        for (tag, outcome) in zip(tags, outcomes) {
            switch outcome {
            case .success(let digest): targets[tag] = digest
            case .failure(let failure):
                isComplete = false
                crawl.tallies.tags.problem("\(name):\(ImageReference.isTag(tag) ? tag : quoted(tag))", failure)
            }
        }
        return targets
    }

    private mutating func record(_ nodes: [ManifestNode], targets: [String: Digest]) async throws {
        var found = ChunkObservations(nodes: nodes, store: store, presence: presence)
        presence.merge(found.presence) { $1 }
        found.complete = try await settleSizes(found.complete)
        found.incomplete = try await settleSizes(found.incomplete)
        var observations: [Observation] = []
        let fresh = items.claim(found.complete)
        items.postpone(found.incomplete)
        crawl.count(fresh)
        observations += fresh.map { .item($0) }
        for node in nodes where presence[node.digest] == .present {
            observations.append(.holding(HoldingObservation(repository: name, store: store, item: node.digest)))
        }
        for (tag, digest) in targets.sorted(by: { $0.key < $1.key }) {
            guard presence[digest] == .present else {
                isComplete = false
                crawl.tallies.tags.problem(
                    "\(name):\(tag)", "what it points to could not be read", hint: "see the manifests")
                continue
            }
            let kind: ReferenceKind = ImageReference.isReferrerTag(tag) ? .referrerTag : .tag
            crawl.tallies.tags.saw()
            observations.append(
                .reference(
                    ReferenceObservation(repository: name, store: store, kind: kind, name: tag, item: digest)))
        }
        found.complete = []
        try await crawl.fetcher.flush()
        if !observations.isEmpty { try await crawl.context.sink.record(observations) }
    }
}

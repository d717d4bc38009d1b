import ImageModel

/// Where the tags of one repository lead, as far as was looked, and when.
struct RepositoryTags: Sendable {
    let repository: String
    private(set) var targets: [String: Digest] = [:]
    /// Tags of which it could not be told where they lead, and why.
    private(set) var unresolved: [String: String] = [:]
    private var names: Set<String> = []
    private var isListed = false
    private var listedAt: ContinuousClock.Instant
    private var listingTime = Duration.zero
    private var resolvedAt: ContinuousClock.Instant
    private var resolvingTime = Duration.zero

    /// The longest that a list of names, and where they lead, is believed. More for a list that takes long: looking is to
    /// take a fifth of the time at most.
    private static let listingAge = Duration.seconds(1)
    private static let resolvingAge = Duration.seconds(30)
    private static let patience = 4

    init(repository: String, now: ContinuousClock.Instant) {
        self.repository = repository
        (listedAt, resolvedAt) = (now, now)
    }

    /// Tags that lead to a digest, in order.
    func tags(of digest: Digest) -> [String] { targets.filter { $0.value == digest }.keys.sorted() }

    /// Lists the tags anew, where the last list is too old, and resolves those that are new, or all of them when that is
    /// too long ago. Throws ``HTTPFailure`` when the list cannot be read to its end.
    mutating func refresh(_ client: RegistryClient, width: Int) async throws {
        let start = client.retry.now()
        if isListed, start - listedAt < max(Self.listingAge, listingTime * Self.patience) { return }
        let isStale = !isListed || start - resolvedAt >= max(Self.resolvingAge, resolvingTime * Self.patience)
        var listed: Set<String> = []
        var pager = NamePager(.tags(repository: repository), client: client)
        do {
            while let page = try await pager.page() { listed.formUnion(page) }
        } catch let failure as HTTPFailure where failure.isNotFound && listed.isEmpty {
            // A repository without tags.
        }
        let end = client.retry.now()
        targets = targets.filter { listed.contains($0.key) }
        let wanted = isStale ? listed : listed.subtracting(names).union(unresolved.keys.filter { listed.contains($0) })
        unresolved = [:]
        try await resolve(wanted.sorted(), client, width: width)
        names = listed
        (isListed, listedAt, listingTime) = (true, start, end - start)
        if isStale { (resolvedAt, resolvingTime) = (start, client.retry.now() - end) }
    }

    /// Resolves tags as they are this very moment. Throws ``HTTPFailure`` that leaves no hope, or `CancellationError`.
    mutating func resolve(_ tags: [String], _ client: RegistryClient, width: Int) async throws {
        let repository = repository
        let outcomes = try await concurrently(tags, width: width) { tag -> Result<Digest?, HTTPFailure> in
            guard ImageReference.isTag(tag) else {
                return .failure(
                    HTTPFailure(method: "HEAD", url: "", reason: .invalidRequest("\(quoted(tag)) is no tag")))
            }
            do {
                return .success(try await client.head(tag, in: repository).0.digest)
            } catch let failure as HTTPFailure where failure.endsEverything {
                throw failure
            } catch let failure as HTTPFailure {
                return failure.isNotFound ? .success(nil) : .failure(failure)
            }
        }
        for (tag, outcome) in zip(tags, outcomes) {
            unresolved[tag] = nil
            switch outcome {
            case .success(let digest): targets[tag] = digest
            case .failure(let failure):
                targets[tag] = nil
                unresolved[tag] = failure.description
            }
        }
    }

    /// Forgets what a deletion took away.
    mutating func forget(_ digest: Digest) { targets = targets.filter { $0.value != digest } }
    mutating func forget(tag: String) { targets[tag] = nil }
}

extension HTTPFailure {
    /// Whether nothing else that is asked of the same server will fare better.
    var endsEverything: Bool {
        switch reason {
        case .rateLimited, .outOfTime, .unreachable, .untrusted: true
        default: false
        }
    }
}

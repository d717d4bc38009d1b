import ImageModel
import Observations

/// Where the names of the repositories come from: those given, Docker Hub's listing, or the registry's catalog.
struct RepositorySource: Sendable {
    let crawl: RegistryCrawl
    let credentials: Credentials

    /// Calls `body` for each repository, several at once, with whether it was given by name. A list that cannot be read
    /// to its end is noted.
    func forEach(_ body: @escaping @Sendable (String, _ isNamed: Bool) async throws -> Void) async throws {
        let width = crawl.options.concurrency
        let (progress, tally) = (crawl.context.progress, crawl.tallies.repositories)
        try await withThrowingTaskGroup(of: Void.self) { group in
            var names = RepositoryNames(self)
            var running = 0
            var done = 0
            var total = 0
            do {
                while let page = try await names.page() {
                    total += page.names.count
                    for name in page.names {
                        if running >= width {
                            try await group.next()
                            running -= 1
                            done += 1
                            progress(
                                CollectionProgress(
                                    activity: "reading repositories", done: done, total: page.isLast ? total : nil))
                        }
                        running += 1
                        group.addTask { try await body(name, page.isNamed) }
                    }
                }
            } catch let failure as HTTPFailure {
                tally.problem("list of repositories", failure.description, hint: hint(failure))
            }
            try await group.waitForAll()
            progress(CollectionProgress(activity: "reading repositories", done: total, total: total))
        }
    }

    private func hint(_ failure: HTTPFailure) -> String {
        let hasNoCatalog = failure.isDenied || failure.status == 404 || failure.status == 405
        return hasNoCatalog
            ? "this registry lets no catalog be read: name the repositories to collect, or log in" : failure.hint
    }
}

/// A page of names.
private struct RepositoryPage {
    var names: [String]
    var isNamed = false
    var isLast = true
}

/// The names, page by page, whatever they come from.
private struct RepositoryNames {
    private let source: RepositorySource
    private var namespaces: ArraySlice<String>
    private var pager: NamePager?
    private var hubToken: String?
    private var isStarted = false
    private var seen = 0

    init(_ source: RepositorySource) {
        self.source = source
        namespaces = source.crawl.options.namespaces[...]
    }

    private var tally: AspectTally { source.crawl.tallies.repositories }

    mutating func page() async throws -> RepositoryPage? {
        let (crawl, options) = (source.crawl, source.crawl.options)
        if !isStarted {
            isStarted = true
            if !options.repositories.isEmpty {
                // Of other repositories nothing is said.
                tally.isNotAvailable("only the repositories that were named are read")
                var seen: Set<String> = []
                return RepositoryPage(
                    names: options.repositories.filter { seen.insert($0).inserted }, isNamed: true,
                    isLast: namespaces.isEmpty)
            }
            if namespaces.isEmpty {
                guard !crawl.client.endpoint.isDockerHub else {
                    tally.problem(
                        "list of repositories", "Docker Hub has no catalog",
                        hint: "name the repositories or a namespace to collect")
                    return nil
                }
                pager = NamePager(.catalog, client: crawl.client)
            }
        }
        if let namespace = namespaces.popFirst() { return try await hubPage(namespace) }
        guard let names = try await pager?.page() else {
            if pager != nil { noteEmptyCatalog() }
            return nil
        }
        seen += names.count
        return RepositoryPage(names: names, isLast: false)
    }

    /// Some registries answer an anonymous client with a catalog that is empty, whatever they hold (Quay).
    private func noteEmptyCatalog() {
        let authorization = source.crawl.client.authorization
        guard seen == 0, authorization.isAnonymous, authorization.isChallenged else { return }
        tally.problem(
            "list of repositories", "the catalog is empty for a client that is not logged in",
            hint: "log in, or name the repositories to collect")
    }

    private mutating func hubPage(_ namespace: String) async throws -> RepositoryPage {
        let listing = HubListing(
            transport: source.crawl.client.transport, base: source.crawl.options.hubURL,
            retry: source.crawl.client.retry)
        if hubToken == nil { hubToken = try await listing.token(source.credentials) }
        // A namespace has some thousands of repositories at most; their names are small.
        var names: [String] = []
        do {
            try await listing.repositories(of: namespace, token: hubToken) { names += $0 }
        } catch let failure as HTTPFailure {
            tally.problem("repositories of \(quoted(namespace))", failure)
        }
        return RepositoryPage(names: names, isLast: namespaces.isEmpty)
    }
}

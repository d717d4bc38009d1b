import ImageModel
import Observations

/// What the readers of a registry's repositories share.
struct RegistryCrawl: Sendable {
    let client: RegistryClient
    let options: RegistryOptions
    let context: CollectionContext
    let fetcher: DocumentFetcher
    /// The items of the source's one store; repositories that are stores of their own have their own.
    let items = EmittedItems()
    let tallies: RegistryTallies
    /// Reads push and pull times; nil when nobody asked for them.
    let activity: ActivityReader?

    /// Reads one repository to the end.
    func read(_ repository: String, isNamed: Bool) async throws {
        guard ImageReference.isPath(repository) else {
            tallies.repositories.problem(
                quoted(repository), "is no repository name", hint: "look at what the registry lists")
            return
        }
        let store = options.blobsPerRepository ? repository : ""
        let own = options.blobsPerRepository ? EmittedItems() : items
        var reader = RepositoryReader(crawl: self, name: repository, store: store, items: own)
        let times = try await activity?.times(of: repository) ?? []
        guard let observation = try await reader.read(isNamed: isNamed) else { return }
        if let activity { try await activity.record(times, seen: reader.present, in: context.sink) }
        if options.blobsPerRepository { try await recordRest(of: own) }
        try await context.sink.record([.repository(observation)])
        tallies.repositories.saw()
    }

    /// Records the items that stayed incomplete.
    func recordRest(of items: EmittedItems) async throws {
        let rest = items.rest()
        count(rest)
        if !rest.isEmpty { try await context.sink.record(rest.map { .item($0) }) }
    }

    /// Counts items that are recorded.
    func count(_ items: [ItemObservation]) {
        tallies.manifests.saw(items.count)
        tallies.configurations.saw(items.count { $0.configuration != nil })
    }
}

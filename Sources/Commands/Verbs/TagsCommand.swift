import ArgumentParser

struct TagsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tags",
        abstract: "List tags and what each of them names.",
        discussion: """
            EXAMPLES
              layerscope tags
              layerscope tags --filter repository=library/debian
              layerscope tags --filter tag=latest --format jsonl
              layerscope tags -q
            """)

    @OptionGroup var listing: ListingArguments
    @OptionGroup var database: DatabaseOptions

    func run() async throws { try await ListingRun(.tags, listing, database).run() }
}

import ArgumentParser

struct ChurnCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "churn",
        abstract: "Show what rebuilding costs in storage: layers pushed again with other content.",
        discussion: """
            A layer is churn when, at the moment it first is in a repository, another layer of the same instruction has \
            been there before; its bytes count in that week (ISO 8601, UTC). Shells, build arguments and checksums of \
            copied files do not make an instruction another one. A layer whose instruction the image's history does not \
            tell is never churn. A layer came when it was first pushed, as far as the source tells that, and otherwise \
            when it was first collected: collect a registry's storage or its activity to know.

            EXAMPLES
              layerscope churn
              layerscope churn --by repository --by instruction --sort bytes:desc --limit 20
              layerscope churn --by week --filter source=registry.example.org --format csv
            """)

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("week, repository or instruction; may be given several times.", valueName: "group"),
        completion: .list(ChurnGrouping.allCases.map(\.rawValue)))
    var by: [ChurnGrouping] = [.week]

    @OptionGroup var listing: ListingArguments
    @OptionGroup var database: DatabaseOptions

    func run() async throws { try await ChurnRun(groupings: by, listing: listing, database: database).run() }
}

/// What rows of churn are taken together by.
enum ChurnGrouping: String, ExpressibleByArgument, CaseIterable {
    case week
    case repository
    case instruction
}

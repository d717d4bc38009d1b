import ArgumentParser

struct SourcesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sources",
        abstract: "List what is collected from, when last, and how completely.",
        discussion: """
            EXAMPLES
              layerscope sources
              layerscope sources --filter kind=registry --format json
              layerscope sources remove old-registry
            """,
        subcommands: [List.self, Remove.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the sources.",
            discussion: """
                EXAMPLES
                  layerscope sources list
                  layerscope sources list -q
                """)

        @OptionGroup var listing: ListingArguments
        @OptionGroup var database: DatabaseOptions

        func run() async throws { try await ListingRun(.sources, listing, database).run() }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove",
            abstract: "Remove a source and everything that was collected from it from the database.",
            discussion: """
                Nothing is deleted in the source itself.

                EXAMPLES
                  layerscope sources remove old-registry
                  layerscope sources remove 'Samples/app.tar' build-host
                """)

        @Argument(help: ArgumentHelp("Names of sources, as layerscope sources lists them.", valueName: "name"))
        var names: [String]

        @OptionGroup var database: DatabaseOptions

        func run() async throws { try await SourceRemoval(names: names, database: database).run() }
    }
}

import ArgumentParser

struct SharingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sharing",
        abstract: "Show what two images, repositories or groups share; without arguments, the matrix.",
        discussion: """
            A and B are images (name:tag, digest, image ID), repositories, or groups: source:NAME, namespace:NAME, \
            owner:NAME, label:KEY=VALUE. Within a source, what both hold is kept once. Between sources everything is \
            kept twice: what they have in common is told by content.

            EXAMPLES
              layerscope sharing
              layerscope sharing team-a/app team-b/app
              layerscope sharing debian:12 team-a/app:2.1
              layerscope sharing owner:team-a owner:team-b --format json
            """)

    @Argument(help: ArgumentHelp("Two images, repositories or groups.", valueName: "group"))
    var groups: [String] = []

    @OptionGroup var listing: ListingArguments
    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        guard groups.isEmpty || groups.count == 2 else {
            throw ValidationError("give two images, repositories or groups, or none for the matrix")
        }
    }

    func run() async throws { try await SharingRun(groups: groups, listing: listing, database: database).run() }
}

import ArgumentParser

struct ImagesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "images",
        abstract: "List images with what each takes, shares and would free.",
        discussion: """
            One row for each source, repository and image. apparent_bytes is the image by itself; exclusive_bytes is \
            what goes if the image goes from its whole source; fair_share_bytes divides shared layers evenly. Indexes, \
            attestations and artifacts take bytes, too: --all lists them, each once, as the view `items` has them. \
            Not in it are the intermediates of Docker's classic builder that `docker images --all` adds: they go with \
            the images built from them, and have no layer that those have not.

            EXAMPLES
              layerscope images
              layerscope images --sort exclusive_bytes:desc --limit 10
              layerscope images --filter repository='team-a/*' --filter dangling=false
              layerscope images --filter 'exclusive_bytes>100MB' --format json
              layerscope images --format '{{.Repository}}:{{.Tags}}\\t{{.ApparentBytes}}'
            """)

    @Flag(name: [.short, .long], help: "Also indexes, attestations, artifacts and caches.")
    var all = false

    @OptionGroup var listing: ListingArguments
    @OptionGroup var database: DatabaseOptions

    func run() async throws { try await ListingRun(all ? .items : .images, listing, database).run() }
}

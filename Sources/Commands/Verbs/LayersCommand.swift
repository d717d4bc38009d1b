import ArgumentParser

struct LayersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "layers",
        abstract: "List layers with their bytes and how many images hold each.",
        discussion: """
            A layer is kept once in each source. digest is the blob's digest in a registry and the chainID in an engine; \
            diff_id is the same wherever the layer is.

            EXAMPLES
              layerscope layers --sort bytes:desc --limit 20
              layerscope layers --filter 'images>=10'
              layerscope layers --filter diff_id=sha256:3f4f…
              layerscope layers --no-trunc --format csv
            """)

    @OptionGroup var listing: ListingArguments
    @OptionGroup var database: DatabaseOptions

    func run() async throws { try await ListingRun(.layers, listing, database).run() }
}

import ArgumentParser

struct DanglingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dangling",
        abstract: "List waste by kind: each alone, and all together.",
        discussion: """
            dangling: an engine's image without a name that nothing was built from. untagged: a registry's manifest that \
            no tag reaches. orphaned: an attestation, signature or other referrer whose subject is not there. Each row \
            says what goes if it alone goes; the total says what goes if all of them go together, which is more where \
            they share layers with each other only.

            EXAMPLES
              layerscope dangling
              layerscope dangling --filter kind=untagged --sort exclusive_bytes:desc
              layerscope dangling --filter source=build-host -q
              layerscope dangling --format json
            """)

    @OptionGroup var listing: ListingArguments
    @OptionGroup var database: DatabaseOptions

    func run() async throws { try await DanglingRun(listing: listing, database: database).run() }
}

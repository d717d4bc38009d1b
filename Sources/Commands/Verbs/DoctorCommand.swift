import ArgumentParser

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check the database, every source and the machine, and say what to mend.",
        discussion: """
            Looks at PostgreSQL, the configuration, its secrets, every source in it, the engines on this machine, and \
            free space. Changes nothing, except that it starts the embedded PostgreSQL. Exit status 1 when something \
            needs mending.

            EXAMPLES
              layerscope doctor
              layerscope doctor --config layerscope.yml
              layerscope doctor --format json
            """)

    @OptionGroup var listing: ListingArguments
    @OptionGroup var database: DatabaseOptions

    func run() async throws { try await DoctorRun(listing: listing, database: database).run() }
}

import ArgumentParser

struct BuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Run a build and record it.",
        discussion: """
            Runs the command as it stands, passes on what it prints as it comes, and ends with its exit status. \
            Afterwards the builds are read from what was printed. When one cannot be recorded a warning says so; the \
            status stays the command's.

            The command's output goes through a pipe, so that docker and podman print plain progress even where \
            standard error is a terminal. Signals sent to layerscope are passed on to the command.

            EXAMPLES
              layerscope build -- docker build -t app .
              layerscope build --project acme/app -- docker buildx bake release
              layerscope build --branch main -- podman build -f Containerfile .
            """)

    @OptionGroup var build: BuildOptions
    @OptionGroup var database: DatabaseOptions

    @Argument(
        parsing: .postTerminator,
        help: ArgumentHelp("The command that builds, behind --.", valueName: "command"))
    var command: [String] = []

    func validate() throws {
        if command.isEmpty {
            throw ValidationError("give the command that builds behind --, as in layerscope build -- docker build .")
        }
    }

    func run() async throws {
        try await BuildWrapper(command: command, options: build, database: database).run()
    }
}

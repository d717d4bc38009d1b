import ArgumentParser

struct CollectBuildLogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build-log",
        abstract: "Collect builds from logs and build records.",
        discussion: """
            Finds by itself what a file is: the log of BuildKit (plain or rawjson), of Docker's classic builder, buildah, \
            podman or kaniko, alone or in the log of a CI job; an exported build record (.dockerbuild); an OCI layout \
            of one. A log that is read again, and the record of a build whose log was read, change no numbers: one \
            build is counted once.

            What a file does not tell (project, branch …) comes from the options. For standard input it comes from the \
            environment of the CI job, too; a file may be of another job.

            EXAMPLES
              docker build --progress=plain . 2>&1 | tee /dev/stderr | layerscope collect build-log -
              layerscope collect build-log build.log --project acme/app --branch main
              layerscope collect build-log logs/*.log records/*.dockerbuild --format json
              layerscope collect build-log - --fail-under 0.6 < build.log
            """)

    @Argument(help: ArgumentHelp("Logs and records; - is standard input.", valueName: "file"), completion: .file())
    var files: [String]

    @OptionGroup var build: BuildOptions

    @Option(
        name: .long, help: ArgumentHelp("What --metadata-file of the build wrote.", valueName: "file"),
        completion: .file())
    var metadataFile: String?

    @OptionGroup var limit: RateLimit

    @Option(
        name: .long,
        help: ArgumentHelp("How to print the builds: table, json, jsonl, csv or a Go template.", valueName: "format"))
    var format = "table"

    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        if files.count(where: { $0 == "-" }) > 1 { throw ValidationError("standard input can be read once") }
        if metadataFile != nil && files.count > 1 { throw ValidationError("--metadata-file is for one file") }
    }

    func run() async throws {
        try await BuildLogRun(
            files: files, options: build, metadataFile: metadataFile, limit: limit, format: format, database: database
        ).run()
    }
}

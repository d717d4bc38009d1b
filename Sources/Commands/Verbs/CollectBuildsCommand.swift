import ArgumentParser
import Collectors

struct CollectBuildsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "builds",
        abstract: "Collect a builder's cache and the builds that it remembers.",
        discussion: """
            Asks BuildKit itself: buildkitd at --builder, or the one in a Docker engine. Without either, what \
            BUILDKIT_HOST names, or the engine that docker would use. BuildKit 0.11 and later remember builds, 50 of \
            the last two days unless told otherwise; --follow collects each as it ends, until stopped.

            EXAMPLES
              layerscope collect builds
              layerscope collect builds --host ssh://me@build-host --name build-host
              layerscope collect builds --builder unix:///run/buildkit/buildkitd.sock
              layerscope collect builds --builder tcp://build-host:1234 --certificate-path certs
              layerscope collect builds --follow
            """)

    @Option(name: .long, help: ArgumentHelp("unix:// or tcp:// address of buildkitd.", valueName: "address"))
    var builder: String?

    @Option(
        name: [.customShort("H"), .long],
        help: ArgumentHelp("A Docker engine, whose own builder is asked.", valueName: "host"))
    var host: String?

    @Option(name: .long, help: ArgumentHelp("A Docker context, instead of --host.", valueName: "name"))
    var context: String?

    @Option(
        name: .long, help: ArgumentHelp("Folder with ca.pem, cert.pem and key.pem.", valueName: "folder"),
        completion: .directory)
    var certificatePath: String?

    @Option(name: .long, help: ArgumentHelp("The name that the source has or gets.", valueName: "name"))
    var name = "builds"

    @Flag(name: .long, help: "Go on with each build that ends, until stopped.")
    var follow = false

    @OptionGroup var options: CollectOptions

    func validate() throws {
        if [builder, host, context].count(where: { $0 != nil }) > 1 {
            throw ValidationError("give one of --builder, --host, --context")
        }
        try CollectJob.checkName(name)
    }

    func run() async throws {
        let endpoint = try BuilderEndpoint.resolve(
            builder: builder, host: host, context: context, certificatePath: certificatePath)
        let collector = BuilderCollector(endpoint, name: name)
        if follow {
            try await BuildFollowRun(collector: collector, options: options).run()
        } else {
            try await CollectRun(options).run { _ in CollectPlan(jobs: [CollectJob(builder: collector)]) }
        }
    }
}

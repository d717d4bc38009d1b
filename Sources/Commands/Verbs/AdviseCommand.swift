import ArgumentParser

struct AdviseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "advise",
        abstract: "Advise on a Dockerfile: the order with the least rebuild time, and what else costs.",
        discussion: """
            From recorded builds it learns how often each instruction changes and how long it runs, and finds the order \
            with the least expected rebuild time among those that keep every dependency; what may depend stays. What \
            the order would have saved is computed by replaying the recorded builds. Without builds only what the text \
            shows is said.

            EXAMPLES
              layerscope advise Dockerfile --project acme/app
              layerscope advise Dockerfile --show instructions
              layerscope advise Dockerfile --show dependencies --no-trunc
              layerscope advise Dockerfile --rewrite order > Dockerfile.new
              layerscope advise Dockerfile --without-builds --format json
            """)

    @Argument(help: ArgumentHelp("The Dockerfile.", valueName: "dockerfile"), completion: .file())
    var dockerfile: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The folder that is built, where .dockerignore is. Default: that of the Dockerfile.", valueName: "folder"),
        completion: .directory)
    var context: String?

    @Option(name: .long, help: ArgumentHelp("Only builds of this project.", valueName: "name"))
    var project: String?

    @Option(name: .long, help: ArgumentHelp("Only builds of this target.", valueName: "name"))
    var target: String?

    @Option(name: .long, help: ArgumentHelp("Only builds of this branch.", valueName: "name"))
    var branch: String?

    @Option(name: .long, help: ArgumentHelp("Only builds of this builder.", valueName: "name"))
    var builder: String?

    @Option(
        name: .customLong("recorded-as"),
        help: ArgumentHelp("Only builds whose Dockerfile was recorded under this name.", valueName: "path"))
    var recordedAs: String?

    @Option(name: .long, help: ArgumentHelp("Only the newest builds, so many.", valueName: "count"))
    var last: Int?

    @Flag(name: .long, help: "Look at the text alone; no database is used.")
    var withoutBuilds = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Which rows: \(AdviceSubject.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "rows"))
    var show: AdviceSubject = .findings

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Print the whole Dockerfile instead: in the proposed order (order), or with the lists of dependencies "
                + "copied first (manifests).", valueName: "what"))
    var rewrite: AdviceRewrite?

    @OptionGroup var listing: ListingArguments
    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        if let last, last < 1 { throw ValidationError("--last needs a count of at least 1") }
        let names = [project, target, branch, builder, recordedAs].compactMap { $0 }
        if names.contains("") { throw ValidationError("--project, --target, --branch and their like need a name") }
        if withoutBuilds && (!names.isEmpty || last != nil) {
            throw ValidationError("--without-builds goes without options that choose builds")
        }
        if rewrite != nil && (listing.format != "table" || listing.quiet) {
            throw ValidationError("--rewrite prints a Dockerfile, and goes without --format and --quiet")
        }
    }

    func run() async throws { try await AdviseRun(self).run() }
}

/// Which rows `advise` prints.
enum AdviceSubject: String, ExpressibleByArgument, CaseIterable {
    /// What is advised.
    case findings
    /// The instructions, with what was observed of each and where it would stand.
    case instructions
    /// Pairs that must keep their order.
    case dependencies
    /// The recorded builds, with what each cost and would have cost.
    case replay
}

/// Which rewritten file `advise` prints.
enum AdviceRewrite: String, ExpressibleByArgument, CaseIterable {
    case order
    case manifests
}

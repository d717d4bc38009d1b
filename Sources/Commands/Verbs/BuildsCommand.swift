import ArgumentParser
import Database

extension BuildGrouping: ExpressibleByArgument {}

struct BuildsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "builds",
        abstract: "List builds, or hit rates of the build cache by what they have in common.",
        discussion: """
            hit_rate is hits among hits and misses of the user's own instructions; it is absent where there are none, \
            or the builder uses no cache. seconds_saved is what the steps that hit took when they ran; seconds_lost what \
            misses took although nothing had changed. time_hit_rate weighs with time: seconds_saved against \
            seconds_run, the time of the misses. Days and weeks are those of UTC.

            EXAMPLES
              layerscope builds --since 30d
              layerscope builds --by week --filter project=acme/app
              layerscope builds --by instruction --sort seconds_lost:desc --limit 20
              layerscope builds --filter 'hit_rate<0.5' --format json
              layerscope builds --by project --since 7d --fail-under 0.6
            """)

    @Option(
        name: .long,
        help: ArgumentHelp(
            "One row for each \(BuildGrouping.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "what"))
    var by: BuildGrouping?

    @Option(
        name: .long,
        help: ArgumentHelp("Only builds that started since: a date, or an age such as 30d.", valueName: "time"))
    var since: String?

    @OptionGroup var limit: RateLimit
    @OptionGroup var listing: ListingArguments
    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        if let since, FilterValue.time(since) == nil {
            throw ValidationError("--since is a date such as 2026-01-31, or an age such as 30d")
        }
    }

    func run() async throws {
        try await BuildsRun(grouping: by, since: since, limit: limit, listing: listing, database: database).run()
    }
}

struct StepsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "steps",
        abstract: "List the steps of builds: what hit, what missed and why, and what it took.",
        discussion: """
            Without BUILD the steps of all builds. cause and evidence stand at the first miss of each stage.

            EXAMPLES
              layerscope steps 12
              layerscope steps 12 --filter kind=instruction --no-trunc
              layerscope steps --filter cause=base_moved --format json
            """)

    @Argument(help: ArgumentHelp("The build's number, or its reference.", valueName: "build"))
    var build: String?

    @OptionGroup var listing: ListingArguments
    @OptionGroup var database: DatabaseOptions

    func run() async throws { try await StepsRun(build: build, listing: listing, database: database).run() }
}

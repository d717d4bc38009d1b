import ArgumentParser
import BuildModel
import Foundation

/// What a build's log does not tell, and what is asked of it.
struct BuildOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The name of the source that builds belong to.", valueName: "name"))
    var name = "builds"

    @Option(name: .long, help: ArgumentHelp("What is built. Default: what the CI system says.", valueName: "name"))
    var project: String?

    @Option(name: .long, help: ArgumentHelp("The target or stage that is built.", valueName: "name"))
    var target: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The Dockerfile; where it is a file, steps get the lines of it that they come from.", valueName: "path"),
        completion: .file())
    var dockerfile: String?

    @Option(name: .long, help: ArgumentHelp("The branch. Default: what the CI system says.", valueName: "name"))
    var branch: String?

    @Option(name: .long, help: ArgumentHelp("The commit. Default: what the CI system says.", valueName: "hash"))
    var commit: String?

    @Option(name: .long, help: ArgumentHelp("The builder instance.", valueName: "name"))
    var builder: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "When the build started, where its log does not tell: 2026-05-01T12:00:00Z or 2026-05-01.",
            valueName: "time"))
    var startedAt: String?

    func validate() throws {
        try CollectJob.checkName(name)
        if let startedAt, FilterValue.time(startedAt) == nil {
            throw ValidationError("--started-at is a time such as 2026-01-31 or 2026-01-31T12:00:00Z")
        }
    }

    /// Fills what the build itself does not tell. What the user says goes before what the build says of itself, but for
    /// its target and its start: one log may have several.
    ///
    /// - Parameter environment: that of the CI job which the build ran in; nil when that is not known.
    func complete(_ build: inout Build, _ environment: [String: String]?) {
        let job = environment.map(CIEnvironment.init)
        build.project = project ?? build.project ?? job?.project
        build.target = build.target ?? target
        build.dockerfile = dockerfile ?? build.dockerfile
        build.branch = branch ?? build.branch ?? job?.branch
        build.commit = commit ?? build.commit ?? job?.commit
        build.builder = builder ?? build.builder
        build.startedAt = build.startedAt ?? startedAt.flatMap { FilterValue.time($0) }
    }
}

/// `--fail-under`: a hit rate that builds shall not fall below.
struct RateLimit: ParsableArguments {
    @Option(
        name: .long, help: ArgumentHelp("Exit with 1 when a hit rate is below this, from 0 to 1.", valueName: "rate"))
    var failUnder: Double?

    func validate() throws {
        if let failUnder, !(0...1).contains(failUnder) {
            throw ValidationError("--fail-under is a number from 0 to 1")
        }
    }

    /// Says which rates are too low, and how many rows have none. Throws ``CommandFailure`` with status 1 when one is.
    func check(_ rates: [(name: String, rate: Double?)]) throws {
        guard let failUnder else { return }
        let low = rates.filter { ($0.rate ?? 1) < failUnder }
        let without = rates.count { $0.rate == nil }
        if without > 0 {
            StandardError.line(
                "\(without) of \(rates.count) have no hit rate, and are not held against --fail-under")
        }
        guard !low.isEmpty else { return }
        for (name, rate) in low.prefix(20) {
            StandardError.line("\(name): hit rate \(rate ?? 0) is below \(failUnder)")
        }
        throw CommandFailure(.checkFailed, "\(low.count) of \(rates.count) hit rates are below \(failUnder)")
    }
}

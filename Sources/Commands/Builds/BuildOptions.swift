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

    func validate() throws { try CollectJob.checkName(name) }

    /// Fills what the build itself does not tell.
    ///
    /// - Parameter environment: that of the CI job which the build ran in; nil when that is not known.
    func complete(_ build: inout Build, _ environment: [String: String]?) {
        let job = environment.map(CIEnvironment.init)
        build.project = build.project ?? project ?? job?.project
        build.target = build.target ?? target
        build.dockerfile = build.dockerfile ?? dockerfile
        build.branch = build.branch ?? branch ?? job?.branch
        build.commit = build.commit ?? commit ?? job?.commit
        build.builder = build.builder ?? builder
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

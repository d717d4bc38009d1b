import ArgumentParser
import Figures
import Reporting

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Plan a clean-up: what may go, what it really frees, why everything else stays.",
        discussion: """
            `plan` takes the options of `plan make` (layerscope plan make --help): rules, --target, --what-if, --format \
            script, --apply. Nothing is deleted without --apply.

            EXAMPLES
              layerscope plan --source registry --tag 'nightly-.*' --keep-last 5 --older-than 30d
              layerscope plan --source build-host --dangling --apply
              layerscope plan --source registry --what-if team/app:1.0
              layerscope plan verify --source registry
              layerscope plan list
            """,
        subcommands: [PlanMakeCommand.self, PlanVerifyCommand.self, PlanListCommand.self],
        defaultSubcommand: PlanMakeCommand.self)
}

/// `plan` itself.
struct PlanMakeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "make",
        abstract: "Make a plan, and carry it out with --apply; the word make may be left out.",
        discussion: """
            Rules say what may go; the plan is what of it can go without breaking anything that stays. Children of kept \
            indexes, signatures of kept images, manifests that another tag names, images that containers use and what \
            is pinned stay, and each refusal names who keeps it. The bytes are those of all deletions together, as the \
            garbage collector at hand frees them; what two deletions hold together is freed by neither alone.

            Without rules as options, those of layerscope.yml (cleanup:) are used. What a registry's API does not show \
            (untagged manifests, blobs that nothing lists) comes from `collect storage`; without it the bytes are an \
            upper bound, and the plan says so.

            EXAMPLES
              layerscope plan --source registry --repository 'team/*' --tag 'nightly-.*' --keep-last 5
              layerscope plan --source registry --untagged --older-than 30d
              layerscope plan --source registry --tag '.*' --older-than 90d --target 100GB
              layerscope plan --source build-host --dangling --apply
              layerscope plan --source registry --what-if team/app:1.0 --what-if team/web
              layerscope plan --source registry --untagged --format script --tool skopeo > clean-up.sh
              layerscope plan verify --source registry
            """)

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("The source. Repeatable; needed when there are several.", valueName: "name"))
    var source: [String] = []

    @OptionGroup(title: "Rules") var rules: PlanRules

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Of what the rules select, take only what frees at least so much at the least loss.", valueName: "size"))
    var target: ByteCount?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What --target counts as loss: images (the default), or activity (an image counts more the younger it is "
                + "and the more lately it was pulled).", valueName: "measure"))
    var loss: LossMeasure?

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp(
            "Instead of rules: what would go if exactly this went. An image, repository, namespace/ or owner=NAME. "
                + "Repeatable.", valueName: "name"))
    var whatIf: [String] = []

    @Option(
        name: .customLong("garbage-collector"),
        help: ArgumentHelp(
            "What frees the bytes: \(GarbageCollector.allCases.map(\.rawValue).joined(separator: ", ")). "
                + "Default: distribution for registries, the engine's own for engines.", valueName: "kind"))
    var collector: GarbageCollector?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "For --format script: curl, skopeo, regctl, crane, docker or podman.", valueName: "tool"))
    var tool: CleanupScript.Tool?

    @Option(
        name: .long, help: ArgumentHelp("For scripts and --apply: the registry's address.", valueName: "url"))
    var registry: String?

    @Flag(name: .long, help: "Carry the plan out, after showing it and asking.")
    var apply = false

    @Flag(name: [.customShort("y"), .long], help: "Do not ask.")
    var yes = false

    @OptionGroup var listing: ListingArguments
    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        let rule = try rules.rule()
        let isScript = listing.format == "script"
        if !whatIf.isEmpty && (rule != nil || target != nil || apply || isScript) {
            throw ValidationError("--what-if goes without rules, --target, --apply and scripts: it only asks")
        }
        if whatIf.contains("") { throw ValidationError("--what-if needs a name") }
        if loss != nil && target == nil { throw ValidationError("--loss goes with --target") }
        if registry != nil && !apply && !isScript {
            throw ValidationError("--registry goes with --apply or --format script")
        }
        if registry?.contains("@") == true {
            throw ValidationError("--registry must not hold credentials; they stand in layerscope.yml")
        }
        // What is not shown would be deleted all the same.
        if (apply || isScript) && (!listing.filter.isEmpty || listing.limit != nil) {
            throw ValidationError(
                "--filter and --limit only choose what is shown; --apply and scripts make the whole plan, so narrow it "
                    + "with rules")
        }
        if yes && !apply { throw ValidationError("--yes goes with --apply") }
        if tool != nil && !isScript { throw ValidationError("--tool goes with --format script") }
        if apply && isScript { throw ValidationError("give --apply or --format script, not both") }
        if apply && source.count > 1 { throw ValidationError("--apply carries out the plan of one source") }
    }

    func run() async throws { try await PlanRun(self).run() }
}

/// What `--target` counts as loss.
enum LossMeasure: String, ExpressibleByArgument, CaseIterable {
    case images
    case activity
}

import ArgumentParser

struct UsageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "usage",
        abstract: "Show who holds the bytes: by source, repository, namespace, owner, base or label.",
        discussion: """
            The column fair_share_bytes adds up to what is stored; exclusive_bytes is what goes if the whole group goes. \
            Every source keeps its own copy, so groups over several sources are sums over sources.

            EXAMPLES
              layerscope usage --by repository --sort fair_share_bytes:desc
              layerscope usage --by owner --format csv
              layerscope usage --by base --filter source=registry.example.org
              layerscope usage --by label:org.opencontainers.image.vendor
            """)

    @Option(
        name: .long,
        help: ArgumentHelp("source, repository, namespace, owner, base or label:KEY.", valueName: "group"),
        completion: .list(["source", "repository", "namespace", "owner", "base", "label:"]))
    var by: UsageGrouping = .source

    @OptionGroup var listing: ListingArguments
    @OptionGroup var database: DatabaseOptions

    func run() async throws { try await UsageRun(grouping: by, listing: listing, database: database).run() }
}

/// How images are taken together.
enum UsageGrouping: ExpressibleByArgument, Equatable {
    case source
    case repository
    case namespace
    case owner
    case base
    case label(String)

    init?(argument: String) {
        switch argument {
        case "source": self = .source
        case "repository": self = .repository
        case "namespace": self = .namespace
        case "owner": self = .owner
        case "base": self = .base
        default:
            guard argument.hasPrefix("label:"), argument.count > 6 else { return nil }
            self = .label(String(argument.dropFirst(6)))
        }
    }

    /// The column that holds the group's key.
    var column: String {
        switch self {
        case .source: "source"
        case .repository: "repository"
        case .namespace: "namespace"
        case .owner: "owner"
        case .base: "base"
        case .label: "label"
        }
    }

    var defaultValueDescription: String { "source" }
}

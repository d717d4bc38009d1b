import ArgumentParser
import Figures

struct CacheCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cache",
        abstract: "Show the disk of build caches, and what a prune of them would free.",
        discussion: """
            bytes adds up over all records; shared_bytes is what images hold too, and no prune frees. never_used_again: \
            records that were used once or never. With --prune the columns pruned_records and freed_bytes tell what \
            docker builder prune (or buildx prune) with the same flags would remove and free now, from what was \
            collected last; reported_bytes is what the builder will say, which counts shared records too. is_certain is \
            false where --keep-storage comes to records that rank the same: the builder takes any of them. A record that \
            stays keeps those that it stands on. Docker before 23 takes --filter shared=true for a filter that nothing \
            fits; here it means what buildx makes of it.

            EXAMPLES
              layerscope cache
              layerscope cache --by age --filter source=build-host
              layerscope cache --by record --sort bytes:desc --limit 10
              layerscope cache --prune --all --prune-filter until=24h
              layerscope cache --prune --keep-storage 10GB --format json
            """)

    @Option(
        name: .long, help: ArgumentHelp("type, age, last-use, uses, shared or record.", valueName: "group"),
        completion: .list(CacheGrouping.allCases.map(\.rawValue)))
    var by: CacheGrouping = .type

    @Flag(name: .long, help: "Tell what a prune would free.")
    var prune = false

    @Flag(name: .long, help: "Prune internal and frontend records, and those that images share, too.")
    var all = false

    @Option(
        name: .customLong("prune-filter"), parsing: .singleValue,
        help: ArgumentHelp(
            "Prune only what fits: until=24h or unused-for=24h, type=regular, id=EXPRESSION, shared=true, private=true. "
                + "Repeatable.",
            valueName: "key=value"))
    var pruneFilter: [String] = []

    @Option(
        name: .customLong("keep-storage"),
        help: ArgumentHelp("Prune until less than so many bytes are left: 10GB.", valueName: "bytes"))
    var keepStorage: String?

    @OptionGroup var listing: ListingArguments
    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        guard prune else {
            if all || !pruneFilter.isEmpty || keepStorage != nil {
                throw ValidationError("--all, --prune-filter and --keep-storage need --prune")
            }
            return
        }
        _ = try rules()
    }

    func run() async throws {
        try await CacheRun(
            grouping: by, rules: prune ? try rules() : nil, listing: listing, database: database
        ).run()
    }

    func rules() throws -> PruneRules {
        try PruneRules(isAll: all, filters: pruneFilter, keepStorage: keepStorage)
    }
}

/// What cache records are taken together by.
enum CacheGrouping: String, ExpressibleByArgument, CaseIterable {
    case type
    case age
    case lastUse = "last-use"
    case uses
    case shared
    case record

    /// The column that holds the group's key.
    var column: String { self == .lastUse ? "last_use" : rawValue }
}

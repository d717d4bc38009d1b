import ArgumentParser

struct QueryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Ask in SQL, read-only, or run a named query.",
        discussion: """
            The views are documented in sql/README.md. Whatever SQL is given runs as a role that can only read, in a \
            read-only transaction with a time limit. A single word is the name of a query; --list lists them.

            EXAMPLES
              layerscope query --list
              layerscope query "SELECT repository, count(*) FROM images GROUP BY 1 ORDER BY 2 DESC"
              layerscope query where_is_layer --param digest=sha256:3f4f…
              layerscope query --format csv "SELECT * FROM layers WHERE bytes > 100000000"
            """)

    @Argument(help: ArgumentHelp("SQL, - to read it from standard input, or a query's name.", valueName: "sql"))
    var sql: String?

    @Flag(name: .long, help: "List the named queries.")
    var list = false

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("A parameter of a named query. Repeatable.", valueName: "name=value"))
    var param: [ParameterOption] = []

    @Option(name: .long, help: ArgumentHelp("Seconds after which the query is cancelled.", valueName: "seconds"))
    var timeout = 30

    @OptionGroup var listing: ListingArguments
    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        if list == (sql != nil) { throw ValidationError("give SQL or a query's name, or --list") }
        guard (1...3600).contains(timeout) else { throw ValidationError("--timeout is 1 to 3600 seconds") }
        guard listing.filter.isEmpty && listing.sort.isEmpty else {
            throw ValidationError("--filter and --sort belong to listings; write WHERE and ORDER BY")
        }
    }

    func run() async throws {
        let query = QueryRun(
            text: sql, parameters: param, timeout: .seconds(timeout), listing: listing, database: database)
        try await query.run()
    }
}

/// `name=value`
struct ParameterOption: ExpressibleByArgument, Equatable {
    let name: String
    let value: String

    init?(argument: String) {
        guard let sign = argument.firstIndex(of: "="), sign != argument.startIndex else { return nil }
        name = String(argument[..<sign])
        value = String(argument[argument.index(after: sign)...])
    }
}

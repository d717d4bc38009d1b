import ArgumentParser
import Reporting

/// What every listing takes.
struct ListingArguments: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "table, json, jsonl, csv, or a Go template such as '{{.Repository}}\\t{{.ApparentBytes}}'.",
            valueName: "format"),
        completion: .list(["table", "json", "jsonl", "csv"]))
    var format = "table"

    @Option(
        name: [.short, .long], parsing: .singleValue,
        help: ArgumentHelp(
            "Only rows whose column fits: key=value, key!=value, key>value, key<value, with * in text. Repeatable.",
            valueName: "key=value"))
    var filter: [FilterOption] = []

    @Flag(name: [.short, .long], help: "Only the rows' names or digests, one a line.")
    var quiet = false

    @Flag(name: .customLong("no-trunc"), help: "Do not shorten digests, instructions and lists.")
    var noTruncation = false

    @Option(
        name: .long, help: ArgumentHelp("Units of sizes in tables: si (kB, MB) or iec (KiB, MiB).", valueName: "units"))
    var units: ByteUnits = .si

    @Option(
        name: .long, parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Sort by a column, largest first with column:desc. Repeatable.", valueName: "column"))
    var sort: [SortOption] = []

    @Option(name: .long, help: ArgumentHelp("At most so many rows.", valueName: "count"))
    var limit: Int?

    func validate() throws {
        if let limit, limit < 0 { throw ValidationError("--limit must not be negative") }
        if quiet && format != "table" { throw ValidationError("--quiet and --format exclude each other") }
        if format.isEmpty { throw ValidationError("--format needs table, json, jsonl, csv or a template") }
    }
}

extension ByteUnits: ExpressibleByArgument {}

/// `column`, `column:asc`, `column:desc` or `-column`.
struct SortOption: ExpressibleByArgument, Equatable {
    let column: String
    let isDescending: Bool

    init(column: String, isDescending: Bool) {
        self.column = column
        self.isDescending = isDescending
    }

    init?(argument: String) {
        var text = argument[...]
        var descending = false
        if text.hasPrefix("-") {
            descending = true
            text = text.dropFirst()
        } else if let colon = text.lastIndex(of: ":") {
            switch text[text.index(after: colon)...] {
            case "desc": descending = true
            case "asc": descending = false
            default: return nil
            }
            text = text[..<colon]
        }
        guard let column = ColumnName.normalised(text) else { return nil }
        self.column = column
        isDescending = descending
    }
}

/// A column's name as people write it.
enum ColumnName {
    /// In snake case, as the views name it (`fair-share-bytes`, `FairShareBytes`: `fair_share_bytes`); nil for what is
    /// no name.
    static func normalised(_ text: some StringProtocol) -> String? {
        guard let first = text.first, first.isASCII, first.isLetter else { return nil }
        var name = ""
        var previous: Character = "_"
        for character in text {
            guard character.isASCII, character.isLetter || character.isNumber || character == "_" || character == "-"
            else { return nil }
            if character.isUppercase, previous.isLowercase || previous.isNumber { name += "_" }
            name += character == "-" ? "_" : character.lowercased()
            previous = character
        }
        return name
    }
}

import Database
import Figures
import Foundation
import Postgres
import Reporting

/// Prints builds, or hit rates by what builds have in common.
struct BuildsRun {
    let grouping: BuildGrouping?
    let since: String?
    let limit: RateLimit
    let listing: ListingArguments
    let database: DatabaseOptions

    private static let shown = [
        "build", "project", "target", "started_at", "duration_seconds", "result", "steps", "hits", "misses", "hit_rate",
        "seconds_saved", "seconds_lost", "first_miss_cause", "first_miss",
    ]
    private static let shownRates = [
        "builds", "hits", "misses", "hit_rate", "time_hit_rate", "seconds_saved", "seconds_run", "seconds_lost",
    ]
    private static let headings = [
        "started_at": "STARTED", "duration_seconds": "SECONDS", "seconds_saved": "SAVED (S)",
        "seconds_lost": "LOST (S)", "seconds_run": "RUN (S)", "time_hit_rate": "BY TIME", "first_miss_cause": "CAUSE",
    ]

    func run() async throws {
        let output = try Output(listing)
        try await database.read { reader in
            var table =
                if let grouping { try await rates(grouping, reader) } else { try await builds(reader) }
            table.totals = table.cacheTotals
            let names = try await builders(reader)
            let held: [(name: String, rate: Double?)] = table.rows.indices.map { row in
                let name = grouping.map { table.text(row, $0.rawValue) } ?? "build \(table.text(row, "build"))"
                return (name, table.number(row, "hit_rate"))
            }
            try output.print(
                Listing(
                    table.limited(listing.limit),
                    shown: grouping.map { [$0.rawValue] + Self.shownRates } ?? Self.shown, headings: Self.headings,
                    identifier: grouping?.rawValue ?? "build", coverage: try await reader.coverage(of: names)))
            if names.isEmpty {
                StandardError.line("no build was collected: see `layerscope collect build-log --help`")
            }
            try limit.check(held)
        }
    }

    private func builds(_ reader: Reader) async throws -> Table {
        var filters = listing.filter
        if let since { filters.append(FilterOption(column: "started_at", comparison: .atLeast, value: since)) }
        let order = ["-started_at", "-build"].compactMap(SortOption.init(argument:))
        return try await reader.table(
            "builds", filters: filters, sort: listing.sort.isEmpty ? order : listing.sort)
    }

    /// What rates are of is filtered before they are computed, the rates themselves after.
    private func rates(_ grouping: BuildGrouping, _ reader: Reader) async throws -> Table {
        var filter = BuildFilter(since: since.flatMap { FilterValue.time($0) })
        let places: [String: WritableKeyPath<BuildFilter, String?>] = [
            "source": \.source, "project": \.project, "target": \.target, "dockerfile": \.dockerfile,
            "builder": \.builder,
        ]
        var others: [FilterOption] = []
        for option in listing.filter {
            let isPlain = option.comparison == .equal && !option.value.contains { "*?".contains($0) }
            if isPlain, !option.value.isEmpty, let place = places[option.column], filter[keyPath: place] == nil {
                filter[keyPath: place] = option.value
            } else {
                others.append(option)
            }
        }
        return try await reader.database.hitRates(by: grouping, of: filter).filtered(others).sorted(listing.sort)
    }

    /// The sources that have builds, as far as the filters on sources leave them.
    private func builders(_ reader: Reader) async throws -> [String] {
        let chosen = try await reader.names(listing.filter.filter { $0.column == "source" })
        return try await reader.sourcesWithBuilds().filter(chosen.contains)
    }
}

/// Prints the steps of a build, or of all.
struct StepsRun {
    let build: String?
    let listing: ListingArguments
    let database: DatabaseOptions

    private static let shown = [
        "number", "stage", "text", "outcome", "duration_seconds", "seconds_saved", "seconds_lost", "cause", "lines",
    ]
    private static let headings = [
        "duration_seconds": "SECONDS", "seconds_saved": "SAVED (S)", "seconds_lost": "LOST (S)", "text": "STEP",
    ]

    func run() async throws {
        let output = try Output(listing)
        try await database.read { reader in
            var filters = listing.filter
            if let build {
                filters.append(FilterOption(column: "build", value: String(try await number(build, reader))))
            }
            let order = ["build", "number"].compactMap(SortOption.init(argument:))
            var table = try await reader.table(
                "steps", filters: filters, sort: listing.sort.isEmpty ? order : listing.sort)
            table.totals = table.cacheTotals
            try output.print(
                Listing(
                    table.limited(listing.limit), shown: build == nil ? ["build"] + Self.shown : Self.shown,
                    headings: Self.headings, identifier: "text",
                    coverage: try await reader.coverage(of: try await reader.sourcesWithBuilds())))
        }
    }

    private func number(_ text: String, _ reader: Reader) async throws -> Int64 {
        let filter =
            Int32(text) == nil
            ? FilterOption(column: "reference", literal: text) : FilterOption(column: "build", value: text)
        let found = try await reader.table("builds", filters: [filter])
        guard !found.rows.isEmpty, let number = found.value(0, "build").integer else {
            throw CommandFailure(.checkFailed, "no build \(text); `layerscope builds` lists them")
        }
        return number
    }
}

extension Reader {
    /// The names of sources that told of builds.
    func sourcesWithBuilds() async throws -> [String] {
        try await rows("builds", "sources", []) { try $0.text("name") }
    }
}

extension Value {
    var real: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .real(let number): number
        default: nil
        }
    }
}

extension Table {
    func text(_ row: Int, _ column: String) -> String {
        switch value(row, column) {
        case .text(let text): text
        case .integer(let number): String(number)
        default: ""
        }
    }

    func number(_ row: Int, _ column: String) -> Double? { value(row, column).real }

    /// Hits, misses and the rate of both of all rows of builds, steps or rates, and seconds, which add up.
    var cacheTotals: [String: Value] {
        func count(_ column: String, _ flag: String) -> Int {
            if let position = position(of: flag) { return rows.count { $0[position] == .flag(true) } }
            return rows.indices.reduce(0) { $0 + Int(value($1, column).integer ?? 0) }
        }
        let (hits, misses) = (count("hits", "hit"), count("misses", "miss"))
        var totals: [String: Value] = [
            "hits": .integer(Int64(hits)), "misses": .integer(Int64(misses)), "hit_rate": BuildRows.rate(hits, misses),
        ]
        if position(of: "steps") != nil { totals["steps"] = .integer(Int64(count("steps", ""))) }
        for column in ["seconds_saved", "seconds_lost", "seconds_run"] where position(of: column) != nil {
            let known = rows.indices.compactMap { number($0, column) }
            totals[column] = known.isEmpty ? .null : .real(known.reduce(0, +))
        }
        return totals
    }
}

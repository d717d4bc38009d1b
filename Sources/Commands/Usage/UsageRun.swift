import Figures
import Reporting

/// Prints who holds the bytes. The totals are the figures of all rows together as one set; fair_share_bytes alone is a
/// sum of the rows, because it alone adds up.
struct UsageRun {
    let grouping: UsageGrouping
    let listing: ListingArguments
    let database: DatabaseOptions

    func run() async throws {
        let output = try Output(listing)
        try await database.read { reader in
            let (sources, filters) = try await chosenSources(reader)
            let names = sources.map(\.name)
            let all = try await groups(reader, sources, isWhole: filters.count == listing.filter.count)
            var table = try all.filtered(filters)
            table.totals = try await totals(of: table, isAll: table.rows.count == all.rows.count, reader, sources)
            try output.finish(
                Listing(
                    try table.sorted(order).limited(listing.limit), shown: shown(table), headings: Self.headings,
                    identifier: grouping.column, checks: try await reader.checks(of: names),
                    coverage: try await reader.coverage(of: names)))
        }
    }

    private static let headings = [
        "apparent_bytes": "APPARENT", "exclusive_bytes": "EXCLUSIVE", "fair_share_bytes": "FAIR SHARE",
        "bytes_are": "BYTES",
    ]

    private var order: [SortOption] {
        listing.sort.isEmpty ? [SortOption(column: "fair_share_bytes", isDescending: true)] : listing.sort
    }

    private func shown(_ table: Table) -> [String] {
        let keys = grouping.column == "source" ? ["source"] : ["source", grouping.column]
        return keys.filter { table.position(of: $0) != nil } + [
            "bytes_are", "images", "apparent_bytes", "stored_bytes", "shared_bytes", "exclusive_bytes",
            "fair_share_bytes",
        ]
    }

    /// The sources that the filters on `source` and `bytes_are` leave, and the other filters.
    private func chosenSources(_ reader: Reader) async throws -> ([Reader.Source], [FilterOption]) {
        let ofSources = listing.filter.filter { ["source", "bytes_are"].contains($0.column) }
        let others = listing.filter.filter { !["source", "bytes_are"].contains($0.column) }
        let chosen = Set(try await reader.names(ofSources))
        return (try await reader.sources().filter { chosen.contains($0.name) }, others)
    }

    /// All groups of the sources. Views have the groups of all sources together; those of some are computed.
    private func groups(_ reader: Reader, _ sources: [Reader.Source], isWhole: Bool) async throws -> Table {
        switch grouping {
        case .source, .repository:
            let names = Set(sources.map(\.name))
            var table = try await reader.table("usage_by_\(grouping.column)")
            let position = table.position(of: "source") ?? 0
            table.rows.removeAll { !names.contains($0[position].text ?? "") }
            return table
        case .namespace, .owner:
            if isWhole { return try await reader.table("usage_by_\(grouping.column)") }
            return try await picture(reader, sources).usage(by: grouping).table(keyColumn: grouping.column)
        case .base, .label:
            return try await picture(reader, sources).usage(by: grouping).table(keyColumn: grouping.column)
        }
    }

    private func picture(_ reader: Reader, _ sources: [Reader.Source]) async throws -> GraphPicture {
        try await GraphPicture.read(reader, sources, for: grouping)
    }

    /// Totals of rows whose bytes must not be added: what is no number of bytes may be.
    private static func counts(of table: Table) -> [String: Value] {
        var totals: [String: Value] = [:]
        for column in UsageTable.figureColumns {
            let isCount = ["images", "items", "unknown_objects"].contains(column.name)
            let sum = table.rows.indices.reduce(Int64(0)) { $0 + (table.value($1, column.name).integer ?? 0) }
            totals[column.name] = isCount ? .integer(sum) : .null
        }
        return totals
    }

    /// The figures of all rows as one set; without figures in bytes when the rows' bytes do not mean the same.
    private func totals(
        of table: Table, isAll: Bool, _ reader: Reader, _ sources: [Reader.Source]
    ) async throws -> [String: Value] {
        let rows = table.rows.indices
        let meanings = Set(rows.compactMap { table.value($0, "bytes_are").text })
        guard meanings.count <= 1 else {
            StandardError.line(
                "no totals in bytes: unpacked bytes and bytes as stored are not added; "
                    + "--filter bytes_are=unpacked or bytes_are=stored")
            return Self.counts(of: table)
        }
        guard !rows.isEmpty else { return [:] }
        var together = ByteFigures()
        if isAll {
            let whole = try await reader.table("usage_by_source")
            let names = Set(sources.map(\.name))
            for row in whole.rows.indices where names.contains(whole.value(row, "source").text ?? "") {
                together.add(whole, row)
            }
        } else {
            let usage = try await picture(reader, sources).usage(by: grouping)
            let keys = Set(rows.map { grouping.key(of: $0, in: table) })
            together = usage.together { key, meaning in meanings.contains(meaning) && keys.contains(key) }
        }
        together.fairShareBytes = rows.reduce(0) { $0 + (table.value($1, "fair_share_bytes").integer ?? 0) }
        return Dictionary(
            uniqueKeysWithValues: zip(UsageTable.figureColumns.map(\.name), UsageTable.cells(together)))
    }
}

extension UsageGrouping {
    /// The group of a row, as ``GraphPicture/usage(by:)`` names it: repositories of several sources are told apart.
    func key(of row: Int, in table: Table) -> String {
        let key = table.value(row, column).text ?? ""
        guard self == .repository else { return key }
        return GraphPicture.repositoryKey(source: table.value(row, "source").text ?? "", key)
    }
}

extension ByteFigures {
    /// Adds a row of `usage_by_source`: sources share nothing.
    fileprivate mutating func add(_ table: Table, _ row: Int) {
        func value(_ name: String) -> Int64 { table.value(row, name).integer ?? 0 }
        images += value("images")
        items += value("items")
        apparentBytes += value("apparent_bytes")
        storedBytes += value("stored_bytes")
        exclusiveBytes += value("exclusive_bytes")
        sharedBytes += value("shared_bytes")
        unknownObjects += value("unknown_objects")
    }
}

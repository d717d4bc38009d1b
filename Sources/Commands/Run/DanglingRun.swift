import Analysis
import Figures
import Reporting

/// Prints waste: each alone, and in the totals what goes if all rows go together.
struct DanglingRun {
    let listing: ListingArguments
    let database: DatabaseOptions

    private static let shown = ["kind", "source", "repository", "digest", "created_at", "exclusive_bytes", "reason"]

    func run() async throws {
        let output = try Output(listing)
        try await database.read { reader in
            let all = try await reader.table("dangling", filters: listing.filter)
            let names = try await reader.names(listing.filter)
            var table = try all.sorted(order).limited(listing.limit)
            table.totals = try await totals(of: all, reader)
            try output.finish(
                Listing(
                    table, shown: Self.shown, headings: ["exclusive_bytes": "SIZE ALONE"], identifier: "digest",
                    checks: try await reader.checks(of: names), coverage: try await reader.coverage(of: names)))
        }
    }

    private var order: [SortOption] {
        listing.sort.isEmpty ? [SortOption(column: "exclusive_bytes", isDescending: true)] : listing.sort
    }

    /// What goes if everything that the filters leave goes together, computed on the whole of it: two images that
    /// share a layer with each other alone free it only together.
    private func totals(of table: Table, _ reader: Reader) async throws -> [String: Value] {
        let rows = table.rows.indices
        guard !rows.isEmpty else { return ["items": .integer(0), "exclusive_bytes": .integer(0)] }
        let meanings = Set(rows.compactMap { table.value($0, "bytes_are").text })
        guard meanings.count <= 1 else {
            StandardError.line(
                "no totals in bytes: unpacked bytes and bytes as stored are not added; "
                    + "--filter bytes_are=unpacked or bytes_are=stored")
            return [
                "items": .integer(Int64(rows.count)), "exclusive_bytes": .null, "stored_bytes": .null,
                "apparent_bytes": .null,
            ]
        }
        let chosen = Set(
            rows.map { row in ["source", "repository", "digest"].map { table.value(row, $0).text ?? "" } })
        let names = Set(chosen.map { $0[0] })
        let picture = try await GraphPicture.read(reader, try await reader.sources().filter { names.contains($0.name) })
        let graph = picture.graph
        let digests = try await reader.wasteDigests(of: graph)
        let parts = graph.holdingItems.indices.map { holding -> LayerGraph.Index in
            let repository = Int(graph.holdingRepositories[holding])
            let source = Int(graph.repositorySources[repository])
            guard let digest = digests[graph.holdingItems[holding]] else { return 1 }
            return chosen.contains([graph.sourceNames[source], graph.repositoryNames[repository], digest]) ? 0 : 1
        }
        let together = groupFigures(
            graph, Grouping(name: "waste", keys: ["waste", "others"], groupOfHolding: parts))[0]
        return [
            "items": .integer(together.items), "exclusive_bytes": .integer(together.exclusiveBytes),
            "stored_bytes": .integer(together.storedBytes), "apparent_bytes": .integer(together.apparentBytes),
        ]
    }
}

import Analysis
import Figures
import Reporting

/// Prints what two sets of images have in common, or the matrix of all repositories.
struct SharingRun {
    let groups: [String]
    let listing: ListingArguments
    let database: DatabaseOptions
    /// Repositories in the matrix: those with most stored bytes.
    private static let matrixLimit = 64

    func run() async throws {
        let output = try Output(listing)
        let sides = try groups.map(SharingSide.init)
        try await database.read { reader in
            let sources = try await reader.sources()
            if sides.count == 2 {
                try await pair(sides[0], sides[1], reader, sources, output)
            } else {
                try await matrix(reader, sources, output)
            }
        }
    }

    private func matrix(_ reader: Reader, _ sources: [Reader.Source], _ output: Output) async throws {
        var table = Table(
            name: "sharing",
            columns: [
                .init("source", .text), .init("first", .text), .init("second", .text), .init("shared_bytes", .bytes),
                .init("first_stored_bytes", .bytes), .init("second_stored_bytes", .bytes),
            ])
        for source in sources {
            let picture = try await GraphPicture.read(reader, [source])
            let grouping = picture.labels.grouping(picture.graph, by: .repository)
            let found = sharingMatrix(
                picture.graph, grouping, groupFigures(picture.graph, grouping), limit: Self.matrixLimit)
            table.rows += Self.rows(found, source: source.name)
            if grouping.keys.count > found.groups.count {
                StandardError.line(
                    "\(source.name): only the \(found.groups.count) largest of \(grouping.keys.count) repositories")
            }
        }
        let order = [SortOption(column: "shared_bytes", isDescending: true)]
        let names = sources.map(\.name)
        try output.finish(
            Listing(
                try table.filtered(listing.filter).sorted(listing.sort.isEmpty ? order : listing.sort)
                    .limited(listing.limit),
                headings: ["shared_bytes": "SHARED", "first_stored_bytes": "FIRST STORED"],
                checks: try await reader.checks(of: names), coverage: try await reader.coverage(of: names)))
    }

    /// Each pair that shares something, once.
    private static func rows(_ matrix: SharingMatrix, source: String) -> [[Value]] {
        var rows: [[Value]] = []
        for first in matrix.keys.indices {
            for second in matrix.keys.indices.dropFirst(first + 1) where matrix.sharedBytes[first][second] > 0 {
                rows.append([
                    .text(source), .text(matrix.keys[first]), .text(matrix.keys[second]),
                    .integer(matrix.sharedBytes[first][second]), .integer(matrix.sharedBytes[first][first]),
                    .integer(matrix.sharedBytes[second][second]),
                ])
            }
        }
        return rows
    }

    private func pair(
        _ first: SharingSide, _ second: SharingSide, _ reader: Reader, _ sources: [Reader.Source], _ output: Output
    ) async throws {
        let picture = try await GraphPicture.read(reader, sources)
        let sets = [
            try await reader.items(of: first, in: picture, named: groups[0]),
            try await reader.items(of: second, in: picture, named: groups[1]),
        ]
        let touched = Set(sets.joined().map { picture.graph.itemSources[Int($0)] })
        // Within one source objects themselves are compared; sources have only content in common.
        let contents = touched.count > 1 ? try await reader.contents(of: picture.graph) : nil
        let found = sharing(picture.graph, sets[0], sets[1], contents: contents)
        var table = try await table(found, picture.graph, reader)
        table = try table.filtered(listing.filter).sorted(listing.sort).limited(listing.limit)
        table.totals = found.totals
        let names = touched.map { picture.graph.sourceNames[Int($0)] }
        if case .table = output.format {
            try StandardOutput.write(found.summary(groups[0], groups[1], units: listing.units) + "\n")
            if touched.count > 1 {
                StandardError.line("the two are in different sources: each keeps its own copy of what is in both")
            }
            table.totals = [:]
        }
        try output.finish(
            Listing(
                table, shown: ["held_by", "kind", "digest", "diff_id", "bytes", "instruction"],
                checks: try await reader.checks(of: names), coverage: try await reader.coverage(of: names)))
    }

    /// One row for each object of either set, what both hold first.
    private func table(_ found: Sharing, _ graph: LayerGraph, _ reader: Reader) async throws -> Table {
        let facts = try await reader.objects(found.entries.map(\.object), of: graph)
        let words: [Sharing.Side: String] = [.both: "both", .onlyFirst: groups[0], .onlySecond: groups[1]]
        var table = Table(
            name: "sharing",
            columns: [
                .init("held_by", .text), .init("side", .text), .init("source", .text), .init("kind", .text),
                .init("digest", .digest), .init("diff_id", .digest), .init("bytes", .bytes),
                .init("instruction", .text),
            ])
        for entry in found.entries {
            guard let fact = facts[entry.object] else { continue }
            let source = graph.sourceNames[Int(graph.objectSources[Int(entry.object)])]
            table.rows.append([
                .text(words[entry.side] ?? ""), .text(entry.side.rawValue), .text(source), .text(fact.kind),
                .text(fact.digest), fact.diffID.map { .text($0) } ?? .null, fact.bytes.map { .integer($0) } ?? .null,
                fact.instruction.map { .text($0) } ?? .null,
            ])
        }
        return table
    }
}

import Database
import Figures
import Foundation
import Postgres
import Reporting

/// Reads what commands print: rows of views, coverage, checks and layer graphs.
struct Reader: Sendable {
    let database: LayerscopeDatabase

    /// A source as far as other rows depend on it.
    struct Source: Sendable, Equatable {
        var name: String
        /// `unpacked` or `stored`: the two are never added.
        var bytesAre: String
    }

    /// Rows of a documented view. Throws ``CommandFailure`` (usage) for a column or value that does not fit.
    func table(
        _ view: String, filters: [FilterOption] = [], sort: [SortOption] = [], limit: Int? = nil
    ) async throws -> Table {
        let columns = filters.isEmpty && sort.isEmpty ? [] : try await database.columns(of: view)
        let filters = filters.map { $0.renamed(among: columns) }
        for name in filters.map(\.column) + sort.map(\.column) where !columns.contains(where: { $0.name == name }) {
            throw CommandFailure(.usage, Table.unknownColumn(name, among: columns.map(\.name)))
        }
        // The database has no "not like": what it cannot do is done here, and then the limit is, too.
        let (others, own) = (filters.filter { !$0.isSQL }, filters.filter(\.isSQL))
        let found = try await database.table(
            view,
            filters: try own.map { filter in
                try filter.condition(columns.first { $0.name == filter.column }?.kind ?? .text)
            },
            sort: sort.map { Sort($0.column, descending: $0.isDescending) }, limit: others.isEmpty ? limit : nil)
        return try found.filtered(others).limited(limit)
    }

    /// Rows of one of the program's own statements.
    func rows<Row: Sendable>(
        _ file: String, _ step: String, _ parameters: [PostgresValue],
        _ decode: @Sendable (PostgresRow) throws -> Row
    ) async throws -> [Row] {
        let sql = try Statements.sql(file, step)
        return try await database.pool.withConnection { connection in
            try await connection.query(sql, parameters).rows.map(decode)
        }
    }

    /// All sources.
    func sources() async throws -> [Source] {
        let table = try await table("sources", sort: [SortOption(column: "source", isDescending: false)])
        return table.rows.indices.map {
            Source(name: table.value($0, "source").text ?? "", bytesAre: table.value($0, "bytes_are").text ?? "")
        }
    }

    /// Where a source was collected from; nil when there is none of that name.
    func location(of source: String) async throws -> String? {
        let found = try await database.table("sources", filters: [Filter("source", .equal, .text(source))])
        return found.rows.isEmpty ? nil : found.value(0, "location").text
    }

    /// The sources that rows rest on: those that a filter on `source` leaves, all without one. Rows that are not
    /// there rest on sources, too, so the rows themselves do not tell.
    func names(_ filters: [FilterOption]) async throws -> [String] {
        let ofSources = filters.filter { ["source", "bytes_are"].contains($0.column) }
        let table = try await table("sources").filtered(ofSources)
        return table.rows.indices.compactMap { table.value($0, "source").text }
    }

    /// The names of sources of a kind: `engine`, `registry`, `archive`, `builder` …
    func names(ofKind kind: String) async throws -> Set<String> {
        let table = try await database.table("sources", filters: [Filter("kind", .equal, .text(kind))])
        return Set(table.rows.indices.compactMap { table.value($0, "source").text })
    }

    /// The layer graph of sources, with what is said of its repositories.
    func picture(of sources: [Source]) async throws -> GraphPicture {
        let (graph, labels) = try await database.labelledGraph(sources: sources.map(\.name))
        let meanings = Dictionary(sources.map { ($0.name, $0.bytesAre) }) { first, _ in first }
        return GraphPicture(graph: graph, labels: labels, bytesAre: graph.sourceNames.map { meanings[$0] ?? "" })
    }
}

extension FilterOption {
    /// `label=…` for `labels=…`, as Docker's filters call it.
    fileprivate func renamed(among columns: [Table.Column]) -> FilterOption {
        guard column == "label", columns.contains(where: { $0.name == "labels" }) else { return self }
        return FilterOption(column: "labels", comparison: comparison, value: value)
    }

    private var isPattern: Bool { !isLiteral && value.contains { $0 == "*" || $0 == "?" } }

    fileprivate var isSQL: Bool { comparison != .notEqual || !isPattern }

    /// The condition for the database. In text, `=` with a star or question mark asks for a pattern.
    fileprivate func condition(_ kind: Table.Kind) throws -> Filter {
        let value = try FilterValue.value(self, kind) ?? .null
        guard comparison == .equal, isPattern, case .text = value else {
            return Filter(column, Filter.Comparison(comparison), value)
        }
        return Filter(column, .matches, value)
    }
}

extension Filter.Comparison {
    fileprivate init(_ comparison: FilterOption.Comparison) {
        switch comparison {
        case .equal: self = .equal
        case .notEqual: self = .notEqual
        case .atLeast: self = .atLeast
        case .atMost: self = .atMost
        case .more: self = .more
        case .less: self = .less
        case .like: self = .matches
        }
    }
}

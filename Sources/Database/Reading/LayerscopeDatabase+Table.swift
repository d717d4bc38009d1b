package import Figures
import Postgres

extension LayerscopeDatabase {
    /// The names of the documented views.
    package func views() async throws -> [String] {
        try await pool.withConnection { try await Self.views($0) }
    }

    /// The columns of a view. Throws ``DatabaseError/unknownView(_:views:)``.
    package func columns(of view: String) async throws -> [Table.Column] {
        try await pool.withConnection { try await Self.columns(of: view, $0).map(\.column) }
    }

    /// Rows of a view.
    ///
    /// - Parameters:
    ///   - view: its name, without schema.
    ///   - filters: all must fit. Values are bound, never part of the statement.
    ///   - columns: which columns; nil for all.
    /// - Throws: ``DatabaseError`` for a view or column that is not there, or a value that does not fit its column;
    ///   `PostgresError`.
    package func table(
        _ view: String, filters: [Filter] = [], sort: [Sort] = [], limit: Int? = nil, offset: Int = 0,
        columns wanted: [String]? = nil
    ) async throws -> Table {
        try await pool.withConnection { connection in
            try await connection.transaction(readOnly: true) { connection in
                let known = try await Self.columns(of: view, connection)
                let find = { (name: String) throws in
                    guard let column = known.first(where: { $0.column.name == name }) else {
                        throw DatabaseError.unknownColumn(name, view: view, columns: known.map(\.column.name))
                    }
                    return column
                }
                let shown = try wanted?.map(find) ?? known
                var conditions = FilterSQL()
                let clauses = try filters.map { filter in
                    let column = try find(filter.column)
                    return try conditions.condition(filter, column.column, type: column.type)
                }
                let order = try sort.map { sort in
                    FilterSQL.quoted(try find(sort.column).column.name) + (sort.isDescending ? " DESC" : "")
                        + " NULLS LAST"
                }
                var sql = "SELECT " + shown.map { FilterSQL.quoted($0.column.name) }.joined(separator: ", ")
                sql += " FROM layerscope.\(FilterSQL.quoted(view))"
                if !clauses.isEmpty { sql += " WHERE " + clauses.joined(separator: " AND ") }
                if !order.isEmpty { sql += " ORDER BY " + order.joined(separator: ", ") }
                if let limit { sql += " LIMIT \(max(0, limit))" }
                if offset > 0 { sql += " OFFSET \(offset)" }
                var rows: [[Value]] = []
                try await connection.stream(sql, conditions.parameters) { row in
                    rows.append(try shown.indices.map { try Value(try row[$0]) })
                }
                return Table(name: view, columns: shown.map(\.column), rows: rows)
            }
        }
    }

    private static func views(_ connection: PostgresConnection) async throws -> [String] {
        try await connection.query(try Statements.sql("views", "names")).rows.map { try $0.text(0) }
    }

    /// Columns with the numbers of their types.
    private static func columns(
        of view: String, _ connection: PostgresConnection
    ) async throws -> [(column: Table.Column, type: UInt32)] {
        let found = try await connection.query(
            try Statements.sql("views", "columns"), [.text(StoredText.clean(view))])
        guard !found.rows.isEmpty else {
            throw DatabaseError.unknownView(view, views: try await views(connection))
        }
        return try found.rows.map { row in
            let type = UInt32(truncatingIfNeeded: try row.int8("type"))
            return (Table.Column(try row.text("name"), type: type), type)
        }
    }
}

package import Figures
import Postgres

extension LayerscopeDatabase {
    /// Rows that name something that is not there: none, unless somebody else wrote into the tables. Columns: the
    /// table, what its row lacks, the source's and the thing's key.
    package func integrityProblems() async throws -> Table {
        try await pool.withConnection { connection in
            let found = try await connection.query(try Statements.sql("integrity"))
            return Table(
                name: "integrity", columns: found.columns.map { Table.Column($0.name, type: $0.oid) },
                rows: try found.rows.map { row in try (0..<row.count).map { try Value(try row[$0]) } })
        }
    }
}

import Postgres

/// Everything that the database says of its sources, table by table, as text: two pictures are the same when nothing
/// was changed in between. Rows that were written again as they were are another picture (`xmin`).
package func picture(_ url: String, withVersions: Bool = false) async throws -> [String: String] {
    let connection = try await PostgresConnection.connect(url)
    let tables = try await connection.query(
        """
        SELECT relname::text FROM pg_class
        WHERE relnamespace = 'layerscope_data'::regnamespace AND relkind = 'r'
          AND relname NOT IN ('migration', 'document')
        """)
    var picture: [String: String] = [:]
    for table in try tables.rows.map({ try $0.text(0) }) {
        let version = withVersions ? "t.xmin::text || ' ' || " : ""
        let rows = try await connection.query(
            "SELECT coalesce(string_agg(line, E'\\n' ORDER BY line), '') FROM "
                + "(SELECT \(version)t::text AS line FROM layerscope_data.\"\(table)\" t) lines")
        picture[table] = try rows.rows.first?.text(0)
    }
    await connection.close()
    return picture
}

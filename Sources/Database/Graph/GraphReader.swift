import Figures
import Foundation
import Postgres

/// Reads what sources hold into a ``LayerGraph``.
///
/// Things are numbered from 1 within their source, so plain arrays serve as maps from key to number.
struct GraphReader {
    let connection: PostgresConnection
    /// The moment to look at; nil for now.
    var moment: Date?

    /// Reads the graph of sources, and what is said about its repositories. Call it in a transaction, or the parts may
    /// not be of one moment.
    func read(_ sources: [Int32]) async throws -> (LayerGraph, GraphLabels) {
        // The rows of one table come in the order in which they were written.
        try await connection.run(
            script: "SET LOCAL synchronize_seqscans = off; SET LOCAL max_parallel_workers_per_gather = 0")
        var graph = LayerGraph()
        var labels = GraphLabels()
        for source in sources {
            let name = try await connection.query(
                "SELECT name FROM layerscope_data.source WHERE source_id = $1", [.int4(source)])
            guard let row = name.rows.first else { continue }
            graph.sourceKeys.append(source)
            graph.sourceNames.append(try row.text(0))
            var part = SourceGraphReader(reader: self, source: source)
            try await part.read(into: &graph, &labels)
        }
        return (graph, labels)
    }

    /// Copies the rows of a step of `graph.sql`, or of another file of that form.
    func copy(
        _ step: String, _ source: Int32, of file: String = "graph", _ body: (inout CopyReader) throws -> Void
    ) async throws {
        let sql = try text(file, step, source)
        try await connection.copyOut("COPY (\(sql)) TO STDOUT (FORMAT binary)", body)
    }

    private func text(_ file: String, _ step: String, _ source: Int32) throws -> String {
        let current =
            moment.map { moment in
                // A moment is a count of microseconds, so no text of ours or anybody's gets into the statement.
                let time =
                    "('2000-01-01 00:00:00+00'::timestamptz + "
                    + "\(PostgresTimestamp.microseconds(moment)) * interval '1 microsecond')"
                return "valid_from <= \(time) AND valid_until > \(time)"
            } ?? "valid_until = 'infinity'"
        let sql = try Statements.sql(file, step).replacing("@source", with: String(source))
            .replacing("@current", with: current)
        return String(sql[..<(sql.lastIndex(of: ";") ?? sql.endIndex)])
    }
}

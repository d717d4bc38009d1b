import Analysis
import Database
import Figures
import Postgres

/// Reading a large layer graph and computing every figure, against the same figures by SQL in the same database.
struct GraphBench {
    let images: Int
    let database: LayerscopeDatabase
    let url: String

    func run() async throws {
        heading("Figures of \(images) images")
        let connection = try await PostgresConnection.connect(url)
        let filling = try await ContinuousClock().measure { try await GraphFilling(images: images).run(on: connection) }
        line("filling the tables", filling)
        let (ours, update) = try await compute()
        let theirs = try await runStatements(on: connection)
        line("SQL: everything", theirs)
        line("  times as long", decimal(theirs / ours, places: 1))
        try await compare(update, on: connection)
        await connection.close()
    }

    /// Reads and computes, as a collection does; returns the time for both.
    private func compute() async throws -> (Duration, FigureUpdate) {
        let clock = ContinuousClock()
        resetPeakMemory()
        let start = clock.now
        let (graph, labels) = try await database.labelledGraph(sources: ["bench"])
        let read = clock.now
        line("objects, pairs", "\(graph.objectCount), \(graph.ownObjects.count)")
        let update = figureUpdate(graph, labels)
        let end = clock.now
        line("reading the graph", start.duration(to: read))
        line("computing figures, groups and checks", read.duration(to: end))
        line("reading and computing", start.duration(to: end))
        if let peak = peakMemory() { line("peak memory", decimal(Double(peak) / 1e6, places: 0) + " MB") }
        for run in 1...3 {
            let aspects = [GraphLabels.Aspect.repository, .namespace, .owner]
            let groupings = aspects.map { labels.grouping(graph, by: $0) }
            line(
                "figures and three groupings alone, run \(run)",
                clock.measure { _ = computeFigures(graph, groupings: groupings) })
        }
        return (start.duration(to: end), update)
    }

    private func runStatements(on connection: PostgresConnection) async throws -> Duration {
        try await connection.run(script: FigureStatements.settings)
        var total = Duration.zero
        for (name, statement) in FigureStatements.statements {
            let time = try await ContinuousClock().measure { _ = try await connection.execute(statement) }
            total += time
            line("SQL: " + name, time)
        }
        return total
    }

    /// Both must have found the same.
    private func compare(_ update: FigureUpdate, on connection: PostgresConnection) async throws {
        for group in update.groups {
            let rows = try await connection.query(
                """
                SELECT count(*), sum(images)::int8, sum(apparent_bytes)::int8, sum(stored_bytes)::int8,
                    sum(exclusive_bytes)::int8, sum(fair_share_bytes)::int8
                FROM bench.\(group.grouping.name)_figure
                """
            ).rows
            guard let row = rows.first else { continue }
            let theirs = try (0..<6).map { try row.int8($0) }
            let figures = group.figures
            let ours = [
                Int64(figures.count), figures.reduce(0) { $0 + $1.images }, figures.reduce(0) { $0 + $1.apparentBytes },
                figures.reduce(0) { $0 + $1.storedBytes }, figures.reduce(0) { $0 + $1.exclusiveBytes },
                figures.reduce(0) { $0 + $1.fairShareBytes },
            ]
            line(
                "sums by \(group.grouping.name), ours and those of SQL",
                ours == theirs ? "equal" : "DIFFER: \(ours) \(theirs)")
        }
        let broken = update.checks.filter { $0.outcome == .broken }
        line("checks", broken.isEmpty ? "all hold" : "BROKEN: \(broken)")
    }
}

import Analysis
import Database
import Figures
import Postgres

/// Reading a large layer graph and computing every figure, against the same figures by SQL in the same database.
struct GraphBench {
    let images: Int
    let rounds: Int
    let database: LayerscopeDatabase
    let url: String

    func run() async throws {
        heading("Figures of \(images) images")
        line("load average", loadAverage())
        let connection = try await PostgresConnection.connect(url)
        let filling = try await ContinuousClock().measure { try await GraphFilling(images: images).run(on: connection) }
        line("filling the tables", filling)
        // Taking turns, so that whatever else the machine does hits both; compared within a round.
        var ours: [Reading] = []
        var theirs: [[(name: String, seconds: Double)]] = []
        for round in 0..<rounds {
            let (reading, update) = try await compute()
            ours.append(reading)
            try await connection.run(script: "DROP SCHEMA IF EXISTS bench CASCADE")
            theirs.append(try await runStatements(on: connection))
            if round == 0 { try await compare(update, on: connection) }
        }
        await connection.close()
        report(ours, theirs)
        line("load average", loadAverage())
    }

    /// What reading and computing took, in seconds.
    private struct Reading {
        var reading: Double
        var computing: Double
        /// Figures and three groupings alone, without checks.
        var figures: Double
        var peak: Int?
        var size: String
        var whole: Double { reading + computing }
    }

    /// Reads and computes, as a collection does.
    private func compute() async throws -> (Reading, FigureUpdate) {
        let clock = ContinuousClock()
        resetPeakMemory()
        let start = clock.now
        let (graph, labels) = try await database.labelledGraph(sources: ["bench"])
        let read = clock.now
        let update = figureUpdate(graph, labels)
        let end = clock.now
        let peak = peakMemory()
        let groupings = [GraphLabels.Aspect.repository, .namespace, .owner].map { labels.grouping(graph, by: $0) }
        let figures = clock.measure { _ = computeFigures(graph, groupings: groupings) }
        let reading = Reading(
            reading: start.duration(to: read) / .seconds(1), computing: read.duration(to: end) / .seconds(1),
            figures: figures / .seconds(1), peak: peak,
            size: "\(graph.objectCount), \(graph.ownObjects.count)")
        return (reading, update)
    }

    private func runStatements(on connection: PostgresConnection) async throws -> [(name: String, seconds: Double)] {
        try await connection.run(script: FigureStatements.settings)
        var times: [(String, Double)] = []
        for (name, statement) in FigureStatements.statements {
            let time = try await ContinuousClock().measure { _ = try await connection.execute(statement) }
            times.append((name, time / .seconds(1)))
        }
        return times
    }

    private func report(_ ours: [Reading], _ theirs: [[(name: String, seconds: Double)]]) {
        if let size = ours.first?.size { line("objects, pairs", size) }
        line("reading the graph, seconds", Spread(ours.map(\.reading)), places: 3)
        line("computing figures, groups and checks, seconds", Spread(ours.map(\.computing)), places: 3)
        line("  figures and three groupings alone, seconds", Spread(ours.map(\.figures)), places: 3)
        line("reading and computing, seconds", Spread(ours.map(\.whole)), places: 3)
        // The first: later ones stand beside what the earlier ones left.
        if let peak = ours.first?.peak { line("peak memory", decimal(Double(peak) / 1e6, places: 0) + " MB") }
        for (place, statement) in (theirs.first ?? []).enumerated() {
            line("SQL: \(statement.name), seconds", Spread(theirs.map { $0[place].seconds }), places: 3)
        }
        let totals = theirs.map { $0.reduce(0) { $0 + $1.seconds } }
        line("SQL: everything, seconds", Spread(totals), places: 3)
        line("  times as long", Spread(zip(totals, ours).map { $0 / $1.whole }), places: 1)
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

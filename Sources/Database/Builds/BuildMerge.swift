import BuildModel
import Figures
import Foundation
import ImageModel
import Postgres

/// Adds the builds of a collection to those that are known, in the transaction of its connection. Builds only come: no
/// collection ends one.
struct BuildMerge {
    let connection: PostgresConnection
    let source: Int32
    /// The moment of the collection.
    let moment: Date

    /// How many builds are compared and written at once.
    private static let batch: Int32 = 200

    /// Merges what was staged, and has the figures of every history that it changed computed anew.
    func run(figures: (@Sendable ([Build]) throws -> [BuildFigures])?) async throws {
        let staged = try await number("count")
        guard staged > 0 else { return }
        guard let figures else { throw DatabaseError.unfitFigures("none for \(staged) builds") }
        _ = try await connection.query(try Statements.sql("builds", "lock"))
        try await connection.run(script: "ANALYZE staged_build, staged_build_step")
        var lineages: Set<BuildLineage> = []
        for first in stride(from: 1, through: staged, by: Int32.Stride(Self.batch)) {
            lineages.formUnion(try await merge(first...min(staged, first + Self.batch - 1)))
        }
        for lineage in lineages.sorted() { try await compute(lineage, figures) }
    }

    private func number(_ step: String) async throws -> Int32 {
        let found = try await connection.query(try Statements.sql("builds", step))
        return try found.rows.first?.int4("last") ?? 0
    }

    /// Merges some of the staged builds. Returns the histories that are not as they were.
    private func merge(_ numbers: ClosedRange<Int32>) async throws -> Set<BuildLineage> {
        let reader = BuildReader(connection: connection)
        let candidates = try await connection.query(
            try Statements.sql("builds", "candidates"), [.int4(numbers.lowerBound), .int4(numbers.upperBound)])
        let before = try await reader.builds(try candidates.rows.map { try $0.int4("build_id") })
        var table = BuildTable(before)
        var next = try await number("last_number") + 1
        for build in try await reader.staged(numbers) {
            if !table.take(build) {
                table.add(StoredBuild(source: source, number: next, seenAt: moment, known: KnownBuild(build)))
                next += 1
            }
        }
        var lineages: Set<BuildLineage> = []
        var changed: [StoredBuild] = []
        for (position, entry) in table.builds.enumerated() {
            let old = position < before.count ? before[position].known : nil
            guard old != entry.known else { continue }
            changed.append(entry)
            lineages.insert(BuildLineage(entry.known.build))
            if let old { lineages.insert(BuildLineage(old.build)) }
        }
        let replaced = changed.map(\.number).filter { number in before.contains { $0.number == number } }
        if !replaced.isEmpty {
            try await connection.execute(try Statements.sql("builds", "remove"), [.int4Array(replaced)])
        }
        try await BuildTables.database(connection).write(changed)
        let readings = changed.flatMap { entry in entry.known.readings.map { (entry, $0) } }
        try await StagedRows.copy(
            "layerscope_data.build_reading (source_id, build_id, digest, form)", readings, connection
        ) { row, entry in
            let (build, reading) = entry
            row.int4(build.source)
            row.int4(build.number)
            row.bytea(reading.digest.bytes)
            row.text(reading.form.rawValue)
        }
        return lineages
    }

    /// Computes and writes the figures of one history.
    private func compute(
        _ lineage: BuildLineage, _ figures: @Sendable ([Build]) throws -> [BuildFigures]
    ) async throws {
        let found = try await connection.query(try Statements.sql("builds", "lineage"), lineage.parameters)
        let builds = try await BuildReader(connection: connection).builds(
            try found.rows.map { try $0.int4("build_id") })
        let computed = try figures(builds.map(\.known.build))
        guard computed.count == builds.count else {
            throw DatabaseError.unfitFigures("\(computed.count) builds instead of \(builds.count)")
        }
        let rows = try zip(builds, computed).flatMap { try BuildFigureRow.rows(of: $0, $1) }
        try await connection.run(script: "TRUNCATE staged_build_figure")
        try await StagedRows.copy("staged_build_figure", rows, connection) { row, entry in
            row.int4(entry.source)
            row.int4(entry.build)
            row.int4(entry.number)
            row.bool(entry.isBuild)
            row.int8(entry.saved)
            row.int8(entry.lost)
            row.text(entry.miss?.cause.rawValue)
            row.text(StoredText.clean(entry.miss?.evidence))
        }
        try await connection.run(script: "ANALYZE staged_build_figure")
        for step in ["figure_builds", "figure_steps"] {
            try await connection.execute(try Statements.sql("builds", step))
        }
    }
}

/// What was computed of a build, or of one step of it.
private struct BuildFigureRow {
    var source: Int32
    var build: Int32
    /// The step's number; of a build, the number of hits of which it is not known what they saved.
    var number: Int32
    var isBuild: Bool
    var saved: Int64?
    var lost: Int64?
    var miss: FirstMiss?

    static func rows(of stored: StoredBuild, _ figures: BuildFigures) throws -> [BuildFigureRow] {
        let build = stored.known.build
        guard figures.steps.count == build.steps.count,
            figures.firstMisses.allSatisfy({ build.steps.indices.contains($0.step) })
        else { throw DatabaseError.unfitFigures("\(figures.steps.count) steps instead of \(build.steps.count)") }
        let misses = Dictionary(figures.firstMisses.map { ($0.step, $0) }) { first, _ in first }
        let unknown =
            build.usesCache ? zip(build.steps, figures.steps).count { $0.isHit && $1.saved == nil } : 0
        let whole = BuildFigureRow(
            source: stored.source, build: stored.number, number: Int32(clamping: unknown), isBuild: true,
            saved: figures.saved, lost: figures.lost)
        return [whole]
            + figures.steps.enumerated().map { position, step in
                BuildFigureRow(
                    source: stored.source, build: stored.number, number: Int32(clamping: position + 1), isBuild: false,
                    saved: step.saved, lost: step.lost, miss: misses[position])
            }
    }
}

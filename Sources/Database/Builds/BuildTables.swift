import BuildModel
import Foundation
import ImageModel
import Postgres

/// Writes builds into the tables of the database, or those of a collection, which have the same form.
struct BuildTables {
    let connection: PostgresConnection
    let build: String
    let step: String

    static func database(_ connection: PostgresConnection) -> BuildTables {
        BuildTables(
            connection: connection, build: "layerscope_data.build", step: "layerscope_data.build_step")
    }

    static func staged(_ connection: PostgresConnection) -> BuildTables {
        BuildTables(connection: connection, build: "staged_build", step: "staged_build_step")
    }

    nonisolated(nonsending) func write(_ builds: [StoredBuild]) async throws {
        try await StagedRows.copy(
            """
            \(build) (source_id, build_id, reference, content_digest, fingerprint, form, tool, project, target,
                dockerfile, branch, commit, builder, started_at, duration_ns, result, error, image_digest, image_names,
                vertices, cached_vertices, uses_cache, gaps, seen_at, steps, hits, misses, run_ns)
            """, builds, connection
        ) { row, entry in
            row.int4(entry.source)
            row.int4(entry.number)
            entry.known.build.write(to: &row)
            row.timestamptz(entry.seenAt)
            entry.known.build.writeCounts(to: &row)
        }
        let steps = builds.lazy.flatMap { entry in
            entry.known.build.steps.lazy.map { (entry.source, entry.number, entry.known.build.usesCache, $0) }
        }
        try await StagedRows.copy(
            """
            \(step) (source_id, build_id, number, kind, name, platform, stage, position, positions, instruction, text,
                vertex, inputs, outcome, start_ns, duration_ns, error, first_line, last_line, layers, image_id,
                is_hit, is_miss)
            """, Array(steps), connection
        ) { row, entry in
            let (source, number, usesCache, step) = entry
            row.int4(source)
            row.int4(number)
            step.write(to: &row)
            row.bool(usesCache && step.isHit)
            row.bool(usesCache && step.isMiss)
        }
    }
}

extension Build {
    fileprivate func write(to row: inout CopyRow) {
        row.text(reference)
        row.bytea(contentDigest.bytes)
        row.int8(fingerprint)
        row.text(form.rawValue)
        row.text(tool.rawValue)
        row.text(project)
        row.text(target)
        row.text(dockerfile)
        row.text(branch)
        row.text(commit)
        row.text(builder)
        row.timestamptz(startedAt)
        row.int8(duration)
        row.text(result.rawValue)
        row.text(error)
        row.bytea(imageDigest?.bytes)
        row.textArray(imageNames)
        row.int4(vertices.map { Int32(clamping: $0) })
        row.int4(cachedVertices.map { Int32(clamping: $0) })
        row.bool(usesCache)
        row.textArray(gaps)
    }

    fileprivate func writeCounts(to row: inout CopyRow) {
        row.int4(Int32(clamping: instructions))
        row.int4(Int32(clamping: hits))
        row.int4(Int32(clamping: misses))
        row.int8(missDuration)
    }

    /// What the misses took, over those for which that is known; nil when it is known of none.
    private var missDuration: Int64? {
        guard usesCache else { return nil }
        let durations = steps.lazy.filter(\.isMiss).compactMap(\.duration)
        return durations.isEmpty ? nil : durations.reduce(0, +)
    }
}

extension BuildStep {
    fileprivate func write(to row: inout CopyRow) {
        row.int4(Int32(clamping: number))
        row.text(kind.rawValue)
        row.text(name)
        row.text(platform)
        row.text(stage)
        row.int4(position.map { Int32(clamping: $0) })
        row.int4(positions.map { Int32(clamping: $0) })
        row.text(instruction)
        row.text(text)
        row.bytea(vertex?.bytes)
        row.int4Array(inputs.map { Int32(clamping: $0) })
        row.text(outcome.rawValue)
        row.int8(startOffset)
        row.int8(duration)
        row.text(error)
        row.int4(lines.map { Int32(clamping: $0.lowerBound) })
        row.int4(lines.map { Int32(clamping: $0.upperBound) })
        row.byteaArray(layers.map(\.bytes))
        row.text(imageID)
    }
}

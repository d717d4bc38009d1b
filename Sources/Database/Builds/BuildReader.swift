import BuildModel
import Foundation
import ImageModel
import Postgres

/// Reads whole builds.
struct BuildReader {
    let connection: PostgresConnection

    /// Builds by number, oldest first.
    func builds(_ numbers: [Int32]) async throws -> [StoredBuild] {
        guard !numbers.isEmpty else { return [] }
        let parameters: [PostgresValue] = [.int4Array(numbers)]
        var found = try await read("read_builds", "read_steps", parameters)
        var readings: [Int32: Set<BuildReading>] = [:]
        try await connection.stream(try Statements.sql("builds", "read_readings"), parameters) { row in
            let reading = BuildReading(
                digest: try row.digest("digest"), form: try Self.word(try row.text("form")))
            readings[try row.int4("build_id"), default: []].insert(reading)
        }
        for position in found.indices { found[position].known.readings = readings[found[position].number] ?? [] }
        return found
    }

    /// Builds that the collection staged, in the order in which they came.
    func staged(_ numbers: ClosedRange<Int32>) async throws -> [Build] {
        let parameters: [PostgresValue] = [.int4(numbers.lowerBound), .int4(numbers.upperBound)]
        return try await read("staged_builds", "staged_steps", parameters).map(\.known.build)
    }

    private func read(_ builds: String, _ steps: String, _ parameters: [PostgresValue]) async throws -> [StoredBuild] {
        var found: [StoredBuild] = []
        var positions: [Int32: Int] = [:]
        try await connection.stream(try Statements.sql("builds", builds), parameters) { row in
            let build = StoredBuild(
                source: try row.int4("source_id"), number: try row.int4("build_id"),
                seenAt: try row.timestamptz("seen_at"), known: KnownBuild(try Build(row)))
            positions[build.number] = found.count
            found.append(build)
        }
        try await connection.stream(try Statements.sql("builds", steps), parameters) { row in
            guard let position = positions[try row.int4("build_id")] else { return }
            found[position].known.build.steps.append(try BuildStep(row))
        }
        return found
    }

    /// A word of the database. Throws ``DatabaseError/unknownWord(_:)``.
    static func word<Word: RawRepresentable<String>>(_ text: String) throws -> Word {
        guard let word = Word(rawValue: text) else { throw DatabaseError.unknownWord(text) }
        return word
    }
}

extension PostgresRow {
    fileprivate func digest(_ column: String) throws -> Digest {
        guard let digest = Digest(bytes: try bytea(column)) else { throw DatabaseError.unknownWord(column) }
        return digest
    }
}

extension Build {
    fileprivate init(_ row: PostgresRow) throws {
        self.init(
            reference: try row.optionalText("reference"), contentDigest: try row.digest("content_digest"),
            form: try BuildReader.word(try row.text("form")), tool: try BuildReader.word(try row.text("tool")),
            project: try row.optionalText("project"), target: try row.optionalText("target"),
            dockerfile: try row.optionalText("dockerfile"), branch: try row.optionalText("branch"),
            commit: try row.optionalText("commit"), builder: try row.optionalText("builder"),
            startedAt: try row.optionalTimestamptz("started_at"), duration: try row.optionalInt8("duration_ns"),
            result: try BuildReader.word(try row.text("result")), error: try row.optionalText("error"),
            imageDigest: try row.optionalBytea("image_digest").flatMap { Digest(bytes: $0) },
            imageNames: try row.textArray("image_names"), vertices: try row.optionalInt4("vertices").map { Int($0) },
            cachedVertices: try row.optionalInt4("cached_vertices").map { Int($0) },
            usesCache: try row.bool("uses_cache"), gaps: try row.textArray("gaps"))
    }
}

extension BuildStep {
    fileprivate init(_ row: PostgresRow) throws {
        let first = try row.optionalInt4("first_line").map { Int($0) }
        let last = try row.optionalInt4("last_line").map { Int($0) }
        self.init(
            number: Int(try row.int4("number")), kind: try BuildReader.word(try row.text("kind")),
            name: try row.text("name"), platform: try row.optionalText("platform"),
            stage: try row.optionalText("stage"), position: try row.optionalInt4("position").map { Int($0) },
            positions: try row.optionalInt4("positions").map { Int($0) },
            instruction: try row.optionalText("instruction"), text: try row.text("text"),
            vertex: try row.optionalBytea("vertex").flatMap { Digest(bytes: $0) },
            inputs: try row.int4Array("inputs").map { Int($0) },
            outcome: try BuildReader.word(try row.text("outcome")), startOffset: try row.optionalInt8("start_ns"),
            duration: try row.optionalInt8("duration_ns"), error: try row.optionalText("error"),
            lines: first.flatMap { first in last.flatMap { $0 >= first ? first...$0 : nil } },
            layers: try row.byteaArray("layers").compactMap { Digest(bytes: $0) },
            imageID: try row.optionalText("image_id"))
    }
}

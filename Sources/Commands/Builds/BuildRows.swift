import BuildModel
import Figures
import ImageModel

/// Builds as they were read, as rows.
enum BuildRows {
    static let columns: [Table.Column] = [
        .init("project", .text), .init("target", .text), .init("result", .text), .init("vertices", .count),
        .init("cached_vertices", .count), .init("steps", .count), .init("hits", .count), .init("misses", .count),
        .init("hit_rate", .ratio), .init("duration_seconds", .ratio), .init("file", .text), .init("tool", .text),
        .init("form", .text), .init("dockerfile", .text), .init("branch", .text), .init("commit", .text),
        .init("builder", .text), .init("reference", .text), .init("started_at", .time), .init("image_digest", .digest),
        .init("image_names", .list), .init("error", .text), .init("gaps", .list),
    ]

    /// One row for each build, with the totals of all.
    static func table(_ builds: [(file: String, build: Build)]) -> Table {
        var table = Table(name: "builds", columns: columns, rows: builds.map { row($0.build, $0.file) })
        let hits = builds.reduce(0) { $0 + $1.build.hits }
        let misses = builds.reduce(0) { $0 + $1.build.misses }
        table.totals = [
            "steps": .integer(Int64(builds.reduce(0) { $0 + $1.build.instructions })), "hits": .integer(Int64(hits)),
            "misses": .integer(Int64(misses)), "hit_rate": rate(hits, misses),
        ]
        return table
    }

    private static func row(_ build: Build, _ file: String) -> [Value] {
        func text(_ text: String?) -> Value { text.map { .text($0) } ?? .null }
        func count(_ count: Int?) -> Value { count.map { .integer(Int64($0)) } ?? .null }
        return [
            text(build.project), text(build.target), .text(build.result.rawValue), count(build.vertices),
            count(build.cachedVertices), count(build.instructions), count(build.hits), count(build.misses),
            rate(build.hits, build.misses), build.duration.map { .real(Double($0) / 1e9) } ?? .null, .text(file),
            .text(build.tool.rawValue), .text(build.form.rawValue), text(build.dockerfile), text(build.branch),
            text(build.commit), text(build.builder), text(build.reference),
            build.startedAt.map { .time($0) } ?? .null, text(build.imageDigest?.description),
            .list(build.imageNames), text(build.error), .list(build.gaps),
        ]
    }

    /// Hits among hits and misses; null where there are none.
    static func rate(_ hits: Int, _ misses: Int) -> Value {
        hits + misses > 0 ? .real(Double(hits) / Double(hits + misses)) : .null
    }
}

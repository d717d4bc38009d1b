import Figures
import Foundation

/// Tables of builds as the server is given them: one build with a hostile name wherever a name can be.
let sampleBuilds: [Table] = [
    Table(
        name: "builds",
        columns: [
            .init("source", .text), .init("build", .count), .init("project", .text), .init("target", .text),
            .init("commit", .text), .init("tool", .text), .init("started_at", .time), .init("duration_seconds", .ratio),
            .init("result", .text), .init("hits", .count), .init("misses", .count), .init("hit_rate", .ratio),
            .init("time_hit_rate", .ratio), .init("seconds_saved", .ratio), .init("seconds_lost", .ratio),
            .init("unknown_hits", .count), .init("first_miss", .text), .init("first_miss_cause", .text),
            .init("image_digest", .digest), .init("image_names", .list), .init("uses_cache", .flag),
            .init("error", .text), .init("gaps", .list),
        ],
        rows: [
            [
                .text("builds"), .integer(7), .text(hostile), .text(hostile), .text(hostile), .text("buildkit"),
                .time(Date(timeIntervalSince1970: 0)), .real(12.5), .text("failed"), .integer(1), .integer(3),
                .real(0.25), .null, .null, .real(2), .integer(1), .text("RUN \(hostile)"), .text("inputs_changed"),
                .text(someDigest), .list([hostile]), .flag(true), .text(hostile), .list(["line 7: \(hostile)"]),
            ]
        ]),
    Table(
        name: "steps",
        columns: [
            .init("source", .text), .init("build", .count), .init("number", .count), .init("kind", .text),
            .init("stage", .text), .init("text", .text), .init("outcome", .text), .init("start_seconds", .ratio),
            .init("duration_seconds", .ratio), .init("cause", .text), .init("evidence", .text),
        ],
        rows: [
            [
                .text("builds"), .integer(7), .integer(1), .text("instruction"), .text(hostile),
                .text("RUN \(hostile)"), .text("miss"), .real(1), .real(2), .text("inputs_changed"), .text(hostile),
            ]
        ]),
    Table(
        name: "cache_records",
        columns: [.init("source", .text), .init("description", .text), .init("bytes", .bytes)],
        rows: [[.text("docker"), .text(hostile), .null]]),
    trend("build_totals", by: "all", name: "all"), trend("build_projects", by: "project", name: hostile),
    trend("build_trend", by: "build", name: "7"),
    Table(
        name: "build_instructions",
        columns: [
            .init("instruction", .text), .init("project", .text), .init("misses", .count), .init("cause", .text),
            .init("seconds_lost", .ratio),
        ], rows: [[.text(hostile), .text(hostile), .integer(3), .text("base_moved"), .real(2)]]),
    Table(
        name: "first_miss_causes", columns: [.init("cause", .text), .init("misses", .count)],
        rows: [[.text(hostile), .integer(1)]]),
    Table(
        name: "churn_by_week",
        columns: [
            .init("source", .text), .init("week", .text), .init("layers", .count), .init("bytes", .bytes),
            .init("unknown_layers", .count),
        ], rows: [[.text(hostile), .text("2024-W01"), .integer(2), .integer(1_500_000), .integer(1)]]),
    Table(
        name: "churn",
        columns: [
            .init("source", .text), .init("repository", .text), .init("instruction", .text), .init("layers", .count),
            .init("bytes", .bytes), .init("unknown_layers", .count),
        ], rows: [[.text("hub"), .text(hostile), .text(hostile), .integer(2), .integer(1_500_000), .integer(1)]]),
    Table(
        name: "cache",
        columns: [.init("source", .text), .init("type", .text), .init("bytes", .bytes), .init("records", .count)],
        rows: [[.text("docker"), .text(hostile), .integer(1_234_567), .integer(5)]]),
]

private func trend(_ table: String, by period: String, name: String) -> Table {
    Table(
        name: table,
        columns: [
            .init(period, .text), .init("builds", .count), .init("failed_builds", .count), .init("hits", .count),
            .init("misses", .count), .init("hit_rate", .ratio), .init("time_hit_rate", .ratio),
            .init("seconds_saved", .ratio), .init("seconds_lost", .ratio), .init("unknown_hits", .count),
            .init("timed_builds", .count), .init("seconds_per_build", .ratio),
        ],
        rows: [
            [
                .text(name), .integer(1), .integer(1), .integer(1), .integer(3), .real(0.25), .null, .null, .real(2),
                .integer(1), .integer(1), .real(12.5),
            ]
        ])
}

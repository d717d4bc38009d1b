import Figures
import Foundation
import Reporting

extension ExampleReport {
    /// Builds of the example's repositories: of the image with number n the cache hit n of ten times. Every third build
    /// does not tell how long it took, and the first has no hit rate.
    var buildCache: BuildCacheReport {
        let projects = images.prefix(4).map(\.repository)
        let builds = images.indices.map { number in
            row(
                name: "\(number)", hits: number == 0 ? 0 : number % 11, misses: number == 0 ? 0 : 10,
                seconds: number % 3 == 0 ? nil : Double(number) + 0.5)
        }
        return BuildCacheReport(
            totals: table("all", images.isEmpty ? [] : [sum("all", builds)]),
            projects: table("project", projects.map { sum($0, builds) }),
            trends: projects.map { .init(project: $0, table: table("build", Array(builds.prefix(60)))) },
            instructions: instructions, causes: causes,
            churnByWeek: Table(
                name: "churn", columns: [.init("source", .text), .init("week", .text)] + Self.churned,
                rows: images.prefix(3).enumerated().map { number, image in
                    [
                        .text(image.repository), .text("2017-W0\(number + 1)"), .integer(2),
                        .integer(Int64(number) * 1_000_000), .integer(Int64(number)),
                    ]
                }),
            churn: Table(
                name: "churn",
                columns: [.init("source", .text), .init("repository", .text), .init("instruction", .text)]
                    + Self.churned,
                rows: images.prefix(30).map {
                    [
                        .text("docker.io/library"), .text($0.repository), .text("RUN \($0.repository)"), .integer(1),
                        .integer(5_000_000), .integer(0),
                    ]
                }),
            disk: Table(
                name: "cache",
                columns: [
                    .init("source", .text), .init("type", .text), .init("records", .count), .init("bytes", .bytes),
                    .init("shared_bytes", .bytes), .init("in_use_bytes", .bytes),
                    .init("never_used_again_records", .count), .init("never_used_again_bytes", .bytes),
                    .init("unknown_records", .count),
                ],
                rows: images.prefix(3).enumerated().map { number, image in
                    [
                        .text("docker"), .text(image.repository), .integer(4), .integer(Int64(number) * 9_000_000),
                        .integer(1_000), .integer(0), .integer(3), .integer(2_000_000), .integer(0),
                    ]
                }))
    }

    private static let churned: [Table.Column] = [
        .init("layers", .count), .init("bytes", .bytes), .init("unknown_layers", .count),
    ]

    private static let trend: [Table.Column] = [
        .init("builds", .count), .init("failed_builds", .count), .init("started_at", .time), .init("hits", .count),
        .init("misses", .count), .init("hit_rate", .ratio), .init("seconds_saved", .ratio),
        .init("seconds_run", .ratio),
        .init("time_hit_rate", .ratio), .init("seconds_lost", .ratio), .init("unknown_hits", .count),
        .init("timed_builds", .count), .init("duration_seconds", .ratio), .init("seconds_per_build", .ratio),
        .init("commit", .text),
    ]

    private func table(_ period: String, _ rows: [[Value]]) -> Table {
        Table(name: "build_trend", columns: [.init(period, .text)] + Self.trend, rows: rows)
    }

    private func row(name: String, hits: Int, misses: Int, seconds: Double?) -> [Value] {
        let rate = hits + misses == 0 ? Value.null : .real(Double(hits) / Double(hits + misses))
        return [
            .text(name), .integer(1), .integer(hits == 5 ? 1 : 0),
            .time(Date(timeIntervalSince1970: 1_510_000_000 + (Double(name) ?? 0) * 86_400)), .integer(Int64(hits)),
            .integer(Int64(misses)), rate, hits == 0 ? .null : .real(Double(hits) * 2), .real(Double(misses)), rate,
            .null, .integer(0), .integer(seconds == nil ? 0 : 1), seconds.map { .real($0) } ?? .null,
            seconds.map { .real($0) } ?? .null, .text(images[0].repository),
        ]
    }

    /// Rows together, as far as they add up.
    private func sum(_ name: String, _ rows: [[Value]]) -> [Value] {
        func add(_ place: Int) -> Int64 { rows.reduce(0) { $0 + ($1[place].integer ?? 0) } }
        let (hits, misses) = (add(4), add(5))
        let rate = hits + misses == 0 ? Value.null : .real(Double(hits) / Double(hits + misses))
        let times = rows.compactMap { row -> Double? in
            if case .real(let time) = row[13] { time } else { nil }
        }
        let whole = times.reduce(0, +)
        return [
            .text(name), .integer(add(1)), .integer(add(2)), .null, .integer(hits), .integer(misses), rate,
            hits == 0 ? .null : .integer(hits * 2), .integer(misses), rate, .null, .integer(0), .integer(add(12)),
            times.isEmpty ? .null : .real(whole), times.isEmpty ? .null : .real(whole / Double(times.count)), .null,
        ]
    }

    private var instructions: Table {
        Table(
            name: "cache_instructions",
            columns: [
                .init("project", .text), .init("target", .text), .init("dockerfile", .text),
                .init("instruction", .text), .init("lines", .text), .init("hits", .count), .init("misses", .count),
                .init("hit_rate", .ratio), .init("first_misses", .count), .init("cause", .text),
                .init("seconds_saved", .ratio), .init("seconds_run", .ratio), .init("needless_misses", .count),
                .init("seconds_lost", .ratio),
            ],
            rows: images.prefix(40).enumerated().map { number, image in
                [
                    .text(image.repository), .null, .text("Dockerfile"), .text("RUN make \(image.repository)"),
                    .text("3-5"), .integer(Int64(number)), .integer(2), .real(Double(number) / Double(number + 2)),
                    .integer(1), .text("inputs_changed"), .null, .real(9.5), .integer(1),
                    number % 4 == 0 ? .null : .real(Double(number)),
                ]
            })
    }

    private var causes: Table {
        let names = ["inputs_changed", "base_moved", images.first?.repository ?? ""]
        return Table(
            name: "miss_causes",
            columns: [
                .init("cause", .text), .init("misses", .count), .init("builds", .count), .init("seconds_run", .ratio),
                .init("seconds_lost", .ratio),
            ],
            rows: images.isEmpty
                ? [] : names.map { [.text($0), .integer(3), .integer(2), .real(1.25), .null] })
    }
}

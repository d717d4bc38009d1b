import Figures

extension AdviceSubject {
    /// Columns of the text table.
    var shown: [String]? {
        switch self {
        case .findings: ["line", "rule", "saved_seconds", "reason", "advice"]
        case .instructions: ["line", "proposed_place", "changes", "observations", "duration_seconds", "text"]
        case .dependencies: ["line", "later_line", "reason"]
        case .replay: ["build", "stage", "changed_lines", "recorded_seconds", "proposed_seconds", "saved_seconds"]
        }
    }

    var headings: [String: String] {
        [
            "saved_seconds": "SAVED S", "duration_seconds": "SECONDS", "recorded_seconds": "S AS IT IS",
            "proposed_seconds": "S PROPOSED", "proposed_place": "PLACE",
        ]
    }

    var identifier: String? { self == .findings ? "rule" : nil }
}

/// The rows of a report on a Dockerfile.
enum AdviceTable {
    static func table(_ subject: AdviceSubject, of report: DockerfileReport) -> Table {
        switch subject {
        case .findings: findings(report)
        case .instructions: instructions(report)
        case .dependencies: dependencies(report)
        case .replay: replay(report)
        }
    }

    static func seconds(_ nanoseconds: Int64?) -> Value { nanoseconds.map { .real(Double($0) / 1e9) } ?? .null }

    private static func line(_ index: Int, _ report: DockerfileReport) -> Value {
        .integer(Int64(report.instructions[index].lines.lowerBound))
    }

    private static func findings(_ report: DockerfileReport) -> Table {
        Table(
            name: "advice",
            columns: [
                .init("line", .count), .init("end_line", .count), .init("rule", .text), .init("saved_seconds", .ratio),
                .init("reason", .text), .init("advice", .text), .init("hadolint", .list),
            ],
            rows: report.findings.map { finding in
                [
                    .integer(Int64(finding.lines.lowerBound)), .integer(Int64(finding.lines.upperBound)),
                    .text(finding.rule.rawValue), seconds(finding.saved), .text(finding.reason), .text(finding.advice),
                    .list(finding.rule.hadolint),
                ]
            })
    }

    private static func instructions(_ report: DockerfileReport) -> Table {
        var places: [Int: Int] = [:]
        for order in report.orders {
            for (place, index) in order.proposed.enumerated() { places[index] = place + 1 }
        }
        return Table(
            name: "instructions",
            columns: [
                .init("line", .count), .init("end_line", .count), .init("stage", .text), .init("instruction", .text),
                .init("place", .count), .init("proposed_place", .count), .init("changes", .count),
                .init("observations", .count), .init("change_rate", .ratio), .init("runs", .count),
                .init("duration_seconds", .ratio), .init("text", .text),
            ],
            rows: report.instructions.enumerated().map { index, history in
                let place = report.orders.lazy.compactMap { $0.current.firstIndex(of: index) }.first
                return [
                    line(index, report), .integer(Int64(history.lines.upperBound)),
                    history.stage.map { .text($0) } ?? .null, .text(history.keyword),
                    place.map { .integer(Int64($0 + 1)) } ?? .null, places[index].map { .integer(Int64($0)) } ?? .null,
                    history.makesStep ? .integer(Int64(history.rate.changes)) : .null,
                    history.makesStep ? .integer(Int64(history.rate.observations)) : .null,
                    history.rate.value.map { .real($0) } ?? .null,
                    history.makesStep ? .integer(Int64(history.runs)) : .null, seconds(history.duration),
                    .text(history.text),
                ]
            })
    }

    private static func dependencies(_ report: DockerfileReport) -> Table {
        Table(
            name: "dependencies",
            columns: [
                .init("stage", .text), .init("line", .count), .init("later_line", .count), .init("reason", .text),
            ],
            rows: report.orders.flatMap { order in
                order.kept.map { pair in
                    [.text(order.stage), line(pair.first, report), line(pair.second, report), .text(pair.reason)]
                }
            })
    }

    private static func replay(_ report: DockerfileReport) -> Table {
        Table(
            name: "replay",
            columns: [
                .init("build", .count), .init("stage", .text), .init("changed_lines", .list),
                .init("recorded_seconds", .ratio), .init("proposed_seconds", .ratio), .init("saved_seconds", .ratio),
                .init("unknown", .text),
            ],
            rows: report.orders.flatMap { order in
                order.replay.builds.map { build in
                    [
                        .integer(Int64(build.build + 1)), .text(order.stage),
                        .list(build.changed.map { String(report.instructions[$0].lines.lowerBound) }),
                        seconds(build.recordedCost), seconds(build.proposedCost), seconds(build.saved),
                        build.unknown.map { .text($0) } ?? .null,
                    ]
                }
            })
    }
}

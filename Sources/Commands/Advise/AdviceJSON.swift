import Figures
import Reporting

/// What the JSON document of `advise` has beside the rows.
enum AdviceJSON {
    static func members(_ report: DockerfileReport) -> [JSONValue.Member] {
        [
            .init("builds", .integer(Int64(report.builds))),
            .init("orders", .list(report.orders.map { .object(members($0, report)) })),
            .init("reordered", text(report.reordered)),
            .init("rewrites", .list(report.rewrites.map { .object(members($0)) })),
        ]
    }

    private static func text(_ text: String?) -> JSONValue { text.map { .text($0) } ?? .null }

    private static func real(_ value: Double?) -> JSONValue { value.map { .real($0) } ?? .null }

    private static func seconds(_ nanoseconds: Int64?) -> JSONValue { real(nanoseconds.map { Double($0) / 1e9 }) }

    private static func members(_ order: OrderAdvice, _ report: DockerfileReport) -> [JSONValue.Member] {
        func lines(_ indexes: [Int]) -> JSONValue {
            .list(indexes.map { .integer(Int64(report.instructions[$0].lines.lowerBound)) })
        }
        return [
            .init("stage", .text(order.stage)), .init("current_lines", lines(order.current)),
            .init("proposed_lines", lines(order.proposed)), .init("change", .flag(order.isChange)),
            .init("proven_best", .flag(order.isProvenBest)), .init("expected_seconds", real(order.expectedBefore)),
            .init("proposed_expected_seconds", real(order.expectedAfter)),
            .init("saved_seconds", seconds(order.replay.saved)),
            .init("replayed_builds", .integer(Int64(order.replay.known.count))),
            .init("compared_builds", .integer(Int64(order.replay.builds.count))),
            .init("missing", .list(order.missing.map { .text($0) })),
        ]
    }

    private static func members(_ rewrite: StructuralRewrite) -> [JSONValue.Member] {
        [
            .init("rule", .text(rewrite.rule.rawValue)),
            .init("copy_line", .integer(Int64(rewrite.copyLines.lowerBound))),
            .init("install_line", .integer(Int64(rewrite.installLines.lowerBound))),
            .init("manifests", .list(rewrite.manifests.map { .text($0) })),
            .init("assumption", .text(rewrite.assumption)),
            .init("saved_at_most_seconds", seconds(rewrite.savedAtMost)),
            .init("replayed_builds", .integer(Int64(rewrite.replayedBuilds))),
            .init("rewritten", text(rewrite.rewritten)),
        ]
    }
}

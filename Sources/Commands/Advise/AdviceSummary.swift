import Figures
import Foundation
import Reporting

/// The orders of a Dockerfile for people.
enum AdviceSummary {
    static func text(_ report: DockerfileReport) -> String {
        var lines = [report.builds == 1 ? "1 recorded build" : "\(report.builds) recorded builds"]
        for order in report.orders { lines += text(order, report) }
        return lines.map { TerminalText.harmless($0) + "\n" }.joined()
    }

    private static func text(_ order: OrderAdvice, _ report: DockerfileReport) -> [String] {
        func places(_ indexes: [Int]) -> String {
            indexes.map { String(report.instructions[$0].lines.lowerBound) }.joined(separator: " ")
        }
        guard order.isChange else {
            let known = order.expectedBefore.map { ", \(seconds($0)) expected for a rebuild" } ?? ""
            let best = order.isProvenBest ? "no order of the instructions is better" : "no better order is known"
            return ["\(order.stage): \(best)\(known)"] + order.missing.map { "  \($0)" }
        }
        var lines = [
            "\(order.stage): lines \(places(order.current)) are better in the order \(places(order.proposed))"
                + (order.isProvenBest ? "" : " (not proven to be the best)")
        ]
        if let before = order.expectedBefore, let after = order.expectedAfter {
            lines.append("  expected for a rebuild: \(seconds(before)) as it is, \(seconds(after)) in that order")
        }
        let known = order.replay.known.count
        if let saved = order.replay.saved {
            lines.append(
                "  it would have saved \(seconds(Double(saved) / 1e9)) over \(known) of "
                    + "\(order.replay.builds.count) builds, those for which that can be told")
        } else {
            lines.append("  for none of \(order.replay.builds.count) builds it can be told what it would have saved")
        }
        return lines + order.missing.map { "  \($0)" }
    }

    /// Three significant digits below ten seconds, else one decimal.
    private static func seconds(_ value: Double) -> String {
        String(format: abs(value) < 10 ? "%.2f s" : "%.1f s", value)
    }
}

import Figures
import Foundation
import ImageModel
import Reporting

/// Prints the script that makes a plan's deletions.
struct PlanScript {
    let command: PlanMakeCommand
    let planned: [PlannedSource]

    func write() throws {
        guard let source = planned.first, planned.count == 1 else {
            throw CommandFailure(.usage, "a script is for one source; give one --source")
        }
        guard let tool = command.tool else {
            let tools = CleanupScript.Tool.allCases.map(\.rawValue).joined(separator: ", ")
            throw CommandFailure(.usage, "--format script needs --tool: \(tools)")
        }
        guard source.picture.kind != "archive" else {
            throw CommandFailure(.usage, "\(source.picture.source.name) is an archive; nothing can be deleted from it")
        }
        let summary = PlanSummary(plan: source.plan, picture: source.picture, units: command.listing.units)
        for line in summary.lines { StandardError.line(line) }
        for warning in summary.warnings { StandardError.warn(warning) }
        let location = source.picture.location
        do {
            let script = try CleanupScript(
                tool: tool, registry: command.registry ?? (location.hasPrefix("http") ? location : nil),
                collector: source.plan.collector, deletions: deletions(source))
            try StandardOutput.write(script.text)
        } catch let failure as CleanupScript.Failure {
            throw CommandFailure(.usage, failure.description)
        }
    }

    private func deletions(_ source: PlannedSource) -> [CleanupScript.Deletion] {
        source.plan.deletions.map {
            CleanupScript.Deletion(
                action: $0.action, repository: source.picture.repository($0.repository),
                digest: source.picture.digest($0.item), tags: $0.tags)
        }
    }
}

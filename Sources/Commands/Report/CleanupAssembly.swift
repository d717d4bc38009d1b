import Analysis
import Figures
import Foundation
import Reporting

/// Puts together what the standing clean-up rules would do in each source.
struct CleanupAssembly {
    let reader: Reader
    let cleanup: CleanupConfiguration
    let units: ByteUnits
    let now: Date

    /// Corners of the curve in a report.
    private static let corners = 120
    /// Rows of deletions and refusals in a report; a plan of its own has all.
    private static let rows = 2_000

    /// What is looked at where no rule is written: what nothing names.
    static let usualRule: CleanupRule = {
        var rule = CleanupRule(name: "what nothing names")
        rule.kinds = [.untagged, .dangling, .orphans]
        return rule
    }()

    func reports(of sources: [Reader.Source]) async throws -> [CleanupReport] {
        var reports: [CleanupReport] = []
        for source in sources {
            let picture = try await PlanPicture.read(reader, source)
            guard picture.kind != "archive" else { continue }
            let standing = cleanup.rules.filter { $0.applies(to: source.name) }.map(\.rule)
            let planner = SourcePlanner(
                picture: picture, rules: standing.isEmpty ? [Self.usualRule] : standing,
                protections: cleanup.protections,
                collector: cleanup.collector(of: source.name) ?? picture.usualCollector, now: now)
            let planned = try planner.plan(target: Int64.max, loss: .images)
            let plan = planned.plan
            guard !standing.isEmpty || !plan.deletions.isEmpty || plan.garbageBytes > 0 else { continue }
            reports.append(report(planned))
        }
        return reports
    }

    private func report(_ planned: PlannedSource) -> CleanupReport {
        let (plan, picture) = (planned.plan, planned.picture)
        var deletions = Table(name: "cleanup", columns: PlanTable.columns)
        var refusals = deletions
        for row in PlanTable.rows(plan, of: picture) {
            if row[0] == .text("keep") { refusals.rows.append(row) } else { deletions.rows.append(row) }
        }
        let place = PlanTable.columns.firstIndex { $0.name == "exclusive_bytes" } ?? 0
        deletions.rows.sort { ($0[place].integer ?? -1) > ($1[place].integer ?? -1) }
        let (deletionCount, refusalCount) = (Int64(deletions.rows.count), Int64(refusals.rows.count))
        deletions.rows = Array(deletions.rows.prefix(Self.rows))
        refusals.rows = Array(refusals.rows.prefix(Self.rows))
        return CleanupReport(
            source: picture.source.name, collector: plan.collector.rawValue, rules: planned.rules.map(\.name),
            heldBytes: plan.heldBytes, freedBytes: plan.freedBytes, garbageBytes: plan.garbageBytes,
            retainedBytes: plan.retainedBytes, isExact: plan.isExact,
            warnings: PlanSummary(plan: plan, picture: picture, units: units).warnings, deletionCount: deletionCount,
            refusalCount: refusalCount, deletions: deletions, refusals: refusals, holders: holders(plan, picture),
            curve: planned.target?.frontier.thinned(to: Self.corners) ?? [])
    }

    private func holders(_ plan: CleanupPlan, _ picture: PlanPicture) -> Table {
        Table(
            name: "holders",
            columns: [.init("name", .text), .init("held_bytes", .bytes), .init("frees_bytes", .bytes)],
            rows: plan.holders.map {
                [
                    .text(picture.name(repository: $0.repository, item: $0.item, tags: $0.tags)),
                    .integer($0.heldBytes), .integer($0.freesBytes),
                ]
            })
    }
}

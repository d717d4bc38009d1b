package import Figures

/// What a report tells of builds and their cache, computed before.
package struct BuildCacheReport: Sendable {
    /// Hit rates and durations of some builds over time.
    package struct Trend: Sendable {
        /// The project; nil for builds of all.
        package var project: String?
        /// As a database's `buildTrend` gives it, by build, day or week.
        package var table: Table

        package init(project: String?, table: Table) {
            self.project = project
            self.table = table
        }
    }

    /// All builds in one row, as `buildTrend` gives them by `all`; no row without builds.
    package var totals: Table
    /// The same by project.
    package var projects: Table
    /// Over time, of the projects with the most builds.
    package var trends: [Trend]
    /// Instructions that missed, those that cost most first.
    package var instructions: Table
    /// First misses by cause.
    package var causes: Table
    /// Layers that came again, by source and week: `source week layers bytes unknown_layers`.
    package var churnByWeek: Table
    /// The same by source, repository and instruction.
    package var churn: Table
    /// Records of builders' caches, by source and type.
    package var disk: Table

    package init(
        totals: Table, projects: Table, trends: [Trend], instructions: Table, causes: Table, churnByWeek: Table,
        churn: Table, disk: Table
    ) {
        self.totals = totals
        self.projects = projects
        self.trends = trends
        self.instructions = instructions
        self.causes = causes
        self.churnByWeek = churnByWeek
        self.churn = churn
        self.disk = disk
    }

    /// Whether there is anything to tell.
    package var isEmpty: Bool { totals.rows.isEmpty && churnByWeek.rows.isEmpty && disk.rows.isEmpty }

    /// What to do where no build was collected.
    package static let hint = "No builds were collected: layerscope collect build-log FILE reads them from logs."

    /// The figures of all builds; none without builds.
    package var keyFigures: [KeyFigure] { Self.keyFigures(totals) }

    /// The figures of the first row of what `buildTrend` gives; none without a row. What is not known stays absent.
    package static func keyFigures(_ table: Table) -> [KeyFigure] {
        guard !table.rows.isEmpty else { return [] }
        func count(_ name: String) -> Int64 { table.value(0, name).integer ?? 0 }
        let (hits, misses) = (count("hits"), count("misses"))
        let unknown = count("unknown_hits")
        let failed = count("failed_builds")
        let steps = hits + misses
        let timed = count("timed_builds")
        return [
            KeyFigure(
                "builds", "Builds", table.value(0, "builds"), .count,
                note: failed > 0 ? "\(CountFormat.grouped(failed)) failed" : ""),
            rate(
                "hit_rate", "Hit rate", table,
                note: steps > 0
                    ? "\(CountFormat.grouped(hits)) of \(PageText.counted(steps, "step"))" : "no step hit or missed"),
            rate(
                "time_hit_rate", "Hit rate by time", table,
                note: hits > 0 && unknown == hits
                    ? "not known what hits saved" : "of the time that steps take without a cache"),
            seconds(
                "seconds_saved", "Saved by hits", table,
                note: unknown > 0
                    ? "not known of \(PageText.counted(unknown, "hit"))" : hits > 0 ? "" : "no step hit"),
            seconds("seconds_lost", "Lost to misses", table, note: "of steps that had not changed"),
            seconds(
                "seconds_per_build", "A build takes", table,
                note: timed == count("builds")
                    ? "mean" : timed > 0 ? "mean of \(CountFormat.grouped(timed)) that tell it" : "no build tells it"),
        ]
    }

    private static func rate(_ name: String, _ label: String, _ table: Table, note: String) -> KeyFigure {
        let value = table.value(0, name)
        return KeyFigure(name, label, value, .ratio, note: note, shown: value.number.map(RatioFormat.percent))
    }

    private static func seconds(_ name: String, _ label: String, _ table: Table, note: String) -> KeyFigure {
        let value = table.value(0, name)
        return KeyFigure(name, label, value, .ratio, note: note, shown: value.number.map(SecondsFormat.human))
    }
}

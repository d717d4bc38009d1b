/// Tables about builds and their cache that are computed, and no views.
package enum CacheTable: String, Sendable, CaseIterable {
    /// All builds in one row; none without builds.
    case totals = "build_totals"
    case projects = "build_projects"
    /// Hit rates and durations over time.
    case trend = "build_trend"
    /// Instructions that missed, those that cost most first.
    case instructions = "build_instructions"
    case causes = "first_miss_causes"
    case churnByWeek = "churn_by_week"
    /// Layers that came again, by repository and instruction.
    case churn
    /// The disk of build caches, by type of record.
    case disk = "cache"

    /// Whether it can be asked for one project.
    package var isOfProject: Bool { [.totals, .trend, .instructions, .causes].contains(self) }

    var meaning: String {
        switch self {
        case .totals: "Hit rates and durations of all builds, or those of a project, in one row"
        case .projects: "Hit rates and durations by project"
        case .trend: "Hit rates and durations over time, by build, day or week"
        case .instructions: "Instructions that missed the cache, those that cost most first"
        case .causes: "First misses by cause"
        case .churnByWeek: "Layers that came again with other content, by week"
        case .churn: "Layers that came again with other content, by repository and instruction"
        case .disk: "The disk of build caches, by type of record"
        }
    }
}

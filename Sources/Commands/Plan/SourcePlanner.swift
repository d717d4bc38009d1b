import Analysis
import Figures
import Foundation
import Reporting

/// A plan of one source, with what it rests on.
struct PlannedSource: Sendable {
    let picture: PlanPicture
    let rules: [CleanupRule]
    let plan: CleanupPlan
    var target: Target?
    var checks: [Check] = []

    /// What a target came to.
    struct Target: Sendable {
        var bytes: Int64
        var measure: LossMeasure
        /// Nil when no plan reaches the target: then the plan is everything that may go.
        var choice: TargetChoice?
        var frontier: Frontier
    }

    /// What is said of the target, and how good the plan is.
    func targetLines(_ units: ByteUnits) -> [String] {
        guard let target else { return [] }
        func size(_ bytes: Int64) -> String { ByteFormat.human(bytes, units: units, separator: " ") }
        let name = picture.source.name
        guard let choice = target.choice else {
            return [
                "\(name): \(size(target.bytes)) cannot be reached: everything that the rules let go frees "
                    + size(plan.freedBytes)
            ]
        }
        let unit = target.measure == .images ? (choice.loss == 1 ? "image" : "images") : "by activity"
        let most = target.frontier.corners.last.map { $0.loss } ?? 0
        return [
            "\(name): for \(size(target.bytes)) the loss is \(choice.loss) \(unit) of \(most) that may go; "
                + (choice.isOptimal
                    ? "no plan has less"
                    : "no plan has less than \(choice.lowerBound), so at most \(choice.gap) could be spared")
        ]
    }
}

/// Makes the plan of one source.
struct SourcePlanner {
    let picture: PlanPicture
    let rules: [CleanupRule]
    let protections: [CleanupProtection]
    let collector: GarbageCollector
    let now: Date

    /// Throws ``Analysis/CleanupRuleError``, and ``Analysis/FrontierProblemError`` for sizes beyond all measure.
    func plan(target: Int64?, loss: LossMeasure) throws -> PlannedSource {
        let (graph, facts) = (picture.graph, picture.facts)
        let protections = try CleanupProtections(protections, in: graph, facts)
        var selection = try select(graph, facts, rules: rules, now: now)
        var reached: PlannedSource.Target?
        if let target {
            let targets = try CleanupTargets(
                graph, facts, selection, protections: protections, collector: collector, source: picture.number,
                loss: loss.loss, now: now)
            var found = PlannedSource.Target(bytes: target, measure: loss, choice: nil, frontier: targets.frontier)
            if case .reached(let choice) = targets.choose(freeing: target) {
                found.choice = choice
                selection = targets.selection(of: choice.candidates)
            }
            reached = found
        }
        var plan = Analysis.plan(
            graph, facts, selection, protections: protections, collector: collector, source: picture.number)
        if collector.stopsAtObstacles { plan.obstacles = facts.collectorObstacles }
        return PlannedSource(
            picture: picture, rules: rules, plan: plan, target: reached, checks: checks(plan, reached?.choice))
    }

    /// Identities that bind the plan's figures.
    private func checks(_ plan: CleanupPlan, _ choice: TargetChoice?) -> [Check] {
        let name = picture.source.name
        func equal(_ words: String, _ left: Int64, _ right: Int64) -> Check {
            Check(name: words, scope: name, left: left, right: right, outcome: left == right ? .holds : .broken)
        }
        let graph = picture.graph.believable
        let objects = plan.freedObjects.reduce(Int64(0)) { $0 + graph.bytes($1) }
        let orphans =
            plan.freesOrphans
            ? picture.facts.orphans.reduce(Int64(0)) { $0 + ($1.source == plan.source ? $1.bytes : 0) } : 0
        let alone = plan.deletions.reduce(Int64(0)) { $0 + $1.exclusiveBytes }
        var checks = [equal("sum of freed objects = freed_bytes", objects + orphans, plan.freedBytes)]
        // What deletions free alone are different objects, so their sum is a floor.
        let surplus = min(0, plan.freedBytes - plan.garbageBytes - alone)
        checks.append(equal("what deletions free alone beyond freed_bytes - garbage_bytes", -surplus, 0))
        if let choice {
            checks.append(
                equal(
                    "bytes of the chosen = freed_bytes - garbage_bytes", choice.freedBytes,
                    plan.freedBytes - plan.garbageBytes))
        }
        return checks
    }
}

extension LossMeasure {
    var loss: CleanupTargets.Loss { self == .images ? .images : .activity }
}

extension GarbageCollector {
    /// Whether it ends, having freed nothing, at the first document or link that it does not understand.
    var stopsAtObstacles: Bool {
        switch self {
        case .distribution, .distributionDeleteUntagged, .distribution3, .distribution3DeleteUntagged: true
        case .harbor, .docker, .podman, .reach: false
        }
    }
}

import Analysis
import Collectors
import Database
import Figures
import Foundation
import ImageModel
import Observations
import Reporting

/// Carries a plan out: asks, deletes in order, and keeps what became of each deletion.
struct PlanApply {
    let command: PlanMakeCommand
    let planned: PlannedSource
    let configuration: Configuration

    func run(_ database: LayerscopeDatabase) async throws {
        let plan = planned.plan
        let source = planned.picture.source.name
        guard !plan.deletions.isEmpty else {
            StandardError.line("\(source): nothing to delete")
            return
        }
        guard plan.destructions.isEmpty || !plan.collector.deletesUntagged else {
            throw CommandFailure(
                .checkFailed,
                "\(source): its garbage collector would destroy images that are to stay (named above); nothing is deleted. "
                    + "Run it without --delete-untagged, and plan with --garbage-collector distribution")
        }
        let target = try await DeletionPlace(planned: planned, command: command, configuration: configuration).open()
        let tally: DeletionTally
        do {
            try ask(plan, source)
            tally = try await carryOut(plan, source, target, database)
        } catch {
            await target.close()
            throw error
        }
        await target.close()
        StandardError.line(
            "\(source): \(tally.deleted) deleted, \(tally.gone) were gone already, \(tally.moved) moved and left alone, "
                + "\(tally.refused) refused, \(tally.failed) failed")
        if let next = nextStep(plan.collector, source) { StandardError.line(next) }
        guard tally.isWhole else { throw CommandFailure(.incomplete) }
    }

    private func carryOut(
        _ plan: CleanupPlan, _ source: String, _ target: any DeletionTarget, _ database: LayerscopeDatabase
    ) async throws -> DeletionTally {
        let picture = planned.picture
        let rules = JSONValue.list(planned.rules.map { .text($0.name) }).json
        let id = try await database.savePlan(
            plan, rules: rules, graph: picture.graph, facts: picture.facts, madeAt: Date())
        try await database.setPlanState(.applying, plan: id, source: source, at: Date())
        let board = ProgressBoard()
        var position = 0
        let tally: DeletionTally
        do {
            tally = try await target.carryOut(requests(plan)) { request, outcome in
                try await database.setDeletionState(
                    outcome.state, detail: outcome.reason ?? "", position: position, plan: id, source: source,
                    at: Date())
                position += 1
                board.show(.init(activity: "deleting", done: position, total: plan.deletions.count), of: source)
                if let reason = outcome.reason {
                    board.finish(source, printing: ["warning: \(source): \(name(request)): \(reason)"])
                }
            }
        } catch {
            board.finish(source, printing: [])
            StandardError.line(
                "\(source): stopped after \(position) of \(plan.deletions.count) deletions (plan \(id)); the same "
                    + "command finishes it")
            // What was deleted is deleted: "nothing was changed" would be wrong.
            throw error is CancellationError ? CommandFailure(.interrupted, "interrupted") : error
        }
        board.finish(source, printing: [])
        try await database.setPlanState(.applied, plan: id, source: source, at: Date())
        StandardError.line("\(source): kept as plan \(id)")
        return tally
    }

    private func requests(_ plan: CleanupPlan) -> [DeletionRequest] {
        plan.deletions.map { deletion in
            DeletionRequest(
                action: deletion.action == .delete ? .delete : .untag,
                repository: planned.picture.repository(deletion.repository),
                digest: planned.picture.digest(deletion.item), tags: deletion.tags)
        }
    }

    private func name(_ request: DeletionRequest) -> String {
        request.tags.first.map { "\(request.repository):\($0)" } ?? "\(request.repository)@\(request.digest.short)"
    }

    /// Asks on the terminal. Without one, and without `--yes`, nothing is deleted.
    private func ask(_ plan: CleanupPlan, _ source: String) throws {
        guard !command.yes else { return }
        guard isatty(STDIN_FILENO) == 1 else {
            throw CommandFailure(.usage, "--apply asks before it deletes, and there is no terminal; add --yes")
        }
        StandardError.write("Delete \(plan.deletions.count) from \(source)? Type yes: ")
        guard readLine()?.trimmingCharacters(in: .whitespaces).lowercased() == "yes" else {
            throw CommandFailure(.interrupted, "nothing was deleted")
        }
    }

    private func nextStep(_ collector: GarbageCollector, _ source: String) -> String? {
        switch collector {
        case .distribution, .distribution3:
            "\(source): now run `registry garbage-collect CONFIG` on its host while nobody pushes, collect its storage "
                + "again, then `layerscope plan verify --source \(source)`"
        case .distributionDeleteUntagged, .distribution3DeleteUntagged:
            "\(source): now run `registry garbage-collect --delete-untagged CONFIG` on its host while nobody pushes, "
                + "collect its storage again, then `layerscope plan verify --source \(source)`"
        case .harbor: "\(source): now start Harbor's garbage collection, then collect again"
        case .docker, .podman:
            "\(source): collect it again, then `layerscope plan verify --source \(source)`"
        case .reach: nil
        }
    }
}

/// Where a plan's deletions are made.
struct DeletionPlace {
    let planned: PlannedSource
    let command: PlanMakeCommand
    let configuration: Configuration

    /// Throws ``CommandFailure`` (usage) for a source that nothing can be deleted from, and what reaching it throws.
    func open() async throws -> any DeletionTarget {
        let name = planned.picture.source.name
        let configured = configuration.sources.first { $0.name == name }?.place
        switch (planned.picture.kind, configured) {
        case ("registry", .registry(let settings)):
            var settings = settings
            if let url = command.registry { settings.url = url }
            return try await RegistryDeletionTarget.open(try settings.options(name: name))
        case ("registry", _):
            let location = planned.picture.location
            guard let url = command.registry ?? (location.hasPrefix("http") ? location : nil) else {
                throw CommandFailure(
                    .usage, "\(name) was collected from its storage alone; give the registry's address with --registry")
            }
            return try await RegistryDeletionTarget.open(try RegistrySettings(url: url).options(name: name))
        case ("engine", .engine(let settings)):
            return try await EngineDeletionTarget.open(
                try EngineEndpoint.resolve(
                    host: settings.host, context: settings.context, certificatePath: settings.certificatePath))
        case ("engine", _):
            return try await EngineDeletionTarget.open(
                try EngineEndpoint.resolve(host: planned.picture.location, context: nil, certificatePath: nil))
        default: throw CommandFailure(.usage, "\(name) is an archive; nothing can be deleted from it")
        }
    }
}

extension DeletionOutcome {
    /// What is kept of it.
    var state: StoredPlan.Deletion.State {
        switch self {
        case .deleted: .deleted
        case .gone: .gone
        case .moved: .moved
        case .refused: .refused
        case .failed: .failed
        }
    }
}

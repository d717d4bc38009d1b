import Analysis
import Database
import Figures
import Foundation
import Observations
import Reporting

/// Collects sources side by side and prints what came of each aspect.
struct CollectRun {
    let options: CollectOptions
    /// Collections under way at once: a crawl waits for its registry most of the time, an archive keeps a core busy.
    private static let atOnce = 4

    init(_ options: CollectOptions) { self.options = options }

    /// Plans, collects, prints. Throws ``CommandFailure`` with the run's status when that is not "done".
    func run(_ plan: (Configuration) async throws -> CollectPlan) async throws {
        let output = try Output(format: options.format, options: ListingOptions(noTrunc: true))
        let configuration = try options.database.configuration.load()
        let plan = try await plan(configuration)
        try plan.checkNames()
        let database = try await options.database.open(configuration)
        let outcomes: [CollectOutcome]
        do {
            try await plan.checkNames(knownTo: Reader(database: database))
            outcomes = try await collect(plan, into: database, owners: configuration.owners)
            try await show(outcomes, output, Reader(database: database))
        } catch {
            await database.close()
            throw error
        }
        await database.close()
        guard outcomes.status == .done else { throw CommandFailure(outcomes.status) }
    }

    private func collect(
        _ plan: CollectPlan, into database: LayerscopeDatabase, owners: OwnerRules
    ) async throws -> [CollectOutcome] {
        let board = ProgressBoard()
        let failed = plan.failures.map { CollectOutcome(source: $0.source, result: .failed($0.error)) }
        for failure in failed { board.finish(failure.source, printing: Self.lines(failure)) }
        return try await withThrowingTaskGroup(of: (Int, CollectOutcome).self) { group in
            var next = 0
            var outcomes: [Int: CollectOutcome] = [:]
            func startNext() {
                guard next < plan.jobs.count else { return }
                let (number, job) = (next, plan.jobs[next])
                next += 1
                group.addTask {
                    let outcome = await job.run(into: database, owners: owners) { board.show($0, of: job.name) }
                    board.finish(job.name, printing: Self.lines(outcome))
                    return (number, outcome)
                }
            }
            for _ in 0..<Self.atOnce { startNext() }
            while let (number, outcome) = try await group.next() {
                outcomes[number] = outcome
                startNext()
            }
            try Task.checkCancellation()
            return plan.jobs.indices.compactMap { outcomes[$0] } + failed
        }
    }

    /// What is said of a source on standard error as soon as it is done.
    private static func lines(_ outcome: CollectOutcome) -> [String] {
        switch outcome.result {
        case .failed(let error):
            let failure = CommandFailure(describing: error)
            let isNamed = failure.message.hasPrefix(outcome.source)
            return ["error: " + (isNamed ? "" : "\(outcome.source): ") + failure.message]
        case .applied(let result, let checks):
            let holding = checks.filter { $0.outcome == .holds }.count
            var lines = ["\(outcome.source): collected; \(holding) of \(checks.count) checks hold"]
            for check in checks where check.outcome != .holds {
                let word = check.outcome == .broken ? "error: broken check" : "explained difference"
                let note = check.note.isEmpty ? "" : " (\(check.note))"
                lines.append(
                    "\(word): \(outcome.source): \(check.name) \(check.scope): \(check.left) against \(check.right)\(note)"
                )
            }
            for aspect in result.aspects where aspect.outcome == .incomplete || aspect.outcome == .failed {
                let said = [aspect.detail, aspect.hint].filter { !$0.isEmpty }.joined(separator: "; ")
                lines.append("warning: \(outcome.source): \(aspect.aspect) \(aspect.outcome.rawValue): \(said)")
            }
            return lines
        }
    }

    private func show(_ outcomes: [CollectOutcome], _ output: Output, _ reader: Reader) async throws {
        let applied = outcomes.compactMap { outcome -> String? in
            if case .applied = outcome.result { outcome.source } else { nil }
        }
        try output.print(
            Listing(
                outcomes.table, shown: ["source", "aspect", "outcome", "seen", "expected", "detail"],
                checks: outcomes.flatMap(\.checks), coverage: try await reader.coverage(of: applied)))
    }
}

extension CollectJob {
    /// Collects and applies. What fails becomes an outcome, so that other sources go on.
    func run(
        into database: LayerscopeDatabase, owners: OwnerRules,
        progress: @escaping @Sendable (CollectionProgress) -> Void
    ) async -> CollectOutcome {
        do {
            let provisional = SourceDescription(
                name: name, kind: kind, location: "",
                bytesAre: kind == .engine || kind == .builder ? .unpacked : .stored)
            let writer = try await database.begin(
                provisional, startedAt: Date(), toolVersion: LayerscopeVersion.current)
            do {
                let result = try await collector.collect(
                    CollectionContext(
                        sink: writer, documents: database.documentStore(for: name), progress: progress))
                progress(CollectionProgress(activity: "writing", done: 0))
                let update = try await writer.apply(
                    result, owners: owners, figures: { figureUpdate($0, $1) }, builds: { buildFigures($0) })
                return CollectOutcome(source: name, result: .applied(result, update.checks))
            } catch {
                await writer.discard()
                throw error
            }
        } catch {
            return CollectOutcome(source: name, result: .failed(error))
        }
    }
}

import ArgumentParser
import Database
import Figures
import Foundation
import ImageModel
import Reporting

struct PlanVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Compare what a plan that was carried out predicted with what is gone, byte for byte.",
        discussion: """
            Run it after the registry's garbage collection and a new collection of the source (`collect storage` for a \
            registry, `collect engine` for an engine). Objects that were to go and are still there are listed; the \
            exit status then is 1.

            EXAMPLES
              layerscope plan verify --source registry
              layerscope plan verify --source registry --plan 3 --format json
            """)

    @Option(name: .long, help: ArgumentHelp("The source.", valueName: "name"))
    var source: String

    @Option(name: .long, help: ArgumentHelp("The plan's number. Default: the latest.", valueName: "number"))
    var plan: Int?

    @OptionGroup var listing: ListingArguments
    @OptionGroup var database: DatabaseOptions

    func run() async throws { try await PlanVerifyRun(command: self).run() }
}

struct PlanListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the plans that were carried out, and what became of them.",
        discussion: """
            EXAMPLES
              layerscope plan list
              layerscope plan list --deletions --filter source=registry --filter plan=3
            """)

    @Flag(name: .long, help: "Every deletion instead of every plan.")
    var deletions = false

    @OptionGroup var listing: ListingArguments
    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let output = try Output(listing)
        try await database.read { reader in
            let table = try await reader.table(
                deletions ? "plan_deletions" : "plans", filters: listing.filter,
                sort: listing.sort.isEmpty
                    ? ["source", "plan"].map { SortOption(column: $0, isDescending: false) } : listing.sort,
                limit: listing.limit)
            try output.print(Listing(table))
        }
    }
}

/// Compares a plan with what its source holds now.
struct PlanVerifyRun {
    let command: PlanVerifyCommand

    func run() async throws {
        let output = try Output(command.listing)
        try await command.database.read { reader in
            let database = reader.database
            let plan: StoredPlan
            if let number = command.plan {
                plan = try await database.plan(id: number, source: command.source)
            } else if let latest = try await database.latestPlan(source: command.source) {
                plan = latest
            } else {
                throw CommandFailure(
                    .checkFailed, "\(command.source) has no plan; `layerscope plan --apply` keeps those it carries out")
            }
            try await demandNews(since: plan, reader)
            let verdict = try await Verdict(plan, database)
            try await database.setPlanState(
                verdict.isRight ? .verified : .differs, plan: plan.id, source: plan.source, at: Date(),
                verifiedBytes: verdict.goneBytes)
            try output.print(
                Listing(
                    verdict.table, identifier: "digest", checks: [verdict.check],
                    coverage: try await reader.coverage(of: [plan.source])))
            StandardError.line(verdict.line(command.listing.units))
            guard verdict.isRight else { throw CommandFailure(.checkFailed) }
        }
    }

    /// The source must have been looked at as a whole after the plan was carried out: until then nobody knows.
    private func demandNews(since plan: StoredPlan, _ reader: Reader) async throws {
        guard let applied = plan.appliedAt else {
            throw CommandFailure(.checkFailed, "plan \(plan.id) of \(plan.source) was not carried out to its end")
        }
        let collections = try await reader.table(
            "collections", filters: [FilterOption(column: "source", literal: plan.source)])
        let isNew = collections.rows.indices.contains { row in
            guard case .time(let started) = collections.value(row, "started_at"), started >= applied,
                collections.value(row, "applied") == .flag(true)
            else { return false }
            return collections.value(row, "scope") == .text("everything")
        }
        guard isNew else {
            throw CommandFailure(
                .incomplete,
                "\(plan.source) was not collected since plan \(plan.id) was carried out; run the garbage collector, "
                    + "then collect it (a registry: `layerscope collect storage DIR --name \(plan.source)`)")
        }
    }
}

/// What was predicted beside what is gone.
struct Verdict {
    let plan: StoredPlan
    /// Objects that were to go and are there.
    let left: [StoredObject]
    let predictedBytes: Int64
    let goneBytes: Int64

    init(_ plan: StoredPlan, _ database: LayerscopeDatabase) async throws {
        self.plan = plan
        let planned = try await database.plannedObjects(plan: plan.id, source: plan.source)
        let held = Set(try await database.heldObjects(source: plan.source).map(Key.init))
        left = planned.filter { held.contains(Key($0)) }
        predictedBytes = plan.freedBytes
        goneBytes = planned.reduce(0) { $0 + (held.contains(Key($1)) ? 0 : $1.bytes ?? 0) }
    }

    /// An object wherever it is counted: what a garbage collector left may have become an orphan.
    private struct Key: Hashable {
        var store: String
        var isBlob: Bool
        var digest: [UInt8]

        init(_ object: StoredObject) {
            store = object.store
            isBlob = object.isBlob
            digest = object.key.bytes
        }
    }

    var isRight: Bool { left.isEmpty && goneBytes == predictedBytes }

    var check: Check {
        Check(
            name: "freed_bytes as predicted = bytes that are gone", scope: plan.source, left: predictedBytes,
            right: goneBytes, outcome: isRight ? .holds : .broken)
    }

    /// The objects that are still there.
    var table: Table {
        Table(
            name: "plan_verification",
            columns: [
                .init("source", .text), .init("plan", .count), .init("digest", .digest), .init("bytes", .bytes),
                .init("orphan", .flag),
            ],
            rows: left.map {
                [
                    .text(plan.source), .integer(Int64(plan.id)), .text($0.key.description),
                    $0.bytes.map { .integer($0) } ?? .null, .flag($0.isOrphan),
                ]
            },
            totals: [
                "predicted_bytes": .integer(predictedBytes), "gone_bytes": .integer(goneBytes),
                "left_objects": .integer(Int64(left.count)),
            ])
    }

    func line(_ units: ByteUnits) -> String {
        let (predicted, gone) = (CountFormat.grouped(predictedBytes), CountFormat.grouped(goneBytes))
        guard !isRight else { return "\(plan.source): plan \(plan.id): \(gone) bytes are gone, as predicted" }
        let failed = plan.deletions.count { $0.state != .deleted && $0.state != .gone }
        return "\(plan.source): plan \(plan.id): predicted \(predicted) bytes, gone \(gone); \(left.count) objects are "
            + "still there" + (failed > 0 ? ", and \(failed) deletions were not made" : "")
    }
}

import Analysis
import Database
import Figures
import Foundation
import Reporting

/// Plans clean-ups of sources, prints them, and carries one out if that is asked for.
struct PlanRun {
    let command: PlanMakeCommand
    private let now = Date()

    init(_ command: PlanMakeCommand) { self.command = command }

    func run() async throws {
        let isScript = command.listing.format == "script"
        let output = isScript ? nil : try Output(command.listing)
        let configuration = try command.database.configuration.load()
        let rules = try rules(configuration)
        try await command.database.read(configuration) { reader in
            let sources = try await chosen(reader)
            if !command.whatIf.isEmpty {
                try await WhatIfRun(command: command).run(reader, sources, configuration)
                return
            }
            var planned: [PlannedSource] = []
            for source in sources {
                let picture = try await PlanPicture.read(reader, source)
                planned.append(try plan(picture, rules, configuration))
            }
            if let output {
                try await show(planned, output, reader)
                try demandSums(planned)
            } else {
                try demandSums(planned)
                try PlanScript(command: command, planned: planned).write()
            }
            let coverage = try await reader.coverage(of: sources.map(\.name))
            if command.apply, let only = planned.first {
                try await PlanApply(command: command, planned: only, configuration: configuration).run(reader.database)
            }
            try Output.demandComplete(coverage, isToldAlready: command.listing.format == "json")
            guard planned.allSatisfy({ $0.plan.isExact }) else { throw CommandFailure(.incomplete) }
        }
    }

    /// The rules to work by: those of the options, or else those of the configuration.
    private func rules(_ configuration: Configuration) throws -> [CleanupConfiguration.Rule] {
        if let rule = try command.rules.rule() { return [CleanupConfiguration.Rule(rule: rule)] }
        guard !configuration.cleanup.rules.isEmpty || !command.whatIf.isEmpty else {
            throw CommandFailure(
                .usage,
                "no rules: say what may go (--tag, --keep-last, --older-than, --untagged, --dangling …), or write rules "
                    + "under cleanup: in layerscope.yml (docs/cleanup.md)")
        }
        return configuration.cleanup.rules
    }

    /// The sources that are meant. One that is not named must be the only one: nobody should clean up what he forgot.
    private func chosen(_ reader: Reader) async throws -> [Reader.Source] {
        let all = try await reader.sources()
        for name in command.source where !all.contains(where: { $0.name == name }) {
            throw CommandFailure(.checkFailed, "no source \(name.debugDescription); `layerscope sources` lists them")
        }
        guard command.source.isEmpty else { return all.filter { command.source.contains($0.name) } }
        guard all.count == 1 else {
            throw CommandFailure(
                .usage,
                all.isEmpty
                    ? "nothing has been collected yet; `layerscope collect --help` tells how"
                    : "several sources; give --source: \(all.map(\.name).joined(separator: ", "))")
        }
        return all
    }

    private func plan(
        _ picture: PlanPicture, _ rules: [CleanupConfiguration.Rule], _ configuration: Configuration
    ) throws -> PlannedSource {
        let name = picture.source.name
        let rules = rules.filter { $0.applies(to: name) }.map(\.rule)
        if rules.isEmpty { StandardError.warn("\(name): no rule of the configuration speaks of it") }
        let planner = SourcePlanner(
            picture: picture, rules: rules, protections: configuration.cleanup.protections + (try pinned()),
            collector: try picture.collector(command.collector, configuration), now: now)
        return try planner.plan(target: command.target?.bytes, loss: command.loss ?? .images)
    }

    private func pinned() throws -> [CleanupProtection] {
        guard let path = command.rules.pinned else { return [] }
        do {
            return try PinnedFile.read(path)
        } catch {
            throw CommandFailure(.usage, error.description)
        }
    }

    private func show(_ planned: [PlannedSource], _ output: Output, _ reader: Reader) async throws {
        let names = planned.map(\.picture.source.name)
        var table = Table(name: "plan", columns: PlanTable.columns)
        for source in planned { table.rows += PlanTable.rows(source.plan, of: source.picture) }
        let meanings = Set(planned.map(\.picture.source.bytesAre))
        let totals = meanings.count <= 1 ? PlanTable.totals(planned.map(\.plan)) : [:]
        // What is kept, or loses a name alone, is nothing to be handed on to a command that deletes.
        if command.listing.quiet { table.rows.removeAll { $0.first != .text("delete") } }
        var listed = try table.filtered(command.listing.filter)
        if !command.listing.sort.isEmpty { listed = try listed.sorted(command.listing.sort) }
        listed = listed.limited(command.listing.limit)
        listed.totals = totals
        if case .table = output.format { listed = PlanTable.forReading(listed) }
        try output.print(
            Listing(
                listed, shown: PlanTable.shown, headings: ["exclusive_bytes": "FREES ALONE", "created_at": "CREATED"],
                identifier: "digest", checks: planned.flatMap(\.checks),
                coverage: try await reader.coverage(of: names), members: PlanJSON.members(planned)))
        for source in planned {
            let summary = PlanSummary(plan: source.plan, picture: source.picture, units: command.listing.units)
            for line in summary.lines + source.targetLines(command.listing.units) { StandardError.line(line) }
            for warning in summary.warnings { StandardError.warn(warning) }
        }
    }

    /// Throws when the figures of a plan do not agree with each other: then nobody should act on it.
    private func demandSums(_ planned: [PlannedSource]) throws {
        let broken = planned.flatMap(\.checks).filter { $0.outcome == .broken }
        guard broken.isEmpty else {
            throw CommandFailure(
                .internalError,
                "\(broken.map(\.name).joined(separator: ", ")): the plan does not add up; nothing is done")
        }
    }
}

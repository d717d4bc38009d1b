import Analysis
import Figures
import Reporting

/// Tells what would go if exactly this went: each alone, and all together.
struct WhatIfRun {
    let command: PlanMakeCommand

    func run(_ reader: Reader, _ sources: [Reader.Source], _ configuration: Configuration) async throws {
        let output = try Output(command.listing)
        var table = Table(name: "what_if", columns: PreparedWhatIf.columns)
        var together = WhatIf.Answer()
        var unknown = Set(command.whatIf)
        for source in sources {
            let picture = try await PlanPicture.read(reader, source)
            let collector = try picture.collector(command.collector, configuration)
            if !picture.facts.isEverythingKnown.allSatisfy({ $0 }) {
                StandardError.warn("\(source.name): \(PlanSummary.upperBound(source.name))")
            }
            let found = PreparedWhatIf(picture, collector: collector)
                .ask(command.whatIf, units: command.listing.units)
            table.rows += found.rows
            together.add(found.together)
            unknown.formIntersection(found.unknown)
        }
        guard unknown.isEmpty else {
            throw CommandFailure(
                .checkFailed,
                "nothing is named \(unknown.sorted().joined(separator: ", ")); `layerscope tags` lists names")
        }
        if Set(sources.map(\.bytesAre)).count == 1 { table.totals = together.totals }
        try output.finish(
            Listing(
                table, shown: ["name", "items", "freed_bytes", "retained_bytes", "held_by", "more_with"],
                headings: ["freed_bytes": "FREES", "retained_bytes": "STAYS"], identifier: "name",
                coverage: try await reader.coverage(of: sources.map(\.name))))
    }
}

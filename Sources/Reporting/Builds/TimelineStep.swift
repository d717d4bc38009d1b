import Figures

/// A step as a timeline draws it.
struct TimelineStep {
    var number: Int64
    var kind: String
    var stage: String?
    var platform: String?
    /// Within the stage, as the builder counts.
    var position: Int64?
    var text: String
    var outcome: String
    var start: Double?
    var seconds: Double?
    var saved: Double?
    var lost: Double?
    var cause: String?
    var evidence: String?
    var error: String?

    /// Those of rows of the view `steps`, by number.
    static func all(_ table: Table) -> [TimelineStep] {
        table.rows.indices.map { row in
            func text(_ name: String) -> String? {
                table.value(row, name).text.flatMap { $0.isEmpty ? nil : $0 }
            }
            func number(_ name: String) -> Double? { table.value(row, name).number }
            return TimelineStep(
                number: table.value(row, "number").integer ?? Int64(row + 1), kind: text("kind") ?? "other",
                stage: text("stage"), platform: text("platform"),
                position: table.value(row, "position").integer, text: text("text") ?? text("name") ?? "",
                outcome: text("outcome") ?? "", start: number("start_seconds"), seconds: number("duration_seconds"),
                saved: number("seconds_saved"), lost: number("seconds_lost"), cause: text("cause"),
                evidence: text("evidence"), error: text("error"))
        }.sorted { $0.number < $1.number }
    }

    /// What can become of a step, each told by its word and by its pattern, not by its colour alone.
    static let outcomes: [(name: String, words: String, meaning: String)] = [
        ("hit", "hit", "taken from the cache"),
        ("miss", "miss", "looked up, not found, and run"),
        ("not_probed", "not looked up", "run without a look, behind a miss"),
        ("completed", "done", "no instruction that could hit"),
        ("skipped", "skipped", "never ran"),
        ("failed", "failed", "ended with an error"),
        ("canceled", "canceled", "stopped before its end"),
    ]

    var words: String { Self.outcomes.first { $0.name == outcome }?.words ?? outcome }

    /// Of one pattern for each outcome that has one; colours are the style sheet's.
    static let patterns = """
        <svg class="defs" width="0" height="0" aria-hidden="true"><defs>\
        <pattern id="lines" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">\
        <rect class="gap" width="2.5" height="6"/></pattern>\
        <pattern id="cross" width="5" height="5" patternUnits="userSpaceOnUse">\
        <path class="cut" d="M0 0L5 5M5 0L0 5"/></pattern></defs></svg>

        """

    private static func known(_ outcome: String) -> String {
        outcomes.contains { $0.name == outcome } ? outcome : "completed"
    }

    /// A bar of the outcome's colour and pattern.
    static func rectangle(_ outcome: String, _ place: String) -> String {
        let name = known(outcome)
        var text = "<rect class=\"o-\(name)\" \(place)/>"
        if ["not_probed", "canceled"].contains(name) { text += "<rect fill=\"url(#lines)\" \(place)/>" }
        if name == "failed" { text += "<rect fill=\"url(#cross)\" \(place)/>" }
        return text
    }

    static func swatch(_ outcome: String) -> String {
        "<svg aria-hidden=\"true\">\(rectangle(outcome, "x=\"0.5\" y=\"0.5\" width=\"10\" height=\"10\""))</svg>"
    }
}

/// The steps of one stage, or those that stand around the stages.
struct TimelineGroup {
    var title: String
    var steps: [TimelineStep]

    /// Stages in the order of their first steps, then what belongs to none: contexts, credentials, exports.
    static func all(_ steps: [TimelineStep]) -> [TimelineGroup] {
        struct Key: Hashable {
            var stage: String?
            var platform: String?
        }
        var order: [Key] = []
        var groups: [Key: [TimelineStep]] = [:]
        for step in steps {
            let isOfStage = step.kind == "instruction" || (step.kind == "from" && step.stage != nil)
            let key = isOfStage ? Key(stage: step.stage ?? "", platform: step.platform) : Key()
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(step)
        }
        let sorted = order.filter { $0.stage != nil } + order.filter { $0.stage == nil }
        return sorted.map { key in
            let title: String =
                switch key.stage {
                case nil: "Base images, contexts and exports"
                case ""?: "Instructions"
                case let stage?: "Stage \(stage)"
                }
            let platform = key.platform.map { " for \($0)" } ?? ""
            return TimelineGroup(title: title + platform, steps: inOrder(groups[key] ?? []))
        }
    }

    /// As the Dockerfile has them, where all steps of a stage tell their place.
    private static func inOrder(_ steps: [TimelineStep]) -> [TimelineStep] {
        guard steps.allSatisfy({ $0.position != nil }) else { return steps }
        return steps.sorted { ($0.position ?? 0, $0.number) < ($1.position ?? 0, $1.number) }
    }
}

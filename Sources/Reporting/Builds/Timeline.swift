package import Figures

/// A build's steps as a timeline: a row for each with its bar, grouped by stage. Where the build does not tell when
/// steps began, bars show how long each took; where it tells no times at all, the steps stand in their order.
package struct Timeline: Sendable {
    package var id: String
    /// Rows of the view `steps`, of one build.
    package var steps: Table
    /// Of the build, in seconds; nil when it is not told.
    package var duration: Double?

    package init(id: String, steps: Table, duration: Double? = nil) {
        self.id = id
        self.steps = steps
        self.duration = duration
    }

    /// More rows make a page that nobody reads.
    private static let most = 600

    /// Empty without steps.
    package var html: String {
        let rows = TimelineStep.all(steps)
        guard !rows.isEmpty else { return "" }
        let axis = TimelineAxis(rows, duration: duration)
        // A column for what nobody gained or lost is left out.
        let isStill = !rows.contains { $0.saved != nil || $0.lost != nil }
        var text = "<div class=\"gantt\(isStill ? " still" : "")\" id=\"\(HTML.escape(id))\">\n\(TimelineStep.patterns)"
        text += Self.legend(rows)
        text += "<p class=\"note\">\(axis.note)</p>\n"
        if axis.hasBars { text += axis.head }
        var shown = 0
        for group in TimelineGroup.all(rows) {
            guard shown < Self.most else { break }
            text += "<h3>\(HTML.escape(group.title))</h3>\n<ol>\n"
            for row in group.steps.prefix(Self.most - shown) { text += item(row, axis) }
            text += "</ol>\n"
            shown += group.steps.count
        }
        if rows.count > Self.most {
            text += "<p class=\"note\">\(CountFormat.grouped(Int64(rows.count - Self.most))) more in the table.</p>\n"
        }
        return text + "</div>\n"
    }

    private static func legend(_ rows: [TimelineStep]) -> String {
        let there = Set(rows.map(\.outcome))
        let entries = TimelineStep.outcomes.filter { there.contains($0.name) }.map { outcome in
            "<li>\(TimelineStep.swatch(outcome.name))\(outcome.words): \(outcome.meaning)</li>"
        }
        return "<ul class=\"legend\" aria-label=\"What became of steps\">\(entries.joined())</ul>\n"
    }

    private func item(_ step: TimelineStep, _ axis: TimelineAxis) -> String {
        let text = InstructionText.plain(step.text)
        let short = text.count > 150 ? text.prefix(149) + "…" : text
        var line = "<li><div class=\"step\(axis.hasBars ? "" : " plain")\"><span class=\"no\">\(step.number)</span>"
        line += "<span class=\"what\"\(short == text ? "" : " title=\"\(HTML.escape(String(text.prefix(2_000))))\"")>"
        line += "\(HTML.escape(String(short)))</span>"
        line += "<span class=\"how\">\(TimelineStep.swatch(step.outcome))\(HTML.escape(step.words))</span>"
        if axis.hasBars { line += axis.bar(step) }
        line += "<span class=\"n\">\(step.seconds.map(SecondsFormat.human) ?? "<span class=\"u\">–</span>")</span>"
        line += "\(gain(step))</div>"
        if let cause = step.cause {
            line += "<p class=\"why\"><b>First miss:</b> \(HTML.escape(MissWords.of(cause)))"
            if let evidence = step.evidence { line += ". \(HTML.escape(String(evidence.prefix(1_000))))" }
            line += "</p>"
        }
        if let error = step.error { line += "<p class=\"why failed\">\(HTML.escape(String(error.prefix(500))))</p>" }
        return line + "</li>\n"
    }

    private func gain(_ step: TimelineStep) -> String {
        if let saved = step.saved { return "<span class=\"gain\">saved \(SecondsFormat.human(saved))</span>" }
        if let lost = step.lost { return "<span class=\"gain warn\">lost \(SecondsFormat.human(lost))</span>" }
        return ""
    }
}

/// Why a step was not taken from the cache, in words.
enum MissWords {
    static func of(_ cause: String) -> String {
        switch MissCause(rawValue: cause) {
        case .baseMoved: "the base image moved"
        case .instructionChanged: "the instruction changed"
        case .inputsChanged: "the files changed"
        case .earlierStep: "a step of another stage missed"
        case .notInCache: "nothing changed, and it was not in the cache"
        case .notCacheable: "it can never hit"
        case .unknown: "not known why"
        case nil: cause.replacing("_", with: " ")
        }
    }
}

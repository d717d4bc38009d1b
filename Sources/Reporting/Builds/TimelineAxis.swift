/// What the bars of a timeline are measured by.
struct TimelineAxis {
    /// What the steps tell of time.
    enum Kind {
        /// When they began and how long they took.
        case moments
        /// How long they took.
        case lengths
        case nothing
    }

    let kind: Kind
    /// Seconds from one end to the other.
    let whole: Double
    /// Seconds from the left end, apart from the ends themselves.
    let marks: [Double]

    init(_ steps: [TimelineStep], duration: Double?) {
        let hasMoments = steps.contains { $0.start != nil && $0.seconds != nil }
        let longest = steps.compactMap(\.seconds).max() ?? 0
        if hasMoments {
            kind = .moments
            let ends = steps.compactMap { step in step.start.map { $0 + (step.seconds ?? 0) } }
            whole = max(ends.max() ?? 0, duration ?? 0, 0.001)
        } else if longest > 0 {
            kind = .lengths
            whole = longest
        } else {
            kind = .nothing
            whole = 1
        }
        let step = SecondsFormat.roundUp(whole / 6)
        marks = kind == .nothing ? [] : Array(stride(from: 0, through: whole, by: step).prefix(12))
    }

    var hasBars: Bool { kind != .nothing }

    var note: String {
        switch kind {
        case .moments: "From the start of the build at the left to its end at the right."
        case .lengths:
            "This build does not tell when its steps began: bars show how long each took, in the order in which they "
                + "were told."
        case .nothing:
            "This build tells no times (a log of the classic builder, or one that was cut): its steps are in their "
                + "order, and no duration is known."
        }
    }

    /// The marks with their names, over the column of the bars.
    var head: String {
        var text = "<div class=\"step head\" aria-hidden=\"true\"><span class=\"bar\"><svg height=\"18\">"
        for (place, mark) in marks.enumerated() {
            let x = part(mark)
            // A name has to end within the drawing.
            guard x <= 8_900 else { continue }
            // Every other name only, where the page is narrow.
            let style = place % 2 == 0 && x <= 7_500 ? "" : " class=\"wide\""
            text += "<text\(style) x=\"\(Percent.text(x))\" y=\"13\" dx=\"2\">\(SecondsFormat.mark(mark))</text>"
        }
        return text + "</svg></span></div>\n"
    }

    func bar(_ step: TimelineStep) -> String {
        var text = "<span class=\"bar\"><svg height=\"18\" role=\"img\" aria-label=\"\(HTML.escape(spoken(step)))\">"
        text += "<title>\(HTML.escape(title(step)))</title><rect class=\"hit-area\" width=\"100%\" height=\"18\"/>"
        for mark in marks {
            let x = Percent.text(part(mark))
            text += "<line class=\"grid\" x1=\"\(x)\" x2=\"\(x)\" y1=\"0\" y2=\"18\"/>"
        }
        let start = kind == .moments ? step.start : step.seconds.map { _ in 0 }
        if let start {
            let left = part(start)
            let width = part(start + (step.seconds ?? 0)) - left
            // What is too short to see is a mark, which stays within the drawing at the right end.
            let place =
                width < 40
                ? "x=\"\(Percent.text(min(left, 9_940)))\" width=\"3\""
                : "x=\"\(Percent.text(left))\" width=\"\(Percent.text(width))\""
            text += TimelineStep.rectangle(step.outcome, "\(place) y=\"3\" height=\"12\" rx=\"1.5\"")
        }
        return text + "</svg></span>"
    }

    private func spoken(_ step: TimelineStep) -> String {
        var text = step.words
        if kind == .moments, let start = step.start { text += ", from \(SecondsFormat.human(start))" }
        if let seconds = step.seconds { text += ", \(SecondsFormat.human(seconds))" }
        return text
    }

    private func title(_ step: TimelineStep) -> String {
        let text = InstructionText.plain(step.text)
        return "\(step.number) \(text.count > 300 ? text.prefix(299) + "…" : text): \(spoken(step))"
    }

    /// In hundredths of a percent of the whole.
    private func part(_ seconds: Double) -> Int64 {
        Int64((min(1, max(0, seconds / whole)) * 10_000).rounded())
    }
}

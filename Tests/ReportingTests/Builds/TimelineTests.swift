import BuildModel
import Figures
import Foundation
import Reporting
import Testing

@Suite struct TimelineTests {
    static let columns: [Table.Column] = [
        .init("number", .count), .init("kind", .text), .init("stage", .text), .init("platform", .text),
        .init("position", .count), .init("text", .text), .init("outcome", .text), .init("start_seconds", .ratio),
        .init("duration_seconds", .ratio), .init("seconds_saved", .ratio), .init("seconds_lost", .ratio),
        .init("cause", .text), .init("evidence", .text), .init("error", .text),
    ]

    static func step(
        _ number: Int64, _ text: String, kind: String = "instruction", stage: String? = "app", position: Int64? = nil,
        outcome: String = "miss", start: Double? = nil, seconds: Double? = nil, saved: Double? = nil,
        lost: Double? = nil, cause: String? = nil, evidence: String? = nil, error: String? = nil
    ) -> [Value] {
        func known(_ text: String?) -> Value { text.map { .text($0) } ?? .null }
        func real(_ number: Double?) -> Value { number.map { .real($0) } ?? .null }
        return [
            .integer(number), .text(kind), known(stage), .null, position.map { .integer($0) } ?? .null, .text(text),
            .text(outcome), real(start), real(seconds), real(saved), real(lost), known(cause), known(evidence),
            known(error),
        ]
    }

    static func html(_ rows: [[Value]], duration: Double? = nil) -> String {
        Timeline(id: "t", steps: Table(name: "steps", columns: columns, rows: rows), duration: duration).html
    }

    /// The row of a step.
    private func row(_ number: Int, of html: String) throws -> String {
        let parts = html.components(separatedBy: "<li><div class=\"step")
        return try #require(parts.first { $0.contains("<span class=\"no\">\(number)</span>") })
    }

    @Test func `bars stand where their steps ran`() throws {
        let html = Self.html(
            [
                Self.step(1, "RUN a", start: 0, seconds: 5), Self.step(2, "RUN b", start: 5, seconds: 2.5),
                Self.step(3, "RUN c", outcome: "hit", start: 10, seconds: 0), Self.step(4, "RUN d", outcome: "skipped"),
            ], duration: 10)
        #expect(try row(1, of: html).contains("x=\"0%\" width=\"50%\""))
        #expect(try row(2, of: html).contains("x=\"50%\" width=\"25%\""))
        #expect(try row(3, of: html).contains("x=\"99.4%\" width=\"3\""), "what is too short is still to be seen")
        let skipped = try row(4, of: html)
        #expect(
            !skipped.contains("rx=\"1.5\"") && skipped.contains(">–</span>"), "what never ran has no bar and no time")
        #expect(html.contains("2\u{a0}s</text>") && html.contains("From the start of the build"))
    }

    @Test func `without moments bars are lengths, without times there is a list, and it is said`() throws {
        let lengths = Self.html([Self.step(1, "RUN a", seconds: 4), Self.step(2, "RUN b", seconds: 1)])
        #expect(lengths.contains("does not tell when its steps began"))
        #expect(try row(1, of: lengths).contains("x=\"0%\" width=\"100%\""))
        #expect(try row(2, of: lengths).contains("x=\"0%\" width=\"25%\""))
        let list = Self.html([Self.step(2, "RUN b"), Self.step(1, "RUN a")])
        #expect(list.contains("This build tells no times") && !list.contains("class=\"bar\""))
        let first = try #require(list.range(of: "RUN a")), second = try #require(list.range(of: "RUN b"))
        #expect(first.lowerBound < second.lowerBound)
        #expect(Self.html([]).isEmpty)
    }

    @Test(arguments: StepOutcome.allCases)
    func `every outcome has its word, its colour and its meaning`(outcome: StepOutcome) throws {
        let html = Self.html([Self.step(1, "RUN a", outcome: outcome.rawValue, start: 0, seconds: 1)])
        #expect(html.contains("<rect class=\"o-\(outcome.rawValue)\""))
        #expect(html.matches(of: #/<li><svg[^>]*>.*?<\/svg>[a-z ]+: [a-z ,]+<\/li>/#).count == 1)
        #expect(try row(1, of: html).contains(#/<\/svg>[a-z ]+<\/span>/#), "words, not the names of values")
        let hasPattern = [.notProbed, .canceled, .failed].contains(outcome)
        #expect(try row(1, of: html).contains("fill=\"url(#") == hasPattern)
    }

    @Test func `stages stand together in the order of the Dockerfile, what is of none at the end`() {
        let html = Self.html([
            Self.step(1, "load", kind: "internal", stage: nil), Self.step(2, "RUN two", position: 3),
            Self.step(3, "RUN other", stage: "tools", position: 2), Self.step(4, "RUN one", position: 2),
        ])
        let order = ["Stage app", "RUN one", "RUN two", "Stage tools", "RUN other", "Base images", ">load<"]
        let places = order.map { html.range(of: $0)?.lowerBound ?? html.endIndex }
        #expect(places == places.sorted() && !places.contains(html.endIndex))
    }

    @Test func `the first miss has its cause and evidence, hits what they saved, misses what they lost`() throws {
        let html = Self.html([
            Self.step(1, "COPY . .", seconds: 1, cause: "inputs_changed", evidence: "the same text <b>before</b>"),
            Self.step(2, "RUN a", outcome: "hit", saved: 12.34), Self.step(3, "RUN b", seconds: 3, lost: 3),
            Self.step(4, "RUN c", outcome: "failed", error: "exit code: <1>"),
        ])
        let first = try row(1, of: html)
        #expect(first.contains("<b>First miss:</b> the files changed. the same text &lt;b&gt;before&lt;/b&gt;"))
        #expect(try row(2, of: html).contains("saved 12.3\u{a0}s"))
        #expect(try row(3, of: html).contains("lost 3.00\u{a0}s"))
        #expect(try row(4, of: html).contains("exit code: &lt;1&gt;"))
        #expect(html.components(separatedBy: "First miss:").count == 2)
    }

    @Test(arguments: HostileImages.names) func `outside text is never markup`(name: String) {
        let html = Self.html([
            Self.step(
                1, "RUN \(name)", stage: name, outcome: name, start: 0, seconds: 1, cause: name, evidence: name,
                error: name)
        ])
        for mark in ["<script", "<img", "<link", "'onmouseover='", "\u{202e}", "\0"] {
            #expect(!html.contains(mark), "\(mark.debugDescription)")
        }
    }

    @Test func `of very many steps some are shown, and the rest is counted`() {
        let html = Self.html((1...1_000).map { Self.step($0, "RUN \($0)", stage: "s\($0 % 7)") })
        #expect(html.components(separatedBy: "<li><div class=\"step").count - 1 == 600)
        #expect(html.contains("400 more in the table"))
    }
}

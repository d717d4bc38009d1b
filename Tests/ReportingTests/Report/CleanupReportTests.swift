import Figures
import Foundation
import Reporting
import Testing

/// What the report says of standing clean-up rules.
@Suite struct CleanupReportTests {
    private static let report = ExampleReport(ExampleImages.make(60)).report

    private static var cleanup: CleanupReport {
        get throws { try #require(report.scopes.first?.cleanup.first) }
    }

    @Test func `the section has the figures, the largest wins, who holds, and what blocks`() throws {
        let html = try Self.report.html(csvFolder: "csv")
        let cleanup = try Self.cleanup
        #expect(html.contains("<h2 id=\"cleanup-h\">Clean-up</h2>"))
        #expect(html.contains(">Would free at most</dt>"), "not everything was seen")
        #expect(html.contains("title=\"\(CountFormat.grouped(cleanup.freedBytes)) bytes\""))
        for heading in [
            "Largest single wins", "Who holds what stays", "What blocks the rest", "What each gigabyte costs",
        ] {
            #expect(html.contains("<h3>\(heading)</h3>"))
        }
        #expect(html.contains("container web on "))
        #expect(html.contains(">docker.io/library: untagged manifests were not seen</p>"))
        #expect(
            !html.contains(">Pulled</th>") && html.contains(">Pushed</th>"), "times that nobody knows have no column")
    }

    @Test func `rows that are left out are counted, and it is said who has them`() throws {
        var report = Self.report
        let html = try report.html()
        let count = try Self.cleanup.deletions.rows.count
        #expect(html.contains("\(count) of \(count + 1) are here"))
        #expect(html.contains("<code>layerscope plan --source docker.io/library</code> has all"))
        #expect(html.contains("<dd class=\"figure\">\(count + 1)</dd>"))
        report.scopes[0].cleanup[0].deletionCount = Int64(count)
        #expect(try !report.html().contains("are here"))
    }

    @Test func `of many warnings ten are shown and the rest is counted`() throws {
        var report = Self.report
        report.scopes[0].cleanup[0].warnings = (0..<1_012).map { "warning number \($0)" }
        let html = try report.html()
        #expect(html.contains("warning number 9<") && !html.contains("warning number 10<"))
        #expect(html.contains("1,002 more"))
    }

    @Test func `without rules there is no section`() throws {
        var report = Self.report
        report.scopes[0].cleanup = []
        #expect(try !report.html().contains("id=\"cleanup\""))
        #expect(!report.json.contains("cleanup") && !report.markdown.contains("Clean-up"))
    }

    @Test func `JSON, CSV and Markdown have the figures, too`() throws {
        let cleanup = try Self.cleanup
        let parsed = try JSONSerialization.jsonObject(with: Data(Self.report.json.utf8)) as? [String: Any]
        let scope = try #require((parsed?["scopes"] as? [[String: Any]])?.first)
        func rows(_ name: String) throws -> [[String: Any]] {
            try #require((scope[name] as? [String: Any])?["rows"] as? [[String: Any]])
        }
        let totals = try #require(try rows("cleanup_totals").first)
        #expect(totals["freed_bytes"] as? Int64 == cleanup.freedBytes)
        #expect(totals["retained_bytes"] as? Int64 == cleanup.retainedBytes)
        #expect(totals["deletions"] as? Int64 == cleanup.deletionCount)
        #expect(totals["exact"] as? Bool == false)
        #expect(try rows("cleanup").count == cleanup.deletions.rows.count + cleanup.refusals.rows.count)
        #expect(try rows("cleanup_curve").last?["freed_bytes"] as? Int64 == cleanup.curve.last?.freedBytes)
        let paths = try Self.report.files().map(\.path)
        #expect(Set(["csv/cleanup.csv", "csv/cleanup_totals.csv", "csv/cleanup_curve.csv"]).isSubset(of: paths))
        #expect(Self.report.markdown.contains("## Clean-up of docker.io/library"))
        #expect(Self.report.markdown.contains("| Would free at most | \(PageText.bytes(cleanup.freedBytes)) |"))
        for word in ["freed_bytes", "garbage_bytes", "retained_bytes"] {
            #expect(Definition.all.contains { $0.meaning.contains(word) }, "\(word)")
        }
    }

    @Test func `a curve's corners are in its drawing and in its table`() {
        let corners = [
            Frontier.Corner(loss: 0, freedBytes: 0), .init(loss: 10, freedBytes: 500),
            .init(loss: 40, freedBytes: 1000),
        ]
        let html = LossCurve(id: "c", corners: corners).html
        #expect(html.contains("points=\"0,220 250,110 1000,0\""))
        #expect(html.contains("<desc id=\"c-d\">500\u{a0}B for 10 images, 1.0\u{a0}kB for 40 images</desc>"))
        let half = RatioFormat.percent(500, of: 1000) ?? ""
        #expect(html.contains("<td class=\"n\">500\u{a0}B</td><td class=\"n\">\(half)</td><td class=\"n\">10</td>"))
    }

    @Test func `nothing to give up has no curve`() {
        for corners: [Frontier.Corner] in [[], [.init(loss: 0, freedBytes: 0)], [.init(loss: 0, freedBytes: 9)]] {
            #expect(LossCurve(id: "c", corners: corners).html.isEmpty)
        }
    }

    @Test func `a curve has sizes beyond what a product of two holds`() {
        let corners = [Frontier.Corner(loss: 0, freedBytes: 0), .init(loss: .max, freedBytes: .max)]
        #expect(LossCurve(id: "c", corners: corners).html.contains("points=\"0,220 1000,0\""))
    }
}

import Figures
import Foundation
import Reporting
import Testing

@Suite struct TrendChartTests {
    private static func table(_ rows: [[Value]], period: String = "build") -> Table {
        Table(
            name: "build_trend",
            columns: [
                .init(period, .text), .init("builds", .count), .init("failed_builds", .count), .init("hits", .count),
                .init("misses", .count), .init("hit_rate", .ratio), .init("time_hit_rate", .ratio),
                .init("seconds_per_build", .ratio), .init("commit", .text),
            ], rows: rows)
    }

    private static func row(
        _ name: String, hits: Int64 = 0, misses: Int64 = 0, rate: Double?, seconds: Double?, failed: Int64 = 0,
        commit: String? = nil
    ) -> [Value] {
        [
            .text(name), .integer(1), .integer(failed), .integer(hits), .integer(misses),
            rate.map { .real($0) } ?? .null, .null, seconds.map { .real($0) } ?? .null,
            commit.map { .text($0) } ?? .null,
        ]
    }

    /// What the drawing with this title is made of.
    private func column(_ title: String, of html: String, panel: Int = 0) throws -> String {
        let parts = html.components(separatedBy: "<title>").filter { $0.hasPrefix(title) }
        return try #require(parts.count > panel ? parts[panel] : nil).components(separatedBy: "</g>")[0]
    }

    @Test func `a rate of zero is drawn, no rate is not`() throws {
        let html = TrendChart(
            id: "t",
            table: Self.table([
                Self.row("1", misses: 4, rate: 0, seconds: 4), Self.row("2", rate: nil, seconds: nil),
                Self.row("3", hits: 3, misses: 1, rate: 0.75, seconds: 10, failed: 1),
            ])
        ).html
        let zero = try column("build 1", of: html)
        #expect(zero.contains("class=\"f2\"") && zero.contains("height=\"2\"") && !zero.contains(">–<"))
        let absent = try column("build 2", of: html)
        #expect(absent.contains(">–<") && !absent.contains("class=\"f2\"") && !absent.contains("track"))
        #expect(absent.contains("build 2: no hit rate"))
        let absentTime = try column("build 2", of: html, panel: 1)
        #expect(absentTime.contains(">–<") && !absentTime.contains("class=\"f3\""))
        let last = try column("build 3", of: html)
        // 109 pixels are the whole, of which three quarters are 82.
        #expect(last.contains("height=\"109\"") && last.contains("height=\"82\""))
        #expect(html.contains("build 3: 75 % hits (3 of 4), 10.0\u{a0}s, failed"))
        let lastTime = try column("build 3", of: html, panel: 1)
        #expect(lastTime.contains("class=\"o-failed\"") && lastTime.contains("height=\"109\""))
        // Four of ten seconds.
        #expect(try column("build 1", of: html, panel: 1).contains("height=\"44\""))
    }

    @Test func `what is not known of any build is said, not drawn`() {
        let html = TrendChart(id: "t", table: Self.table([Self.row("1", misses: 4, rate: 0, seconds: nil)])).html
        #expect(html.contains("None of these builds tells how long it took.") && !html.contains("Seconds per build"))
        let timed = TrendChart(id: "t", table: Self.table([Self.row("1", rate: nil, seconds: 4)])).html
        #expect(timed.contains("None of these builds has a hit rate") && timed.contains("Seconds per build"))
        #expect(TrendChart(id: "t", table: Self.table([Self.row("1", rate: nil, seconds: nil)])).html.isEmpty)
        #expect(TrendChart(id: "t", table: Self.table([])).html.isEmpty)
    }

    @Test func `columns that are builds lead to them, and outside text is no markup`() {
        let table = Self.table([
            Self.row("7", misses: 1, rate: 0, seconds: 1, commit: "<script>alert(1)</script>\"onload='x'")
        ])
        let html = TrendChart(id: "t", table: table, link: "/builds/{}").html
        #expect(html.contains("<a href=\"/builds/7\"><title>build 7, commit &lt;script&gt;"))
        #expect(!html.contains("<script") && !html.contains("\"onload"))
        let weeks = Self.table([Self.row("2024-W01", misses: 1, rate: 0, seconds: 1)], period: "week")
        #expect(TrendChart(id: "t", table: weeks).html.contains("<title>2024-W01, 1\u{a0}build: 0 % hits (0 of 1)"))
    }
}

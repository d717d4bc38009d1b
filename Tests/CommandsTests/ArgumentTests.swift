import ArgumentParser
import Reporting
import Testing

@testable import Commands

@Suite struct ArgumentTests {
    static let filters: [(String, FilterOption?)] = [
        ("source=a", .init(column: "source", value: "a")),
        ("Repository=team/*", .init(column: "repository", value: "team/*")),
        ("exclusive-bytes>=1GB", .init(column: "exclusive_bytes", comparison: .atLeast, value: "1GB")),
        ("ExclusiveBytes>1", .init(column: "exclusive_bytes", comparison: .more, value: "1")),
        ("images<=3", .init(column: "images", comparison: .atMost, value: "3")),
        ("images<3", .init(column: "images", comparison: .less, value: "3")),
        ("owner!=<none>", .init(column: "owner", comparison: .notEqual, value: "<none>")),
        ("label=a.b=c", .init(column: "label", value: "a.b=c")),
        ("image_id=", .init(column: "image_id", value: "")),
        ("nothing", nil), ("=a", nil), ("a b=c", nil), ("1=2", nil), ("a!b", nil), ("; DROP TABLE x=1", nil),
    ]

    @Test(arguments: filters.indices)
    func `a filter is a column, a comparison and a value`(number: Int) {
        #expect(FilterOption(argument: Self.filters[number].0) == Self.filters[number].1)
    }

    @Test func `a sort is a column and a direction`() {
        #expect(SortOption(argument: "bytes")?.isDescending == false)
        #expect(SortOption(argument: "bytes:asc")?.isDescending == false)
        #expect(SortOption(argument: "bytes:desc")?.isDescending == true)
        #expect(
            SortOption(argument: "-FairShareBytes").map { [$0.column, "\($0.isDescending)"] } == [
                "fair_share_bytes", "true",
            ])
        #expect(SortOption(argument: "bytes:down") == nil)
        #expect(SortOption(argument: "") == nil)
    }

    @Test func `a grouping is one of the names, or a label`() {
        #expect(UsageGrouping(argument: "owner") == .owner)
        #expect(UsageGrouping(argument: "base") == .base)
        #expect(UsageGrouping(argument: "label:a=b") == .label("a=b"))
        #expect(UsageGrouping(argument: "label:") == nil)
        #expect(UsageGrouping(argument: "colour") == nil)
    }

    @Test(arguments: [
        ["images", "--limit", "-1"], ["images", "--limit=x"], ["images", "-q", "--format", "json"],
        ["images", "--units", "metric"], ["images", "--filter", "x"], ["images", "surplus"], ["inspect"],
        ["sharing", "one"], ["usage", "--by", "colour"], ["query"], ["query", "--list", "SELECT 1"],
        ["query", "--timeout", "0", "SELECT 1"], ["query", "x", "--param", "=1"], ["query", "x", "--sort", "a"],
        ["collect", "archive"], ["collect", "registry"], ["nonsense"], ["sources", "remove"],
        ["collect", "registry", "h", "--activity", "nexus"],
        ["collect", "registry", "h", "--activity-url", "https://h"],
        ["collect", "registry", "h", "--activity", "gitlab", "--activity-url", "https://h"],
        ["collect", "registry", "h", "--activity", "harbor", "--activity-url", "h"],
        ["collect", "registry", "h", "--activity", "harbor", "--activity-url", "https://me:pw@h"],
        ["completion", "tcsh"], ["report", "--units", "x"],
    ])
    func `wrong usage is refused with status 64`(arguments: [String]) {
        let message = #expect(throws: ParserMessage.self) {
            try CommandLineTool.parse(arguments)
        }
        #expect(message?.status == 64)
    }

    @Test(arguments: [
        [
            "images", "-a", "--format", "{{.Repository}}", "-f", "a=b", "--filter", "c>1", "--sort", "-bytes",
            "--limit", "3",
        ],
        ["layers", "--no-trunc", "--units", "iec"], ["tags", "-q"], ["sources"], ["sources", "list", "-q"],
        ["sources", "remove", "a", "b"], ["inspect", "debian", "-f", "{{.Os}}"], ["usage", "--by", "label:vendor"],
        ["sharing"], ["sharing", "a", "b"], ["dangling"], ["query", "--list"], ["query", "x", "--param", "a=b"],
        ["report", "-o", "x", "--source", "a", "--source", "b"], ["doctor"], ["completion", "zsh"],
        ["collect", "engine"], ["collect", "archive", "a.tar", "b.tar"], ["collect", "all", "--discover"],
        ["collect", "registry", "localhost:5000", "--repository", "a", "--repository", "b"],
        ["collect", "registry", "h", "--activity", "docker-hub"],
        ["collect", "registry", "h", "--activity", "harbor", "--activity-url", "https://core.example.org/"],
        ["database", "status"], ["database", "url"],
    ])
    func `right usage is accepted`(arguments: [String]) throws {
        _ = try CommandLineTool.parse(arguments)
    }
}

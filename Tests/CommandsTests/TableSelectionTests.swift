import Figures
import Foundation
import Testing

@testable import Commands

@Suite struct TableSelectionTests {
    private static let table = Table(
        name: "images",
        columns: [
            .init("repository", .text), .init("tags", .list), .init("bytes", .bytes), .init("created_at", .time),
            .init("dangling", .flag), .init("sharing_ratio", .ratio),
        ],
        rows: [
            [.text("team/a"), .list(["1", "latest"]), .integer(100), .time(date(1)), .flag(false), .real(1.5)],
            [.text("team/b"), .list([]), .null, .null, .flag(true), .null],
            [.text("*odd?"), .list(["2"]), .integer(3_000_000), .time(date(20)), .flag(false), .real(3)],
        ])

    private static func date(_ day: Int) -> Date { Date(timeIntervalSince1970: Double(1_767_225_600 + day * 86_400)) }

    /// A filter and the rows that are left.
    static let filters: [(String, [Int])] = [
        ("repository=team/a", [0]), ("repository=team/*", [0, 1]), ("repository!=team/*", [2]),
        ("repository=t??m/b", [1]), ("repository=*", [0, 1, 2]), ("repository=team", []),
        ("tags=latest", [0]), ("tags=l*", [0]), ("tags!=latest", [1, 2]),
        ("bytes>100", [2]), ("bytes>=100", [0, 2]), ("bytes<3MB", [0]), ("bytes<=3MB", [0, 2]), ("bytes=100B", [0]),
        ("bytes=", [1]), ("bytes!=", [0, 2]), ("bytes>1.5MB", [2]), ("bytes!=100", [1, 2]),
        ("created_at<2026-01-10", [0]), ("created_at>=2026-01-21T00:00:00Z", [2]), ("created_at=", [1]),
        ("dangling=true", [1]), ("dangling=no", [0, 2]), ("sharing_ratio>2", [2]),
    ]

    @Test(arguments: filters.indices)
    func `a filter leaves the rows that fit`(number: Int) throws {
        let (text, expected) = Self.filters[number]
        let filter = try #require(FilterOption(argument: text))
        let left = try Self.table.filtered([filter])
        #expect(left.rows == expected.map { Self.table.rows[$0] })
    }

    @Test func `filters are joined by and`() throws {
        let filters = ["repository=team/*", "bytes>1"].compactMap(FilterOption.init(argument:))
        #expect(try Self.table.filtered(filters).rows == [Self.table.rows[0]])
    }

    @Test(arguments: ["bytes=many", "bytes=1XB", "created_at<yesterday", "dangling=perhaps", "sharing_ratio>x"])
    func `a value that cannot be the column's is wrong usage`(text: String) throws {
        let filter = try #require(FilterOption(argument: text))
        let failure = #expect(throws: CommandFailure.self) { try Self.table.filtered([filter]) }
        #expect(failure?.status == .usage)
        #expect(failure?.message.contains(filter.column) == true)
    }

    @Test func `a column that is not there is named, with the nearest one`() throws {
        let filter = try #require(FilterOption(argument: "repositry=a"))
        let failure = #expect(throws: CommandFailure.self) { try Self.table.filtered([filter]) }
        #expect(failure?.message.contains("did you mean repository?") == true)
        #expect(throws: CommandFailure.self) {
            try Self.table.sorted([SortOption(column: "colour", isDescending: false)])
        }
    }

    /// A sort and the rows' order; what is not known is last either way.
    static let sorts: [(String, [Int])] = [
        ("bytes", [0, 2, 1]), ("bytes:desc", [2, 0, 1]), ("repository", [2, 0, 1]), ("-created_at", [2, 0, 1]),
        ("dangling", [0, 2, 1]), ("-dangling", [1, 0, 2]),
    ]

    @Test(arguments: sorts.indices)
    func `rows are sorted, and what is not known comes last`(number: Int) throws {
        let (text, expected) = Self.sorts[number]
        let sort = try #require(SortOption(argument: text))
        #expect(try Self.table.sorted([sort]).rows == expected.map { Self.table.rows[$0] })
    }

    @Test func `a limit leaves the first rows`() {
        #expect(Self.table.limited(1).rows == [Self.table.rows[0]])
        #expect(Self.table.limited(0).rows.isEmpty)
        #expect(Self.table.limited(9) == Self.table)
        #expect(Self.table.limited(nil) == Self.table)
    }

    @Test(
        arguments: [
            ("100", 100), ("1.5GB", 1_500_000_000), ("20MiB", 20_971_520), ("1 kB", 1000), ("2tb", 2_000_000_000_000),
        ] as [(String, Int64)])
    func `a size may have a unit`(text: String, bytes: Int64) {
        #expect(FilterValue.bytes(text) == bytes)
    }

    @Test(arguments: ["GB", "1.2.3", "9999999999999TB", "1e99", "0x10"])
    func `what is no size is none`(text: String) { #expect(FilterValue.bytes(text) == nil) }

    @Test func `a time is a date, a time of day, or an age`() {
        let now = Self.date(10)
        #expect(FilterValue.time("2d", now: now) == Self.date(8))
        #expect(FilterValue.time("1w", now: now) == Self.date(3))
        #expect(FilterValue.time("24h", now: now) == Self.date(9))
        #expect(FilterValue.time("2026-01-02", now: now) == Self.date(1))
        #expect(FilterValue.time("2026-01-02T00:00:00Z", now: now) == Self.date(1))
        #expect(FilterValue.time("soon", now: now) == nil)
        #expect(FilterValue.time("-1d", now: now) == nil)
    }
}

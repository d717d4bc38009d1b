import Foundation
import Reporting
import Testing

/// What is said of a source that was looked at in two ways.
struct CoverageTests {
    private static let names = Date(timeIntervalSince1970: 1_700_600_000)
    private static let storage = Date(timeIntervalSince1970: 1_700_000_000)

    private static func aspect(_ name: String, _ seen: Int64, _ scope: String, _ at: Date) -> Coverage.Aspect {
        Coverage.Aspect(name: name, outcome: "complete", seen: seen, scope: scope, collectedAt: at)
    }

    private static let both = Coverage.Source(
        name: "reg", kind: "registry", collectedAt: names,
        aspects: [
            aspect("blobs", 900, "everything", storage), aspect("tags", 31, "everything", storage),
            aspect("tags", 33, "named", names),
        ])

    @Test func `a source that was looked at in two ways says when each was`() {
        #expect(Self.both.looks.map(\.scope) == ["named", "everything"])
        #expect(Self.both.looks.map(\.at) == [Self.names, Self.storage])
        let html = CoverageList(Coverage(sources: [Self.both])).html
        #expect(html.contains("storage: 14 November 2023, 22:13 UTC"))
        #expect(html.contains("names: 21 November 2023, 20:53 UTC"))
        #expect(html.contains("storage: 900\u{a0}blobs · 31\u{a0}tags"))
        #expect(html.contains("names: 33\u{a0}tags"))
    }

    @Test func `one way to look needs no heading`() {
        var source = Self.both
        source.aspects.removeLast()
        #expect(source.looks.isEmpty)
        let html = CoverageList(Coverage(sources: [source])).html
        #expect(!html.contains("storage:"))
        #expect(html.contains("900\u{a0}blobs · 31\u{a0}tags"))
    }

    @Test func `JSON tells the scope and time of each aspect`() {
        let json = Coverage(sources: [Self.both]).json.json
        #expect(json.contains(#""scope":"everything","collected_at":"2023-11-14T22:13:20Z""#))
        #expect(json.contains(#""scope":"named","collected_at":"2023-11-21T20:53:20Z""#))
    }
}

import Database
import Figures
import Foundation
import ImageModel
import Observations
import TestSupport
import Testing

@Suite(.enabled(if: hasPostgres, "PostgreSQL is not installed"))
struct TableTests {
    private static func fill(_ database: LayerscopeDatabase) async throws {
        var first = image(10, [layer(1, bytes: 1000), layer(2, bytes: 50)], labels: ["team": "red", "tier": "a%b"])
        first.platform = Platform(os: "linux", architecture: "arm64", variant: "v8")
        first.createdAt = Date(timeIntervalSince1970: 1_767_225_600)
        var second = image(11, [layer(1, bytes: 1000)], labels: ["team": "blue"])
        second.createdAt = Date(timeIntervalSince1970: 1_700_000_000)
        try await database.collect(
            [.item(first), .item(second), .item(image(12, []))]
                + CollectionTests.held(10, in: "team_a/app", tag: "1.0")
                + CollectionTests.held(11, in: "teamXa/app", tag: "latest") + CollectionTests.held(12, in: "other"))
    }

    private static let found: [(String, [Int])] = [
        ("repository=other", [12]), ("repository!=other", [10, 11]), ("repository~team*", [10, 11]),
        ("repository~team_a*", [10]), ("repository~team?a/app", [10, 11]), ("repository=' OR true --", []),
        ("tags=latest", [11]), ("tags!=latest", [10, 12]), ("tags~1.*", [10]), ("tags=", [12]), ("tags!=", [10, 11]),
        ("apparent_bytes>=1050", [10]), ("apparent_bytes>1000", [10]), ("apparent_bytes<=1000", [11, 12]),
        ("apparent_bytes<1000", [12]), ("apparent_bytes=1000", [11]), ("apparent_bytes!=1000", [10, 12]),
        ("platform=linux/arm64/v8", [10]), ("platform=", [11, 12]), ("platform!=", [10]),
        ("dangling=true", [12]), ("dangling=no", [10, 11]), ("created_at<2026-01-01", [11]),
        ("created_at>=2026-01-01T00:00:00Z", [10]), ("labels=team", [10, 11]), ("labels=team=red", [10]),
        ("labels!=team=red", [11, 12]), ("labels~tier=a%*", [10]), ("labels=tier=a%", []),
        ("source=registry", [10, 11, 12]),
    ]

    @Test(arguments: found) func `a filter finds what fits`(text: String, expected: [Int]) async throws {
        try await withDatabase { database, _ in
            try await Self.fill(database)
            let filter = try #require(Filter(text))
            let table = try await database.table("images", filters: [filter])
            let found = table.rows.indices.map { table.value($0, "digest") }
            #expect(Set(found) == Set(expected.map { .text("\(digest($0))") }))
        }
    }

    @Test func `a digest is found by its beginning`() async throws {
        try await withDatabase { database, _ in
            try await Self.fill(database)
            let whole = digest(10).description
            for text in [whole, String(whole.prefix(19)), digest(10).short, digest(10).hex] {
                let table = try await database.table("images", filters: [Filter("digest", .equal, .text(text))])
                #expect(table.rows.count == 1, "\(text)")
                let others = try await database.table("images", filters: [Filter("digest", .notEqual, .text(text))])
                #expect(others.rows.count == 2, "\(text)")
            }
        }
    }

    @Test func `rows are sorted, what is not known last, and cut`() async throws {
        try await withDatabase { database, _ in
            try await Self.fill(database)
            for (isDescending, order) in [(false, [11, 10, 12]), (true, [10, 11, 12])] {
                let table = try await database.table(
                    "images", sort: [Sort("created_at", descending: isDescending)], columns: ["digest"])
                #expect(table.rows == order.map { [.text("\(digest($0))")] })
            }
            let page = try await database.table("images", sort: [Sort("created_at")], limit: 1, offset: 1)
            #expect(page.rows.count == 1)
            #expect(page.value(0, "digest") == .text("\(digest(10))"))
        }
    }

    @Test func `what is not there is named with what is`() async throws {
        try await withDatabase { database, _ in
            await #expect(throws: DatabaseError.self) { try await database.table("image") }
            await #expect(throws: DatabaseError.self) { try await database.table("images; DROP TABLE x") }
            await #expect(throws: DatabaseError.self) {
                try await database.table("images", sort: [Sort("digest; DROP TABLE x")])
            }
            do {
                _ = try await database.table("images", filters: [Filter("repo", .equal, .text("x"))])
                Issue.record("an unknown column was taken")
            } catch DatabaseError.unknownColumn(let name, let view, let columns) {
                #expect(name == "repo" && view == "images" && columns.contains("repository"))
            }
        }
    }

    @Test(arguments: [
        "apparent_bytes=much", "created_at>soon", "dangling=perhaps", "tags>a", "labels<x", "apparent_bytes~1*",
        "created_at>",
    ]) func `a value that does not fit its column is refused`(text: String) async throws {
        try await withDatabase { database, _ in
            let filter = try #require(Filter(text))
            await #expect(throws: DatabaseError.self) { try await database.table("images", filters: [filter]) }
        }
    }

    @Test func `columns say how they are shown`() async throws {
        try await withDatabase { database, _ in
            let columns = try await database.columns(of: "images")
            let kinds = Dictionary(uniqueKeysWithValues: columns.map { ($0.name, $0.kind) })
            #expect(kinds["digest"] == .digest && kinds["image_id"] == .digest && kinds["base_digest"] == .digest)
            #expect(kinds["tags"] == .list && kinds["labels"] == .object && kinds["created_at"] == .time)
            #expect(kinds["exclusive_bytes"] == .bytes && kinds["layers"] == .count && kinds["dangling"] == .flag)
            let usage = try await database.columns(of: "usage_by_source")
            #expect(usage.contains(Table.Column("sharing_ratio", .ratio)))
        }
    }
}

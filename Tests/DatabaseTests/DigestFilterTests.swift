import Figures
import ImageModel
import Observations
import Postgres
import TestSupport
import Testing

@testable import Database

/// Digests are found by an index, whole or by their beginning.
@Suite(.enabled(if: hasPostgres, "PostgreSQL is not installed"))
struct DigestFilterTests {
    private static let columns: [(view: String, column: String, index: String)] = [
        ("layers", "digest", "object_key_digits"), ("item_layers", "digest", "item_digest_digits"),
        ("item_layers", "layer_digest", "object_key_digits"), ("images", "digest", "item_digest_digits"),
        ("images", "image_id", "item_image_id_digits"), ("items", "digest", "item_digest_digits"),
        ("tags", "digest", "item_digest_digits"),
    ]

    @Test func `equality, a beginning and a pattern are index scans`() async throws {
        try await withDatabase { database, url in
            let connection = try await PostgresConnection.connect(url)
            // A table without rows is read whole otherwise.
            try await connection.run(script: "SET enable_seqscan = off; SET enable_bitmapscan = off")
            for (view, name, index) in Self.columns {
                let columns = try await database.columns(of: view)
                let column = try #require(columns.first { $0.name == name }, "\(view) has no \(name)")
                for filter in [
                    Filter(name, .equal, .text("\(digest(1))")), Filter(name, .equal, .text(digest(1).short)),
                    Filter(name, .matches, .text("sha256:ab*")),
                ] {
                    var sql = FilterSQL()
                    let condition = try sql.condition(filter, column, type: PostgresType.text)
                    let plan = try await connection.query(
                        "EXPLAIN SELECT * FROM layerscope.\(FilterSQL.quoted(view)) WHERE \(condition)", sql.parameters)
                    let text = try plan.rows.map { try $0.text(0) }.joined(separator: "\n")
                    #expect(text.contains(" \(index) "), "\(view).\(name) \(filter.comparison): \(text)")
                }
            }
            await connection.close()
        }
    }

    @Test func `what is found equals what comparing every text finds`() async throws {
        try await withDatabase { database, _ in
            var generator = SeededGenerator(seed: 7)
            // Digests that begin alike for 3, 12 or 20 digits, of both algorithms.
            var keys: Set<Digest> = []
            for number in 0..<200 {
                let size = number.isMultiple(of: 5) ? 64 : 32
                let same = [1, 6, 10][number % 3]
                let bytes = (0..<size).map { place -> UInt8 in
                    place < same ? 0xab : UInt8.random(in: 0...255, using: &generator)
                }
                keys.insert(try #require(Digest(bytes: bytes)))
            }
            let objects = keys.sorted().map { ObjectObservation(kind: .layer, key: $0, bytes: 1) }
            try await database.collect(
                [.item(image(10, objects)), .repository(RepositoryObservation(name: "a", isComplete: true))]
                    + CollectionTests.held(10, in: "a"))
            let texts = Set(keys.map(\.description))
            let some = keys.sorted().prefix(4).map(\.description) + ["sha256:abababababab", "sha512:ab", "sha256:"]
            for text in some {
                for length in [7, 8, 11, 12, 19, 20, 24, text.count] {
                    let beginning = String(text.prefix(length))
                    for pattern in [beginning + "*", beginning + "?*", beginning + "*0"] {
                        let expected = texts.filter { candidate in
                            guard candidate.hasPrefix(beginning) else { return false }
                            let rest = candidate.dropFirst(beginning.count)
                            if pattern.hasSuffix("?*") { return !rest.isEmpty }
                            return !pattern.hasSuffix("*0") || rest.hasSuffix("0")
                        }
                        let found = try await database.table(
                            "layers", filters: [Filter("digest", .matches, .text(pattern))])
                        #expect(
                            Set(found.rows.indices.compactMap { found.value($0, "digest").text }) == expected,
                            "\(pattern)")
                    }
                    let digits = beginning.dropFirst(7)
                    guard digits.count >= 4 else { continue }
                    let found = try await database.table(
                        "layers", filters: [Filter("digest", .equal, .text(beginning))])
                    #expect(
                        Set(found.rows.indices.compactMap { found.value($0, "digest").text })
                            == texts.filter { $0.hasPrefix(beginning) }, "\(beginning)")
                }
            }
        }
    }
}

import Database
import Figures
import ImageModel
import Observations
import TestSupport
import Testing

/// A registry takes manifests that claim any size of a blob: what the registry itself says stands over them.
@Suite(.enabled(if: hasPostgres, "PostgreSQL is not installed"))
struct MeasuredSizeTests {
    /// One image that says the size of layer 1.
    private struct Word: Sendable {
        var image: Int
        var bytes: Int64
        var isMeasured = false

        var observation: Observation {
            var object = layer(1, bytes: bytes)
            object.isMeasured = isMeasured
            return .item(DatabaseTests.image(image, [object]))
        }
    }

    private static func claims(_ bytes: Int64, by image: Int) -> Word { Word(image: image, bytes: bytes) }
    private static func measured(_ bytes: Int64, by image: Int) -> Word {
        Word(image: image, bytes: bytes, isMeasured: true)
    }

    /// Collections, one after the other, and the size that the layer has after each.
    private static let cases: [[(words: [Word], bytes: Int64)]] = [
        // In one collection, whatever the order.
        [([claims(5, by: 10), measured(6, by: 11)], 6)],
        [([measured(6, by: 10), claims(5, by: 11), claims(4, by: 12)], 6)],
        [([claims(5, by: 10), claims(5, by: 11), measured(6, by: 12), claims(4, by: 13), measured(6, by: 14)], 6)],
        // The newer claim stands: what claimed otherwise was not seen any more.
        [([claims(5, by: 10)], 5), ([claims(6, by: 11)], 6)],
        // A claim never takes the place of what was measured, and what is measured always that of a claim.
        [([claims(5, by: 10)], 5), ([claims(5, by: 10), measured(6, by: 11)], 6), ([claims(5, by: 12)], 6)],
        [([measured(6, by: 10)], 6), ([claims(6, by: 10)], 6), ([claims(5, by: 11)], 6)],
        // What was recorded as a claim before, and is measured now.
        [([claims(6, by: 10)], 6), ([claims(5, by: 11), measured(6, by: 10)], 6), ([claims(5, by: 11)], 6)],
        [([measured(6, by: 10)], 6), ([measured(7, by: 10)], 7)],
    ]

    @Test(arguments: cases.indices) func `a measured size stands over claims`(number: Int) async throws {
        try await withDatabase { database, _ in
            for (moment, collection) in Self.cases[number].enumerated() {
                var observations: [Observation] = [.repository(RepositoryObservation(name: "a", isComplete: true))]
                for word in collection.words {
                    observations += [
                        word.observation,
                        .holding(HoldingObservation(repository: "a", item: digest(word.image))),
                    ]
                }
                let update = try await database.collect(observations, at: second(Double(moment)))
                #expect(update.checks.allSatisfy { $0.outcome == .holds })
                let layers = try await database.table("layers")
                #expect(layers.value(0, "bytes") == .integer(collection.bytes), "collection \(moment + 1)")
                let sources = try await database.table("sources")
                #expect(sources.value(0, "stored_bytes") == .integer(collection.bytes))
            }
        }
    }

    @Test func `two measures of one digest in one collection are refused`() async throws {
        try await withDatabase { database, _ in
            let words = [Self.measured(5, by: 10), Self.claims(7, by: 11), Self.measured(6, by: 12)]
            await #expect(throws: DatabaseError.conflictingSizes(digest: "\(digest(1))", one: 5, other: 6)) {
                try await database.collect(words.map(\.observation))
            }
        }
    }
}

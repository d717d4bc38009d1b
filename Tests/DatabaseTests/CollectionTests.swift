import Analysis
import Database
import Figures
import Foundation
import ImageModel
import Observations
import Postgres
import TestSupport
import Testing

@Suite(.serialized, .enabled(if: hasPostgres, "PostgreSQL is not installed"))
struct CollectionTests {
    @Test func `what was collected can be listed, with its figures`() async throws {
        try await withScratchDatabase { url in
            let database = try await LayerscopeDatabase.open(url, readerURL: scratchReaderURL(url))
            let base = layer(1, bytes: 1000)
            try await database.collect([
                .item(image(10, [base, layer(2, bytes: 50)])), .item(image(11, [base, layer(3, bytes: 7)])),
                .repository(RepositoryObservation(name: "team/app", isComplete: true)),
                .holding(HoldingObservation(repository: "team/app", item: digest(10))),
                .holding(HoldingObservation(repository: "team/app", item: digest(11))),
                .reference(ReferenceObservation(repository: "team/app", name: "1.0", item: digest(10))),
                .reference(ReferenceObservation(repository: "team/app", name: "latest", item: digest(10))),
            ])
            let images = try await database.table("images", sort: [Sort("apparent_bytes", descending: true)])
            #expect(images.rows.count == 2)
            #expect(images.value(0, "tags") == .list(["1.0", "latest"]))
            #expect(images.value(0, "exclusive_bytes") == .integer(50))
            #expect(images.value(0, "shared_bytes") == .integer(1000))
            #expect(images.value(0, "fair_share_bytes") == .integer(550))
            #expect(images.value(1, "dangling") == .flag(true))
            #expect(images.value(0, "digest") == .text(digest(10).description))
            let usage = try await database.table("usage_by_repository")
            #expect(usage.value(0, "stored_bytes") == .integer(1057))
            #expect(usage.value(0, "namespace") == .text("team"))
            await database.close()
        }
    }
}

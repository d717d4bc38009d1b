import Database
import Figures
import Foundation
import ImageModel
import Observations
import TestSupport
import Testing

@Suite(.enabled(if: hasPostgres, "PostgreSQL is not installed"))
struct DocumentStoreTests {
    private static func document(_ text: String, _ mediaType: String? = nil) -> StoredDocument {
        StoredDocument(digest: Digest.of(Array(text.utf8)), mediaType: mediaType, content: Data(text.utf8))
    }

    @Test func `a document is kept for its source, once`() async throws {
        try await withDatabase { database, _ in
            let store = database.documentStore(for: "one")
            let documents = (0..<1203).map { Self.document("document \($0)", $0 % 2 == 0 ? "application/json" : nil) }
            try await store.keep(documents)
            try await store.keep(Array(documents.prefix(3)) + documents.prefix(3))
            let found = try await store.documents(documents.map(\.digest) + [digest(1)])
            #expect(found == Dictionary(uniqueKeysWithValues: documents.map { ($0.digest, $0) }))
            #expect(try await database.documentStore(for: "two").documents(documents.map(\.digest)).isEmpty)
            #expect(try await database.table("sources").rows.isEmpty)
        }
    }

    @Test func `a document with another content than its digest says is refused`() async throws {
        try await withDatabase { database, _ in
            let store = database.documentStore(for: "one")
            let good = Self.document("good")
            let wrong = StoredDocument(digest: digest(1), mediaType: nil, content: Data("other".utf8))
            await #expect(throws: DatabaseError.wrongContent(digest: "\(digest(1))")) {
                try await store.keep([good, wrong])
            }
            let found = try await store.documents([good.digest])
            #expect(found.isEmpty)
        }
    }

    @Test func `writers of the same documents do not wait for each other for ever`() async throws {
        try await withDatabase { database, _ in
            let documents = (0..<2000).map { Self.document("document \($0)") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    let shuffled = documents.shuffled()
                    group.addTask { try await database.documentStore(for: "one").keep(shuffled) }
                }
                try await group.waitForAll()
            }
            #expect(try await database.documentStore(for: "one").documents(documents.map(\.digest)).count == 2000)
        }
    }
}

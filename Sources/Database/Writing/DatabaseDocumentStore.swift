import Foundation
import ImageModel
import Observations
import Postgres

/// Keeps the documents of one source in the database, outside of any collection: a collection that fails need not
/// fetch them again.
struct DatabaseDocumentStore: DocumentStore {
    /// How many documents go through one statement, and about how many bytes.
    private static let batchCount = 500
    private static let batchBytes = 16 << 20

    let pool: PostgresPool
    let source: String

    func documents(_ digests: [Digest]) async throws -> [Digest: StoredDocument] {
        guard !digests.isEmpty else { return [:] }
        let sql = try Statements.sql("documents", "find")
        return try await pool.withConnection { connection in
            var found: [Digest: StoredDocument] = [:]
            for start in stride(from: 0, to: digests.count, by: Self.batchCount) {
                let batch = digests[start..<min(start + Self.batchCount, digests.count)]
                let result = try await connection.query(
                    sql, [.text(StoredText.clean(source)), .byteaArray(batch.map(\.bytes))])
                for row in result.rows {
                    guard let digest = Digest(bytes: try row.bytea("digest")) else { continue }
                    found[digest] = StoredDocument(
                        digest: digest, mediaType: try row.optionalText("media_type"),
                        content: Data(try row.bytea("content")))
                }
            }
            return found
        }
    }

    func keep(_ documents: [StoredDocument]) async throws {
        for document in documents
        where Digest.of(document.content, algorithm: document.digest.algorithm) != document.digest {
            throw DatabaseError.wrongContent(digest: document.digest.description)
        }
        let sql = try Statements.sql("documents", "keep")
        // In order, so that two writers cannot wait for each other.
        var rest = documents.sorted { $0.digest < $1.digest }[...]
        guard !rest.isEmpty else { return }
        try await pool.withConnection { connection in
            while !rest.isEmpty {
                var bytes = 0
                let batch = rest.prefix(Self.batchCount).prefix { document in
                    defer { bytes += document.content.count }
                    return bytes < Self.batchBytes
                }
                rest = rest.dropFirst(batch.count)
                try await connection.execute(
                    sql,
                    [
                        .text(StoredText.clean(source)), .byteaArray(batch.map(\.digest.bytes)),
                        .textArray(batch.map { StoredText.clean($0.mediaType ?? "") }),
                        .byteaArray(batch.map { Array($0.content) }),
                    ])
            }
        }
    }
}

package import Foundation
package import ImageModel

/// A file of an archive, measured.
package struct ArchivedFile: Sendable, Equatable {
    package var path: String
    package var measure: BlobMeasure
}

/// Everything that an archive holds, told in one pass: each file measured, the JSON documents kept.
package struct ArchiveContent: Sendable {
    /// Files by path; what a link names is not here.
    package internal(set) var files: [String: ArchivedFile] = [:]
    /// Symbolic and hard links: from path to path, both inside the archive.
    package internal(set) var links: [String: String] = [:]
    /// Bytes of the archive itself, as stored (packed, if it is): what it takes on disk or what came through a pipe.
    package internal(set) var storedBytes: Int64 = 0
    /// How the archive as a whole is packed.
    package internal(set) var packing = Packing.none
    /// Why reading stopped before the end; nil when it did not.
    package internal(set) var damage: ArchiveError?
    /// Entries that were passed over, because their path leads outside: the first few.
    package internal(set) var refused: [String] = []

    let documents: DocumentSpool

    init(documents: DocumentSpool) { self.documents = documents }

    /// The file at a path, links followed. Nil when there is none, or when links go in a circle.
    package func file(_ path: some StringProtocol) -> ArchivedFile? {
        guard var place = ArchivePath.normalized(path) else { return nil }
        for _ in 0..<8 {
            if let file = files[place] { return file }
            guard let next = links[place] else { return nil }
            place = next
        }
        return nil
    }

    /// The content of a JSON document, links followed. Nil when there is none. Throws ``ArchiveError``.
    package func document(_ path: some StringProtocol) throws(ArchiveError) -> Data? {
        guard let file = file(path) else { return nil }
        return try documents.document(at: file.path)
    }

    /// The paths of all documents.
    package var documentPaths: [String] { documents.paths.sorted() }

    /// Where a layout keeps the blob of a digest (OCI image-spec, image-layout.md, "Blobs").
    package static func blobPath(_ digest: Digest) -> String { "blobs/\(digest.algorithm.rawValue)/\(digest.hex)" }
}

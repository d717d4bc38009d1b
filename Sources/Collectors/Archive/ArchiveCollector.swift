import Archive
import Foundation
import ImageModel
package import Observations

/// Collects from an archive of images: a `docker save` tar of any generation, or an OCI image layout as tar or folder;
/// packed or not; from a path or from standard input (`-`). Content is read once, and verified.
package struct ArchiveCollector: SourceCollector {
    package let sourceName: String
    /// Where the archive lies, in full.
    package let location: String
    private let path: String

    /// How many observations go to the sink at once.
    private static let batch = 500

    /// A collector for the archive at `path`, or on standard input when that is `-`. Without a name the source is
    /// called as the file or folder is, without what it lies in.
    package init(path: String, name: String? = nil) {
        let url = URL(fileURLWithPath: path).standardizedFileURL
        self.path = path == "-" ? path : url.path
        location = path == "-" ? "standard input" : url.path
        sourceName = name ?? (path == "-" ? location : url.lastPathComponent)
    }

    /// Reads the archive. Throws ``ArchiveError`` when it holds no image that can be read, what the sink throws, and
    /// `CancellationError`.
    package func collect(_ context: CollectionContext) async throws -> CollectionResult {
        let reader = ArchiveReader { done, total in
            context.progress(
                CollectionProgress(activity: "reading archive", done: Int(done), total: total.map { Int($0) }))
        }
        let picture: ArchivePicture
        do {
            picture = try ArchivePicture(try await reader.read(path: path))
        } catch let error as ArchiveError {
            let message = error.message
            throw ArchiveError(error.kind, message.hasPrefix(path) ? message : "\(location): \(message)")
        }
        let seen = picture.observations
        for start in stride(from: 0, to: seen.count, by: Self.batch) {
            try Task.checkCancellation()
            try await context.sink.record(Array(seen[start..<min(start + Self.batch, seen.count)]))
        }
        try await context.documents.keep(picture.documents)
        try Task.checkCancellation()
        let source = SourceDescription(
            name: sourceName, kind: .archive, location: location, product: picture.product, bytesAre: .stored)
        return CollectionResult(source: source, aspects: picture.aspects)
    }
}

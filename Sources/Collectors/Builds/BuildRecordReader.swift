package import Archive
import BuildKitAPI
import BuildLog
import BuildModel
import Foundation
import ImageModel
import SwiftProtobuf

/// Reads the build records of an OCI layout: a `.dockerbuild` file of `docker buildx history export`, or such a
/// layout in a folder [buildx: util/desktop/bundle/export.go].
package struct BuildRecordReader: Sendable {
    /// Records of one file. Builders keep 50 by default.
    private static let recordLimit = 10_000
    /// Indexes within indexes; real files have one.
    private static let depthLimit = 4
    private static let recordType = MediaType("application/vnd.buildkit.historyrecord.v0")
    private static let progressType = MediaType("application/vnd.buildkit.status.v0")
    // The spelling is BuildKit's.
    private static let errorType = MediaType("application/vnd.googeapis.google.rpc.status+proto")

    private let content: ArchiveContent
    private var builds: [FoundBuild] = []
    private var gaps: [String] = []
    private var seen: Set<Digest> = []

    /// What is kept of an archive so that records can be read from it.
    package static var archiveLimits: ArchiveLimits {
        var limits = ArchiveLimits()
        limits.entries = 100_000
        limits.documentBytes = 64 << 20
        limits.allDocumentBytes = 1 << 30
        limits.keepsEveryFile = true
        return limits
    }

    /// The builds of all records, in their order; `lines` counts the records. Throws ``Archive/ArchiveError`` when the
    /// archive is no layout, or holds no record.
    package static func read(_ content: ArchiveContent) throws -> BuildFileReading {
        var reader = BuildRecordReader(content)
        try reader.readLayout()
        return BuildFileReading(builds: reader.builds, gaps: reader.gaps)
    }

    private init(_ content: ArchiveContent) { self.content = content }

    private mutating func readLayout() throws {
        if let damage = content.damage { gaps.append("the archive is damaged: \(damage)") }
        guard let document = try content.document("index.json") else {
            throw ArchiveError(
                .notAnArchive,
                "is no image layout with build records: it has no index.json; export a build with docker buildx history export"
            )
        }
        if let layout = try content.document("oci-layout") { try DocumentParser.checkLayout(layout) }
        guard case .index(let index) = try ManifestDocument.parse(document, contentType: .ociIndex) else {
            throw ArchiveError(.corrupt, "index.json is no index")
        }
        try visit(index, depth: 0)
        guard builds.isEmpty else { return }
        throw ArchiveError(
            .notAnArchive,
            "holds no build record"
                + (gaps.isEmpty ? "; images are read by collect archive" : ": \(gaps.joined(separator: "; "))"))
    }

    private mutating func visit(_ index: Index, depth: Int) throws {
        guard depth < Self.depthLimit else {
            throw ArchiveError(.limit, "has indexes in more than \(Self.depthLimit) levels")
        }
        for entry in index.manifests where seen.insert(entry.digest).inserted {
            guard builds.count < Self.recordLimit else {
                throw ArchiveError(.limit, "has more than \(Self.recordLimit) records")
            }
            do {
                switch try ManifestDocument.parse(blob(entry)) {
                case .index(let inner): try visit(inner, depth: depth + 1)
                case .manifest(let manifest) where manifest.config.mediaType == Self.recordType:
                    let build = try build(manifest)
                    builds.append(FoundBuild(build: build, lines: builds.count + 1...builds.count + 1))
                case .manifest, .schema1: break
                }
            } catch let error as ArchiveError where error.kind == .limit {
                throw error
            } catch {
                let name = entry.annotations?["vnd.buildkit.history.reference"].map { "record \(quoted($0))" }
                gaps.append("\(name ?? "manifest \(entry.digest)"): \(error)")
            }
        }
    }

    private func build(_ manifest: Manifest) throws -> Build {
        var record = try BuildRecord.parse(blob(manifest.config))
        var history = SolveHistory()
        var provenances: [Provenance] = []
        var gaps: [String] = []
        for layer in manifest.layers {
            do {
                switch layer.mediaType {
                case Self.progressType:
                    try SolveStatus.readStream(blob(layer)) { try history.add($0) }
                case .inToto where layer.annotations?["in-toto.io/predicate-type"]?.contains("provenance") == true:
                    provenances.append(try Provenance.parse(blob(layer)))
                case Self.errorType where record.failure == nil:
                    let status = try BuildKitStatus(serializedBytes: blob(layer))
                    record.failure = BuildRecord.Failure(code: Int(status.code), message: status.message)
                default: break
                }
            } catch {
                gaps.append("\(layer.mediaType) \(layer.digest): \(error)")
            }
        }
        if record.logs == nil || history.isEmpty, gaps.isEmpty {
            gaps.append("the record has no progress, so no steps")
        }
        var build = record.build(history, provenances: provenances)
        build.gaps += gaps
        return build
    }

    /// A blob that is here and has its digest. Throws ``Archive/ArchiveError``.
    private func blob(_ descriptor: Descriptor) throws -> Data {
        let path = ArchiveContent.blobPath(descriptor.digest)
        guard let file = content.file(path) else { throw ArchiveError(.corrupt, "\(path) is missing") }
        guard file.measure.digest(descriptor.digest.algorithm) == descriptor.digest else {
            throw ArchiveError(.corrupt, "\(path) does not have the digest that its name says")
        }
        guard let data = try content.document(path) else {
            throw ArchiveError(.limit, "\(path) has \(file.measure.bytes) bytes, more than are read of a record's part")
        }
        return data
    }
}

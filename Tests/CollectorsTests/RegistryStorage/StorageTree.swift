import Foundation
import ImageModel
import Observations
import TestSupport
import Testing

@testable import Collectors

/// A storage folder in distribution's layout, written by hand.
struct StorageTree {
    let folder: ScratchFolder
    /// The `rootdirectory`.
    var root: URL { folder("root") }
    var v2: String { "root/docker/registry/v2/" }

    init() throws {
        folder = try ScratchFolder("storage")
        try FileManager.default.createDirectory(
            at: folder("root/docker/registry/v2/repositories"), withIntermediateDirectories: true)
    }

    static func blobPath(_ digest: Digest) -> String {
        "blobs/\(digest.algorithm.rawValue)/\(digest.hex.prefix(2))/\(digest.hex)/data"
    }

    static func linkPath(_ digest: Digest) -> String { "\(digest.algorithm.rawValue)/\(digest.hex)/link" }

    /// Where something below `v2` is.
    func at(_ path: String) -> URL { folder(v2 + path) }

    /// Writes a file below `v2`, maybe as of another time.
    func write(_ content: some DataProtocol, to path: String, at time: Date? = nil) throws {
        try folder.write(content, to: v2 + path)
        if let time { try touch(path, time) }
    }

    func write(_ text: String, to path: String, at time: Date? = nil) throws {
        try write(Data(text.utf8), to: path, at: time)
    }

    func touch(_ path: String, _ time: Date) throws {
        try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: at(path).path)
    }

    func remove(_ path: String) throws { try FileManager.default.removeItem(at: at(path)) }

    func makeFolder(_ path: String) throws {
        try FileManager.default.createDirectory(at: at(path), withIntermediateDirectories: true)
    }

    /// Writes every blob that was built.
    func addBlobs(of builder: ImageBuilder) throws {
        for (digest, content) in builder.blobs { try write(content, to: Self.blobPath(digest)) }
    }

    /// Gives a repository a revision, and links to the blobs that it lists.
    func addRevision(_ digest: Digest, to repository: String, blobs: [Digest] = [], at time: Date? = nil) throws {
        let path = "repositories/\(repository)/"
        try write(digest.description, to: path + "_manifests/revisions/" + Self.linkPath(digest), at: time)
        for blob in blobs { try write(blob.description, to: path + "_layers/" + Self.linkPath(blob)) }
    }

    /// Points a tag at a digest, as a push does.
    func addTag(_ tag: String, of repository: String, to digest: Digest, at time: Date? = nil) throws {
        let path = "repositories/\(repository)/_manifests/tags/\(tag)/"
        try write(digest.description, to: path + "index/" + Self.linkPath(digest), at: time)
        try write(digest.description, to: path + "current/link", at: time)
    }

    /// Pushes an image under a tag, or without.
    func push(
        _ image: ImageBuilder.Image, to repository: String, tag: String? = nil, at time: Date? = nil
    ) throws {
        try addRevision(
            image.digest, to: repository, blobs: [image.imageID] + image.layers.map(\.descriptor.digest), at: time)
        if let tag { try addTag(tag, of: repository, to: image.digest, at: time) }
    }

    func collect(onListed: (@Sendable (String) -> Void)? = nil) async throws -> StorageSight {
        try await StorageSight(root, onListed: onListed)
    }

    /// Collects, with the rules of all collectors.
    func check(isComplete: Bool = true, allowsMissingChildren: Bool = false) async throws -> StorageSight {
        let path = root.path
        let conformance = CollectorConformance(isComplete: isComplete, allowsMissingChildren: allowsMissingChildren) {
            RegistryStorageCollector(path: path, name: "registry")
        }
        let (seen, result) = try await conformance.check()
        return StorageSight(seen: seen, result: result)
    }
}

/// What reading a storage brought.
struct StorageSight {
    var seen: RecordingSink
    var result: CollectionResult

    init(seen: RecordingSink, result: CollectionResult) {
        self.seen = seen
        self.result = result
    }

    init(_ root: URL, onListed: (@Sendable (String) -> Void)? = nil) async throws {
        seen = RecordingSink()
        result = try await RegistryStorageCollector(path: root.path, name: "registry", onListed: onListed)
            .collect(.test(seen))
    }

    func status(_ aspect: String) -> AspectStatus {
        result.aspects.first { $0.aspect == aspect } ?? AspectStatus(aspect: aspect, outcome: .failed)
    }

    func isComplete(_ repository: String) -> Bool? {
        seen.repositories.first { $0.name == repository }?.isComplete
    }

    /// `repository:tag` of all tags.
    var tags: [String] { seen.references.map { "\($0.repository):\($0.name)" }.sorted() }

    var findings: [StorageFindingObservation] {
        seen.observations.compactMap { if case .storageFinding(let value) = $0 { value } else { nil } }
    }

    /// `kind path` of all findings.
    var found: [String] { findings.map { "\($0.kind.rawValue) \($0.path)" }.sorted() }

    var orphans: [OrphanBlobObservation] {
        seen.observations.compactMap { if case .orphanBlob(let value) = $0 { value } else { nil } }
    }

    var damaged: [DamagedObjectObservation] {
        seen.observations.compactMap { if case .damagedObject(let value) = $0 { value } else { nil } }
    }

    var uploads: [UploadObservation] {
        seen.observations.compactMap { if case .upload(let value) = $0 { value } else { nil } }
    }

    var targets: [TagTargetObservation] {
        seen.observations.compactMap { if case .tagTarget(let value) = $0 { value } else { nil } }
    }

    var activities: [ActivityObservation] {
        seen.observations.compactMap { if case .activity(let value) = $0 { value } else { nil } }
    }

    var reportedBytes: Int64? { seen.reportedFigures.first { $0.name == "stored_bytes" }?.bytes }
}

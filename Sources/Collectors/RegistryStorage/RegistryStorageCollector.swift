import Foundation
package import Observations

/// Reads a registry's own storage folder, without its API: what distribution (registry 2 and 3, Harbor) keeps below its
/// `rootdirectory`, or the OCI layouts of zot and of single folders.
///
/// Nothing is written and nothing is locked, so the registry may go on. A push writes blobs, then the revision, then
/// the tag; so each repository's tags are read before its revisions, and a blob that was not there when blobs were
/// listed is looked for again before it is called gone. What went or changed between two looks is a finding `moved`,
/// and its repository is incomplete. Blobs written after the scan began are never called orphans: their manifest may be on
/// its way.
package struct RegistryStorageCollector: SourceCollector {
    package let sourceName: String
    private let path: String
    private let onListed: (@Sendable (String) -> Void)?

    /// A collector for the storage below `path`: the `rootdirectory` that the registry's configuration names, a folder
    /// on the way from there to `docker/registry/v2`, or a folder of OCI layouts. Without a name the source is called
    /// by the folder's path; with the name of a registry's source it tells more of that one.
    package init(path: String, name: String? = nil) {
        self.init(path: path, name: name, onListed: nil)
    }

    /// - Parameter onListed: runs after a folder was listed, before its entries are read, with its path below the root.
    init(path: String, name: String?, onListed: (@Sendable (String) -> Void)?) {
        self.path = URL(fileURLWithPath: path).standardizedFileURL.path
        sourceName = name ?? self.path
        self.onListed = onListed
    }

    /// Reads the storage. Throws ``RegistryStorageError`` when there is none, what the sink throws, and
    /// `CancellationError`.
    package func collect(_ context: CollectionContext) async throws -> CollectionResult {
        try Task.checkCancellation()
        let root = try StorageRoot.find(path)
        let scan = StorageScan(root, context: context, onListed: onListed)
        try await scan.run()
        return CollectionResult(
            source: SourceDescription(
                name: sourceName, kind: .registry, location: path, product: root.product, bytesAre: .stored),
            aspects: await scan.statuses, scope: .everything)
    }
}

/// The folder that a storage begins at, and how it is laid out.
struct StorageRoot: Sendable {
    let path: String
    let layout: BlobLayout
    /// Whether the folder is one OCI layout, not a folder of some.
    var isSingle = false

    var product: String { layout == .distribution ? "distribution storage" : "OCI layout storage" }

    /// Recognizes a storage. Throws ``RegistryStorageError``.
    static func find(_ path: String) throws(RegistryStorageError) -> StorageRoot {
        let folder: StorageFolder
        do {
            folder = try StorageFolder(path: path)
        } catch {
            throw RegistryStorageError(.unreadable, "\(path) \(error.text); \(error.hint)")
        }
        for inner in ["docker/registry/v2", "registry/v2", "v2", "."] {
            let isRoot =
                inner == "docker/registry/v2"
                ? folder.status(inner)?.kind == .folder
                : ["repositories", "blobs/sha256"].contains { folder.status("\(inner)/\($0)")?.kind == .folder }
            // A layout has blobs, too.
            guard isRoot, inner != "." || folder.status("index.json") == nil else { continue }
            return StorageRoot(path: inner == "." ? path : "\(path)/\(inner)", layout: .distribution)
        }
        if folder.status("index.json")?.kind == .file {
            return StorageRoot(path: path, layout: .layouts, isSingle: true)
        }
        if holdsLayout(folder, depth: 0) { return StorageRoot(path: path, layout: .layouts) }
        throw RegistryStorageError(
            .notAStorage,
            "\(path) is no registry's storage: it holds neither docker/registry/v2 nor an OCI layout; give the folder that the registry's configuration calls rootdirectory"
        )
    }

    private static func holdsLayout(_ folder: StorageFolder, depth: Int) -> Bool {
        guard let entries = try? folder.entries() else { return false }
        return entries.contains { entry in
            guard entry.kind == .folder, entry.isText, let inner = try? folder.folder(entry.name) else { return false }
            return inner.status("index.json")?.kind == .file
                || depth < StorageScan.depthLimit && holdsLayout(inner, depth: depth + 1)
        }
    }
}

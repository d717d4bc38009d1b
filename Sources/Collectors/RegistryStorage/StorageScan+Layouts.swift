import Foundation
import ImageModel
import Observations

/// Repositories that are OCI layouts, as zot keeps them: each with blobs of its own, which may be hard links to one
/// file. Then they are stored once; where one digest has two files, every repository is a store of its own.
extension StorageScan {
    /// Files of zot's own beside the repositories.
    private static let ofZot: Set = ["cache.db", "meta.db", "cve.db"]

    func readLayouts(_ root: StorageFolder) async throws {
        tallies.layerLinks.isNotAvailable("")
        let folders = place.isSingle ? [""] : try layouts(below: root, "", ancestors: [])
        let shared = BlobStore(root: root, layout: .layouts)
        if try await listAllLayoutBlobs(folders, root, into: shared) {
            tallies.blobs.saw(shared.table.count)
            var items = StoredItems(store: shared, name: "")
            for (number, folder) in folders.enumerated() {
                progress("reading repositories", number, folders.count)
                try await readLayout(folder, root, &items)
            }
            repository = ""
            try await finish(&items)
            return
        }
        for (number, folder) in folders.enumerated() {
            progress("reading repositories", number, folders.count)
            knowsAllLists = true
            let store = BlobStore(root: root, layout: .layouts)
            // What is wrong with these folders was told when they were listed for the first time.
            isSilent = true
            try await listLayoutBlobs(folder, root) { add($0, $1, folder, to: store) }
            isSilent = false
            tallies.blobs.saw(store.table.count)
            var items = StoredItems(store: store, name: folder)
            try await readLayout(folder, root, &items)
            repository = ""
            try await finish(&items)
        }
    }

    /// Lists the blobs of all repositories into one store. Returns whether they are one: no digest has two files.
    private func listAllLayoutBlobs(
        _ folders: [String], _ root: StorageFolder, into store: BlobStore
    ) async throws -> Bool {
        struct File: Equatable {
            var device: UInt64
            var inode: UInt64
        }
        var files: [File] = []
        var isOne = true
        for folder in folders {
            try await listLayoutBlobs(folder, root) { digest, status in
                let file = File(device: status.device, inode: status.inode)
                let number = add(digest, status, folder, to: store)
                if number == files.count { files.append(file) }
                isOne = isOne && files[number] == file
            }
            progress("listing blobs", store.table.count)
        }
        knowsAllBlobs = !tallies.blobs.hasProblems
        return isOne
    }

    @discardableResult
    private func add(_ digest: Digest, _ status: StorageFolder.Status, _ folder: String, to store: BlobStore) -> Int {
        let number = store.add(digest, bytes: status.bytes, folder: folder)
        if status.isNewer(than: started) { store.table.mark(number, .young) }
        return number
    }

    /// The folders of layouts below a folder. Names nest.
    private func layouts(
        below parent: StorageFolder, _ path: String, ancestors: [StorageFolder.Status]
    ) throws -> [String] {
        try Task.checkCancellation()
        guard let entries = list(parent, path, tallies.repositories, listsBlobs: true), let own = parent.status()
        else { return [] }
        guard ancestors.count < Self.depthLimit,
            !ancestors.contains(where: { $0.inode == own.inode && $0.device == own.device })
        else {
            note(.failed(ELOOP), at: path, tallies.repositories)
            return []
        }
        var found: [String] = []
        let isLayout = entries.contains { $0.name == "index.json" }
        if isLayout {
            if ImageReference.isPath(path) {
                found.append(path)
            } else {
                find(.unknownFile, path, nil, "a folder whose name is none of a repository")
                tallies.repositories.problem(
                    path, "is no repository name", hint: "no registry serves it: move or remove the folder")
            }
        }
        for entry in entries {
            if isLayout, ["index.json", "oci-layout", "blobs", ".uploads"].contains(entry.name) { continue }
            if path.isEmpty && Self.ofZot.contains(entry.name) || entry.name.hasPrefix("_") { continue }
            guard entry.kind != .file, entry.isText, !entry.name.hasPrefix(".") else {
                unknown(entry, in: path)
                continue
            }
            let inner = path.isEmpty ? entry.name : "\(path)/\(entry.name)"
            guard let folder = open(entry.name, in: parent, inner, tallies.repositories, listsBlobs: true) else {
                continue
            }
            found += try layouts(below: folder, inner, ancestors: ancestors + [own])
        }
        return found
    }

    private func listLayoutBlobs(
        _ folder: String, _ root: StorageFolder, _ body: (Digest, StorageFolder.Status) -> Void
    ) async throws {
        let path = folder.isEmpty ? "blobs" : "\(folder)/blobs"
        guard root.status(path, follow: false) != nil else { return }
        guard let blobs = open(path, in: root, path, tallies.blobs), let algorithms = list(blobs, path, tallies.blobs)
        else { return }
        for algorithm in algorithms {
            let inner = "\(path)/\(algorithm.name)"
            guard algorithm.kind != .file, Digest.Algorithm(rawValue: algorithm.name) != nil else {
                unknown(algorithm, in: path)
                continue
            }
            guard let hashes = open(algorithm.name, in: blobs, inner, tallies.blobs),
                let entries = list(hashes, inner, tallies.blobs)
            else { continue }
            for entry in entries {
                guard entry.kind != .folder, let digest = try? Digest("\(algorithm.name):\(entry.name)") else {
                    unknown(entry, in: inner)
                    continue
                }
                guard let status = hashes.status(entry.name), status.kind == .file else {
                    note(entry.kind == .file ? .moved : .failed(ENOENT), at: "\(inner)/\(entry.name)", tallies.blobs)
                    continue
                }
                body(digest, status)
            }
            try await flushBatch()
        }
    }
}

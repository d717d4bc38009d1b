import Foundation
import ImageModel
import Observations

/// distribution's layout (registry/storage/paths.go): blobs once for the whole storage, and links to them.
extension StorageScan {
    func readDistribution(_ root: StorageFolder) async throws {
        let entries: [StorageFolder.Entry]
        do {
            entries = try root.entries()
        } catch {
            throw RegistryStorageError(.unreadable, "\(place.path) \(error.text); \(error.hint)")
        }
        for entry in entries where !["blobs", "repositories"].contains(entry.name) { unknown(entry, in: "") }
        let store = BlobStore(root: root, layout: .distribution)
        if entries.contains(where: { $0.name == "blobs" }) { try await listBlobs(root, into: store.table) }
        knowsAllBlobs = !tallies.blobs.hasProblems
        let names =
            entries.contains { $0.name == "repositories" }
            ? try repositories(root, path: "repositories", ancestors: []) : []
        var items = StoredItems(store: store, name: "")
        for (number, name) in names.enumerated() {
            progress("reading repositories", number, names.count)
            try await readDistributionRepository(name, root, &items)
        }
        repository = ""
        try await finish(&items)
    }

    private func listBlobs(_ root: StorageFolder, into table: BlobTable) async throws {
        guard let blobs = open("blobs", in: root, "blobs", tallies.blobs),
            let algorithms = list(blobs, "blobs", tallies.blobs)
        else { return }
        for algorithm in algorithms {
            let path = "blobs/\(algorithm.name)"
            guard algorithm.kind != .file, Digest.Algorithm(rawValue: algorithm.name) != nil else {
                unknown(algorithm, in: "blobs")
                continue
            }
            guard let folder = open(algorithm.name, in: blobs, path, tallies.blobs),
                let prefixes = list(folder, path, tallies.blobs)
            else { continue }
            for prefix in prefixes {
                try await flushBatch()
                guard prefix.kind != .file, prefix.name.utf8.count == 2 else {
                    unknown(prefix, in: path)
                    continue
                }
                listBlobs(of: algorithm.name, prefix.name, folder, into: table)
                progress("listing blobs", table.count)
            }
        }
    }

    private func listBlobs(of algorithm: String, _ prefix: String, _ folder: StorageFolder, into table: BlobTable) {
        let path = "blobs/\(algorithm)/\(prefix)"
        guard let inner = open(prefix, in: folder, path, tallies.blobs), let names = list(inner, path, tallies.blobs)
        else { return }
        for entry in names {
            guard entry.kind != .file, entry.name.hasPrefix(prefix),
                let digest = try? Digest("\(algorithm):\(entry.name)")
            else {
                unknown(entry, in: path)
                continue
            }
            let place = "\(path)/\(entry.name)"
            guard let leaf = open(entry.name, in: inner, place, tallies.blobs),
                let files = list(leaf, place, tallies.blobs)
            else { continue }
            for file in files {
                guard file.name == "data", file.kind == .file else {
                    if file.name == "data" {
                        note(file.kind == .folder ? .notAFile : .failed(ENOENT), at: "\(place)/data", tallies.blobs)
                    } else {
                        unknown(file, in: place)
                    }
                    continue
                }
                guard let status = leaf.status("data") else {
                    note(.moved, at: "\(place)/data", tallies.blobs)
                    continue
                }
                let number = table.add(digest, bytes: status.bytes)
                if status.isNewer(than: started) { table.mark(number, .young) }
                tallies.blobs.saw()
            }
        }
    }

    /// The repositories below a folder, by name. Names nest: `a/b` and `a/b/c` may both be one.
    private func repositories(
        _ parent: StorageFolder, path: String, ancestors: [StorageFolder.Status]
    ) throws -> [String] {
        try Task.checkCancellation()
        let last = path.split(separator: "/").last.map(String.init) ?? path
        let tally = tallies.repositories
        guard let folder = open(last, in: parent, path, tally, listsBlobs: true),
            let entries = list(folder, path, tally, listsBlobs: true)
        else { return [] }
        guard let own = folder.status(), ancestors.count < Self.depthLimit,
            !ancestors.contains(where: { $0.inode == own.inode && $0.device == own.device })
        else {
            // A link that leads back up, or no name for a repository.
            note(.failed(ELOOP), at: path, tally)
            return []
        }
        let name = String(path.dropFirst("repositories/".count))
        var names: [String] = []
        if entries.contains(where: { ["_manifests", "_layers", "_uploads"].contains($0.name) }) {
            if ImageReference.isPath(name) {
                names.append(name)
            } else {
                find(.unknownFile, path, nil, "a folder whose name is none of a repository")
                tally.problem(path, "is no repository name", hint: "no registry serves it: move or remove the folder")
                knowsAllLists = false
            }
        }
        for entry in entries where !["_manifests", "_layers", "_uploads"].contains(entry.name) {
            guard entry.kind != .file, entry.isText, !entry.name.hasPrefix("_") else {
                unknown(entry, in: path)
                continue
            }
            names += try repositories(folder, path: "\(path)/\(entry.name)", ancestors: ancestors + [own])
        }
        return names
    }
}

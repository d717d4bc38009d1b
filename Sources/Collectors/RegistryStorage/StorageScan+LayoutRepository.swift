import Foundation
import ImageModel
import Observations

extension StorageScan {
    /// The most bytes of an `index.json`: a large repository lists every manifest in it.
    private static let indexLimit = 64 << 20

    /// An entry of `index.json`, with the name that it has there.
    private struct Named {
        var digest: Digest
        var kind: ReferenceKind?
        var name: String?
    }

    /// Reads one layout to its end. It is one repository, named by its folder; a layout that is the whole storage has
    /// the repositories that its names say, and `<none>` for the rest, as an archive has.
    func readLayout(_ folder: String, _ root: StorageFolder, _ items: inout StoredItems) async throws {
        repository = folder
        isRepositoryComplete = true
        knowsAllRevisions = true
        readLayoutUploads(folder, root)
        guard let index = readIndex(folder, root) else {
            if !folder.isEmpty { record(.repository(RepositoryObservation(name: folder, isComplete: false))) }
            return
        }
        var parts: [String: [Named]] = folder.isEmpty ? [:] : [folder: []]
        for entry in index.manifests {
            let (repository, named) = name(of: entry, folder)
            parts[repository, default: []].append(named)
        }
        for (name, entries) in parts.sorted(by: { $0.key < $1.key }) {
            repository = name
            try await tell(entries, folder, &items)
            record(.repository(RepositoryObservation(name: name, isComplete: isRepositoryComplete)))
            tallies.repositories.saw()
        }
        try await flushBatch()
    }

    private func readIndex(_ folder: String, _ root: StorageFolder) -> Index? {
        let path = folder.isEmpty ? "index.json" : "\(folder)/index.json"
        do throws(StorageProblem) {
            let (content, status) = try root.read(path, limit: Self.indexLimit)
            do throws(ImageModelError) {
                return try DocumentParser.decode(Index.self, from: Data(content), as: .index, limit: Self.indexLimit)
            } catch {
                // It may just be written.
                if status.isNewer(than: started) { throw StorageProblem.moved }
                find(.invalidManifest, path, nil, "\(error)")
                tallies.repositories.problem(path, "\(error)", hint: "look at who wrote it")
                isRepositoryComplete = false
                knowsAllLists = false
            }
        } catch {
            note(error, at: path, tallies.repositories, listsBlobs: true)
        }
        return nil
    }

    private func name(of entry: Descriptor, _ folder: String) -> (repository: String, Named) {
        let text = entry.annotations?["org.opencontainers.image.ref.name"]
        if !folder.isEmpty, let text, ImageReference.isTag(text) {
            return (folder, Named(digest: entry.digest, name: text))
        }
        guard let name = ArchiveName.layout(entry.annotations) else {
            return (folder.isEmpty ? untaggedRepository : folder, Named(digest: entry.digest))
        }
        return (
            folder.isEmpty ? name.repository : folder, Named(digest: entry.digest, kind: name.kind, name: name.name)
        )
    }

    private func tell(_ entries: [Named], _ folder: String, _ items: inout StoredItems) async throws {
        let path = folder.isEmpty ? "index.json" : "\(folder)/index.json"
        var listed: [Int] = []
        for digest in Set(entries.map(\.digest)).sorted() {
            if let number = items.store.number(digest, folder: folder), items.table.isThere(number) {
                listed.append(number)
            } else if knowsAllBlobs {
                find(.danglingLink, path, digest, "it lists a manifest whose blob is gone")
            } else {
                noteDoubt(path)
            }
        }
        let held = try await hold(listed, &items, followsChildren: true)
        var targets: [String: Digest] = [:]
        for entry in entries {
            guard let name = entry.name, items.table.find(entry.digest).map(held.contains) == true else { continue }
            guard targets[name] == nil else {
                if targets[name] != entry.digest {
                    find(.invalidLink, path, entry.digest, "\(quoted(name)) names another manifest, too")
                }
                continue
            }
            targets[name] = entry.digest
            tell(tag: name, kind: entry.kind, entry.digest, items)
            if entry.kind != .digest {
                record(.tagTarget(TagTargetObservation(repository: repository, tag: name, digest: entry.digest)))
            }
            try await flushBatch()
        }
    }

    /// zot keeps uploads that are under way as files.
    private func readLayoutUploads(_ folder: String, _ root: StorageFolder) {
        let path = folder.isEmpty ? ".uploads" : "\(folder)/.uploads"
        guard root.status(path, follow: false) != nil else { return }
        guard let uploads = open(path, in: root, path, tallies.uploads),
            let entries = list(uploads, path, tallies.uploads)
        else { return }
        for entry in entries {
            guard entry.kind == .file, entry.isText, let status = uploads.status(entry.name) else {
                unknown(entry, in: path)
                continue
            }
            record(.upload(UploadObservation(repository: repository, id: entry.name, bytes: status.bytes)))
            tallies.uploads.saw()
        }
    }
}

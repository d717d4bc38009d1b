import Foundation
import ImageModel
import Observations

extension StorageScan {
    /// Reads one repository of distribution's layout to its end.
    func readDistributionRepository(_ name: String, _ root: StorageFolder, _ items: inout StoredItems) async throws {
        repository = name
        isRepositoryComplete = true
        knowsAllRevisions = true
        let path = "repositories/\(name)"
        guard let folder = open(path, in: root, path, tallies.repositories, listsBlobs: true),
            let entries = list(folder, path, tallies.repositories, listsBlobs: true)
        else {
            record(.repository(RepositoryObservation(name: name, isComplete: false)))
            return
        }
        let names = Set(entries.map(\.name))
        let links = names.contains("_manifests") ? try readLinks(of: folder, "\(path)/_manifests") : nil
        if names.contains("_layers"),
            let layers = open("_layers", in: folder, "\(path)/_layers", tallies.layerLinks)
        {
            try forEachLink(below: layers, "\(path)/_layers", tallies.layerLinks) { digest, _ in
                tallies.layerLinks.saw()
                if let number = items.store.number(digest, folder: ""), items.table.isThere(number) { return }
                guard knowsAllBlobs else { return }
                find(
                    .danglingLink, "\(path)/_layers/\(digest.algorithm.rawValue)/\(digest.hex)/link", digest,
                    "its blob is gone")
            }
        }
        if names.contains("_uploads") { try readUploads(of: folder, "\(path)/_uploads") }
        // A push that was never ended leaves a folder that is no repository yet.
        guard let links else { return }
        try await tell(links, &items)
        record(.repository(RepositoryObservation(name: name, isComplete: isRepositoryComplete)))
        tallies.repositories.saw()
        try await flushBatch()
    }

    private func tell(_ links: RepositoryLinks, _ items: inout StoredItems) async throws {
        let path = "repositories/\(repository)/_manifests"
        var listed: [Int] = []
        var unread: Set<Digest> = []
        for revision in links.revisions {
            if let number = items.store.number(revision.digest, folder: ""), items.table.isThere(number) {
                listed.append(number)
                continue
            }
            let digest = revision.digest
            let place = "\(path)/revisions/\(digest.algorithm.rawValue)/\(digest.hex)/link"
            if knowsAllBlobs {
                find(.danglingLink, place, digest, "the manifest's blob is gone")
            } else {
                noteDoubt(place)
                unread.insert(digest)
            }
        }
        let held = try await hold(listed, &items, followsChildren: false)
        let table = items.table
        unread.formUnion(listed.filter { !held.contains($0) }.map { table.digest($0) })
        for revision in links.revisions where table.find(revision.digest).map(held.contains) == true {
            record(
                .activity(
                    ActivityObservation(
                        repository: repository, digest: revision.digest, pushedAt: revision.linkedAt)))
        }
        for target in links.targets {
            record(
                .tagTarget(
                    TagTargetObservation(
                        repository: repository, tag: target.name, digest: target.digest, linkedAt: target.linkedAt)))
        }
        for tag in links.tags {
            guard table.find(tag.digest).map(held.contains) == true else {
                let place = "\(path)/tags/\(tag.name)/current/link"
                if items.store.root.status(place, follow: false) == nil {
                    note(.moved, at: place, tallies.tags)
                } else if unread.contains(tag.digest) || !knowsAllRevisions {
                    tallies.tags.problem(place, "what it points to could not be read", hint: "see the manifests")
                    isRepositoryComplete = false
                } else {
                    find(
                        .danglingLink, place, tag.digest,
                        "the tag points to a manifest that the repository does not have")
                }
                continue
            }
            tell(tag: tag.name, tag.digest, items)
            record(
                .activity(
                    ActivityObservation(
                        repository: repository, digest: tag.digest, tag: tag.name, pushedAt: tag.linkedAt)))
            try await flushBatch()
        }
    }

    func tell(tag: String, kind: ReferenceKind? = nil, _ digest: Digest, _ items: StoredItems) {
        tallies.tags.saw()
        record(
            .reference(
                ReferenceObservation(
                    repository: repository, store: items.name,
                    kind: kind ?? (ImageReference.isReferrerTag(tag) ? .referrerTag : .tag), name: tag, item: digest)))
    }

    /// Uploads come and go; one that has gone since it was listed has ended, and that is known.
    private func readUploads(of folder: StorageFolder, _ path: String) throws {
        guard let uploads = open("_uploads", in: folder, path, tallies.uploads),
            let entries = list(uploads, path, tallies.uploads)
        else { return }
        for entry in entries {
            try Task.checkCancellation()
            guard entry.kind == .folder, entry.isText else {
                unknown(entry, in: path)
                continue
            }
            let upload: StorageFolder
            do throws(StorageProblem) {
                upload = try uploads.folder(entry.name)
            } catch {
                if error == .moved {
                    find(.moved, "\(path)/\(entry.name)", nil, "the upload ended while it was looked at")
                } else {
                    note(error, at: "\(path)/\(entry.name)", tallies.uploads)
                }
                continue
            }
            let text = try? upload.read("startedat", limit: 128).content
            record(
                .upload(
                    UploadObservation(
                        repository: repository, id: entry.name, bytes: upload.status("data")?.bytes ?? 0,
                        startedAt: text.flatMap { Timestamp.parse(String(decoding: $0, as: UTF8.self)) })))
            tallies.uploads.saw()
        }
    }
}

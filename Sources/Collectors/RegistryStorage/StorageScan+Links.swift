import Foundation
import ImageModel
import Observations

/// What a repository's folder says by its links.
struct RepositoryLinks {
    struct Tag {
        var name: String
        var digest: Digest
        var linkedAt: Date
    }

    var tags: [Tag] = []
    /// Where tags point and once pointed.
    var targets: [Tag] = []
    var revisions: [(digest: Digest, linkedAt: Date)] = []
}

extension StorageScan {
    /// A link is the text of a digest; a sha512 has the most bytes.
    private static let linkLimit = 1024

    /// The digest that a link file holds; nil when it holds none, which is noted.
    func link(
        _ path: String, in folder: StorageFolder, at place: String, _ tally: AspectTally, listsBlobs: Bool = false
    ) -> (digest: Digest, at: Date)? {
        do throws(StorageProblem) {
            let (content, status) = try folder.read(path, limit: Self.linkLimit)
            if let text = String(validating: content, as: UTF8.self), let digest = try? Digest(text) {
                return (digest, status.modifiedAt)
            }
            // Older registries write links in place: half of one may just be there.
            if status.isNewer(than: started) { throw .moved }
            let text = content.isEmpty ? "it is empty" : "it holds \(quoted(String(decoding: content, as: UTF8.self)))"
            find(.invalidLink, place, nil, "\(text), not a digest")
            if listsBlobs { noteUnknownList() }
        } catch {
            if case .tooLarge(let bytes) = error {
                find(.invalidLink, place, nil, "it has \(bytes) bytes, not a digest")
                if listsBlobs { noteUnknownList() }
            } else {
                note(error, at: place, tally, listsBlobs: listsBlobs)
            }
        }
        return nil
    }

    /// Calls `body` for each link `<algorithm>/<hex>/link` below a folder, with its digest and time. A folder without
    /// link is what deletion leaves.
    func forEachLink(
        below folder: StorageFolder, _ path: String, _ tally: AspectTally, listsBlobs: Bool = false,
        _ body: (Digest, Date) -> Void
    ) throws {
        guard let algorithms = list(folder, path, tally, listsBlobs: listsBlobs) else { return }
        for algorithm in algorithms {
            guard algorithm.kind != .file, Digest.Algorithm(rawValue: algorithm.name) != nil else {
                unknown(algorithm, in: path)
                continue
            }
            let inner = "\(path)/\(algorithm.name)"
            guard let links = open(algorithm.name, in: folder, inner, tally, listsBlobs: listsBlobs),
                let names = list(links, inner, tally, listsBlobs: listsBlobs)
            else { continue }
            for (position, entry) in names.enumerated() {
                if position % 256 == 0 { try Task.checkCancellation() }
                guard entry.kind != .file, let digest = try? Digest("\(algorithm.name):\(entry.name)") else {
                    unknown(entry, in: inner)
                    continue
                }
                let place = "\(inner)/\(entry.name)/link"
                if links.status("\(entry.name)/link", follow: false) == nil {
                    guard let left = links.status(entry.name), !left.isNewer(than: started) else {
                        note(.moved, at: place, tally, listsBlobs: listsBlobs)
                        continue
                    }
                    continue
                }
                guard
                    let (target, at) = link(
                        "\(entry.name)/link", in: links, at: place, tally, listsBlobs: listsBlobs)
                else { continue }
                guard target == digest else {
                    find(.invalidLink, place, target, "it leads to another digest than its folder says")
                    if listsBlobs { noteUnknownList() }
                    continue
                }
                body(digest, at)
            }
        }
    }

    /// Reads tags before revisions: what a tag points to was there before the tag.
    func readLinks(of folder: StorageFolder, _ path: String) throws -> RepositoryLinks {
        var found = RepositoryLinks()
        guard let manifests = open("_manifests", in: folder, path, tallies.manifests, listsBlobs: true),
            let entries = list(manifests, path, tallies.manifests, listsBlobs: true)
        else { return found }
        for entry in entries where !["tags", "revisions"].contains(entry.name) { unknown(entry, in: path) }
        if entries.contains(where: { $0.name == "tags" }),
            let tags = open("tags", in: manifests, "\(path)/tags", tallies.tags),
            let names = list(tags, "\(path)/tags", tallies.tags)
        {
            for entry in names {
                try Task.checkCancellation()
                guard entry.kind != .file, ImageReference.isTag(entry.name) else {
                    unknown(entry, in: "\(path)/tags")
                    continue
                }
                try readTag(entry.name, in: tags, "\(path)/tags/\(entry.name)", into: &found)
            }
        }
        if entries.contains(where: { $0.name == "revisions" }),
            let revisions = open("revisions", in: manifests, "\(path)/revisions", tallies.manifests, listsBlobs: true)
        {
            try forEachLink(below: revisions, "\(path)/revisions", tallies.manifests, listsBlobs: true) {
                found.revisions.append(($0, $1))
            }
        }
        return found
    }

    private func readTag(
        _ name: String, in tags: StorageFolder, _ path: String, into found: inout RepositoryLinks
    ) throws {
        guard let tag = open(name, in: tags, path, tallies.tags), let entries = list(tag, path, tallies.tags)
        else { return }
        for entry in entries where !["current", "index"].contains(entry.name) { unknown(entry, in: path) }
        var current: RepositoryLinks.Tag?
        if tag.status("current/link", follow: false) != nil || entries.contains(where: { $0.kind == .other }) {
            if let (digest, at) = link("current/link", in: tag, at: "\(path)/current/link", tallies.tags) {
                current = RepositoryLinks.Tag(name: name, digest: digest, linkedAt: at)
            }
        } else if (tag.status("current") ?? tag.status())?.isNewer(than: started) == true {
            // A push writes the history first.
            note(.moved, at: "\(path)/current/link", tallies.tags)
        } else {
            find(.invalidLink, "\(path)/current/link", nil, "it is not there: the tag points nowhere")
        }
        if let current {
            found.tags.append(current)
            found.targets.append(current)
        }
        guard entries.contains(where: { $0.name == "index" }),
            let index = open("index", in: tag, "\(path)/index", tallies.tags)
        else { return }
        try forEachLink(below: index, "\(path)/index", tallies.tags) { digest, at in
            guard digest != current?.digest else { return }
            found.targets.append(RepositoryLinks.Tag(name: name, digest: digest, linkedAt: at))
        }
    }
}

import ImageModel
import Observations

/// The repositories that an engine's names make, each with whether everything in it was read.
struct NameTable {
    /// The names of one image.
    struct Names {
        var repositories: Set<String> = []
        private(set) var tags: [(repository: String, kind: ReferenceKind, name: String)] = []

        mutating func add(_ repository: String, _ kind: ReferenceKind, _ name: String) {
            repositories.insert(repository)
            tags.append((repository, kind, name))
        }

        func references(to item: Digest) -> [ReferenceObservation] {
            tags.map { ReferenceObservation(repository: $0.repository, kind: $0.kind, name: $0.name, item: item) }
        }
    }

    private struct Key: Hashable {
        var repository: String
        var kind: ReferenceKind
        var name: String
    }

    private var isComplete: [String: Bool] = [:]
    private var taken: Set<Key> = []

    /// The names of an image; `<none>` when it has none. A name that another image has already is passed over: images
    /// for several platforms may share the digest of their common index.
    mutating func names(of listing: EngineListing) -> Names {
        var names = Names()
        for (repository, kind, name) in Self.split(listing) {
            names.repositories.insert(repository)
            if taken.insert(Key(repository: repository, kind: kind, name: name)).inserted {
                names.add(repository, kind, name)
            }
        }
        if names.repositories.isEmpty { names.repositories.insert(untaggedRepository) }
        for repository in names.repositories where isComplete[repository] == nil { isComplete[repository] = true }
        return names
    }

    /// Notes that an image of these repositories could not be read.
    mutating func markIncomplete(_ listing: EngineListing) {
        let names = Self.split(listing)
        for name in names { isComplete[name.0] = false }
        if names.isEmpty { isComplete[untaggedRepository] = false }
    }

    var observations: [RepositoryObservation] {
        isComplete.sorted { $0.key < $1.key }.map { RepositoryObservation(name: $0.key, isComplete: $0.value) }
    }

    /// `repository:tag` and `repository@digest`, taken apart. A bare digest is no name.
    private static func split(_ listing: EngineListing) -> [(String, ReferenceKind, String)] {
        let tags: [(String, ReferenceKind, String)] = listing.tags.sorted().compactMap { text in
            guard let colon = text.lastIndex(of: ":"), !text[colon...].contains("/") else { return nil }
            let repository = String(text[..<colon])
            let tag = String(text[text.index(after: colon)...])
            return repository.isEmpty || tag.isEmpty || repository.contains("@") ? nil : (repository, .tag, tag)
        }
        let digests: [(String, ReferenceKind, String)] = listing.digests.sorted().compactMap { text in
            guard let at = text.firstIndex(of: "@"), at != text.startIndex else { return nil }
            return (String(text[..<at]), .digest, String(text[text.index(after: at)...]))
        }
        return tags + digests
    }
}

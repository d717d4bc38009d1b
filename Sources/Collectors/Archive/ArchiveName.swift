import ImageModel
import Observations

/// A name that an archive gives an image, as repository and tag (or digest) in the form that engines show.
struct ArchiveName: Hashable {
    var repository: String
    var kind: ReferenceKind
    var name: String

    /// The full name that containerd and `docker save` write (`docker.io/library/alpine:3`), or one of `RepoTags`
    /// (`alpine:3`). Nil for what is no name: containerd's own for dangling images.
    static func full(_ text: String) -> ArchiveName? {
        guard let reference = try? ImageReference(text), reference.path != "moby-dangling" else { return nil }
        let repository = familiar(reference)
        if let digest = reference.digest {
            return ArchiveName(repository: repository, kind: .digest, name: digest.description)
        }
        return tag(reference.tag ?? "latest", of: repository)
    }

    /// The names of an entry of a layout's `index.json`: containerd's annotation if there is one, else the reference
    /// name (OCI image-spec, annotations.md), which some tools fill with a whole reference and some with a bare tag.
    static func layout(_ annotations: [String: String]?) -> ArchiveName? {
        if let name = annotations?["io.containerd.image.name"] { return full(name) }
        guard let name = annotations?["org.opencontainers.image.ref.name"], !name.isEmpty else { return nil }
        if name.contains("/") || name.contains(":") {
            if let full = full(name) { return full }
        }
        return tag(String(name.prefix(255)), of: untaggedRepository)
    }

    private static func tag(_ tag: String, of repository: String) -> ArchiveName {
        ArchiveName(
            repository: repository, kind: ImageReference.isReferrerTag(tag) ? .referrerTag : .tag, name: tag)
    }

    /// Docker's short form: `docker.io/library/alpine` is `alpine` (distribution, reference.FamiliarName).
    private static func familiar(_ reference: ImageReference) -> String {
        guard let host = reference.host, host == "docker.io" || host == "index.docker.io" else {
            return reference.repository
        }
        let official = "library/"
        guard reference.path.hasPrefix(official), !reference.path.dropFirst(official.count).contains("/") else {
            return reference.path
        }
        return String(reference.path.dropFirst(official.count))
    }
}

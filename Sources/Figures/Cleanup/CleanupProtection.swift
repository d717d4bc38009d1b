package import ImageModel

/// Something that must stay, whatever rules select: a line of an allow list.
package struct CleanupProtection: Sendable, Equatable {
    /// What is protected.
    package enum Subject: Sendable, Equatable {
        /// A manifest, index or image by its digest or image ID, wherever it is held, with all that it needs.
        case digest(Digest)
        /// Tags that match a regular expression whole, in the repositories that fit a pattern (``GlobPattern``); nil
        /// for all tags.
        case tags(repository: String, tag: String?)
    }

    package var subject: Subject
    /// What a refusal calls it: `pinned.txt`, `protect[2]`.
    package var name: String

    package init(_ subject: Subject, name: String) {
        self.subject = subject
        self.name = name
    }
}

/// Why an archive cannot be read, or only in part.
package struct ArchiveError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    package enum Kind: String, Sendable {
        /// The file or folder cannot be opened or read.
        case unreadable
        /// The bytes are no tar, layout or `docker save` archive.
        case notAnArchive
        /// The bytes end in the middle.
        case truncated
        /// The bytes contradict themselves.
        case corrupt
        /// A limit was met.
        case limit
        /// A compression that we do not read.
        case unsupported
    }

    package let kind: Kind
    /// What is wrong with what, lower-case, with the next step where there is one.
    package let message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    package var description: String { message }
}

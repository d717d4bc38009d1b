/// Why a folder cannot be read as a registry's storage at all.
package struct RegistryStorageError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    package enum Kind: String, Sendable {
        /// The folder cannot be opened or listed.
        case unreadable
        /// The folder holds nothing that a registry keeps.
        case notAStorage
    }

    package let kind: Kind
    /// What is wrong with what, lower-case, with the next step.
    package let description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}

/// Why something in a storage could not be read.
enum StorageProblem: Error, Equatable {
    /// It was there a moment ago, or was being written.
    case moved
    /// The system says so (errno).
    case failed(Int32)
    /// A folder, device or socket where a file should be.
    case notAFile
    /// It has more bytes than its kind may have.
    case tooLarge(Int64)
}

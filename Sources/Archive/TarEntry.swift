/// One entry of a tar, as its headers describe it.
package struct TarEntry: Sendable, Equatable {
    /// What an entry is.
    package enum Kind: Sendable, Equatable {
        case file
        case folder
        case symbolicLink
        case hardLink
        /// Devices, fifos, and what only some programs write.
        case other(UInt8)
    }

    /// The name as written, from the header or its extensions.
    package var path: String
    package var kind: Kind
    /// Bytes of the content, holes filled.
    package var size: Int64
    package var linkTarget: String
}

/// Takes what a ``TarParser`` finds.
protocol TarVisitor: AnyObject {
    /// An entry begins.
    func begin(_ entry: TarEntry) throws
    /// Some of its content.
    func content(_ bytes: UnsafeRawBufferPointer) throws
    /// The entry is over.
    func end() throws
}

/// Paths within an archive.
package enum ArchivePath {
    /// The path without `.` components and doubled slashes. Nil for absolute paths, for those that climb (`..`), and
    /// for the root itself: nothing of an archive lies there.
    package static func normalized(_ path: some StringProtocol) -> String? {
        guard path.utf8.first != UInt8(ascii: "/"), !path.utf8.contains(0) else { return nil }
        let parts = path.split(separator: "/").filter { $0 != "." }
        guard !parts.isEmpty, !parts.contains("..") else { return nil }
        return parts.joined(separator: "/")
    }

    /// Where a symbolic link leads, from the path of the link. Nil when it leads outside.
    package static func resolved(link: String, target: String) -> String? {
        guard target.utf8.first != UInt8(ascii: "/"), !target.utf8.contains(0) else { return nil }
        var parts = link.split(separator: "/").dropLast().map(String.init)
        for part in target.split(separator: "/") where part != "." {
            if part == ".." {
                guard parts.popLast() != nil else { return nil }
            } else {
                parts.append(String(part))
            }
        }
        return parts.isEmpty ? nil : parts.joined(separator: "/")
    }
}

/// A name that people give an image: `[host[:port]/]path[:tag][@digest]` (distribution, reference grammar).
package struct ImageReference: Hashable, Sendable, CustomStringConvertible {
    /// The registry's host and port, when the name gives one; nil for Docker Hub's short names.
    package let host: String?
    /// The repository's path, without the host.
    package let path: String
    package let tag: String?
    package let digest: Digest?

    package init(host: String?, path: String, tag: String?, digest: Digest?) {
        self.host = host
        self.path = path
        self.tag = tag
        self.digest = digest
    }

    /// Parses a reference. Throws ``ImageModelError`` that says what is wrong.
    package init(_ text: some StringProtocol) throws(ImageModelError) {
        guard !text.isEmpty, text.utf8.count <= 1024 else {
            throw ImageModelError(.reference, "a reference has 1 to 1,024 characters")
        }
        var rest = Substring(text)
        if let at = rest.firstIndex(of: "@") {
            digest = try Digest(rest[rest.index(after: at)...])
            rest = rest[..<at]
        } else {
            digest = nil
        }
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("/") {
            let tag = String(rest[rest.index(after: colon)...])
            guard Self.isTag(tag) else {
                throw ImageModelError(.reference, "\(quoted(text)) has an invalid tag \(quoted(tag))")
            }
            self.tag = tag
            rest = rest[..<colon]
        } else {
            tag = nil
        }
        if let slash = rest.firstIndex(of: "/"), Self.isHost(rest[..<slash]) {
            host = String(rest[..<slash])
            rest = rest[rest.index(after: slash)...]
        } else {
            host = nil
        }
        path = String(rest)
        guard Self.isPath(path) else {
            throw ImageModelError(.reference, "\(quoted(text)) has an invalid repository name \(quoted(path))")
        }
    }

    /// Host and path: what engines call the repository.
    package var repository: String { host.map { "\($0)/\(path)" } ?? path }

    /// The repository's parent: all but the last path component, with the host; nil at the top level.
    package var namespace: String? {
        repository.lastIndex(of: "/").map { String(repository[..<$0]) }
    }

    package var description: String {
        repository + (tag.map { ":\($0)" } ?? "") + (digest.map { "@\($0)" } ?? "")
    }

    /// The first component is a host when it has a dot or a port, or is `localhost` (or has capitals).
    static func isHost(_ text: some StringProtocol) -> Bool {
        text == "localhost" || text.contains(".") || text.contains(":") || text.contains { $0.isUppercase }
    }

    /// A tag: a word character, then up to 127 word characters, dots and hyphens.
    package static func isTag(_ text: some StringProtocol) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 128 else { return false }
        return isWord(first)
            && text.utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }

    /// Path components of lower-case letters and digits, divided by `.`, `_`, `__` or hyphens.
    package static func isPath(_ text: some StringProtocol) -> Bool {
        guard !text.isEmpty, text.utf8.count <= 255 else { return false }
        return text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { component in
            var separator: [UInt8] = []
            guard let first = component.utf8.first, isAlphanumeric(first) else { return false }
            for byte in component.utf8 {
                if isAlphanumeric(byte) {
                    guard isSeparator(separator) else { return false }
                    separator = []
                } else {
                    separator.append(byte)
                }
            }
            return separator.isEmpty
        }
    }

    private static func isSeparator(_ bytes: [UInt8]) -> Bool {
        let hyphen = UInt8(ascii: "-")
        return bytes.isEmpty || bytes == [UInt8(ascii: ".")] || bytes == [UInt8(ascii: "_")]
            || bytes == [UInt8(ascii: "_"), UInt8(ascii: "_")] || bytes.allSatisfy { $0 == hyphen }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || byte == UInt8(ascii: "_")
    }
}

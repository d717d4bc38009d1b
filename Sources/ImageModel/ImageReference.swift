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
        // Bytes, not characters: a combining mark must not hide a separator.
        var rest = Substring(text).utf8
        if let at = rest.firstIndex(of: UInt8(ascii: "@")) {
            digest = try Digest(Substring(rest[rest.index(after: at)...]))
            rest = rest[..<at]
        } else {
            digest = nil
        }
        if let colon = rest.lastIndex(of: UInt8(ascii: ":")), !rest[colon...].contains(UInt8(ascii: "/")) {
            let tag = String(Substring(rest[rest.index(after: colon)...]))
            guard Self.isTag(tag) else {
                throw ImageModelError(.reference, "\(quoted(text)) has an invalid tag \(quoted(tag))")
            }
            self.tag = tag
            rest = rest[..<colon]
        } else {
            tag = nil
        }
        if let slash = rest.firstIndex(of: UInt8(ascii: "/")), Self.isHost(Substring(rest[..<slash])) {
            let host = String(Substring(rest[..<slash]))
            guard Self.isWellFormedHost(host) else {
                throw ImageModelError(.reference, "\(quoted(text)) has an invalid host \(quoted(host))")
            }
            self.host = host
            rest = rest[rest.index(after: slash)...]
        } else {
            host = nil
        }
        path = String(Substring(rest))
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
        text == "localhost"
            || text.utf8.contains { ".:".utf8.contains($0) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
    }

    /// A name of letters, digits and inner hyphens divided by dots, or an IPv6 address in brackets; then, maybe, a
    /// port (distribution, reference grammar, `domain`).
    package static func isWellFormedHost(_ text: some StringProtocol) -> Bool {
        var name = Substring(text).utf8
        if let colon = name.lastIndex(of: UInt8(ascii: ":")), name.last != UInt8(ascii: "]") {
            let port = name[name.index(after: colon)...]
            guard !port.isEmpty, port.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
                return false
            }
            name = name[..<colon]
        }
        if name.first == UInt8(ascii: "[") {
            let address = name.dropFirst().dropLast()
            return name.last == UInt8(ascii: "]") && !address.isEmpty
                && address.allSatisfy { "0123456789abcdefABCDEF:".utf8.contains($0) }
        }
        return name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && part.first != UInt8(ascii: "-") && part.last != UInt8(ascii: "-")
                && part.allSatisfy { isWord($0) && $0 != UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
        }
    }

    /// A tag: a word character, then up to 127 word characters, dots and hyphens.
    package static func isTag(_ text: some StringProtocol) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 128 else { return false }
        return isWord(first)
            && text.utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }

    /// A tag that names what is about a digest: cosign's `sha256-<hex>.sig`, `.att` and `.sbom`, and the referrers
    /// fallback `sha256-<hex>` (distribution-spec, "Referrers Tag Schema").
    package static func isReferrerTag(_ text: some StringProtocol) -> Bool {
        guard let dash = text.firstIndex(of: "-") else { return false }
        let hex = text[text.index(after: dash)...].prefix { $0 != "." }
        guard (try? Digest("\(text[..<dash]):\(hex)")) != nil else { return false }
        return ["", ".sig", ".att", ".sbom"].contains { text[hex.endIndex...] == $0 }
    }

    /// Path components of lower-case letters and digits, divided by `.`, `_`, `__` or hyphens.
    package static func isPath(_ text: some StringProtocol) -> Bool {
        guard !text.isEmpty, text.utf8.count <= 255 else { return false }
        let components = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return components.allSatisfy { component in
            var separator: [UInt8] = []
            guard let first = component.first, isAlphanumeric(first) else { return false }
            for byte in component {
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

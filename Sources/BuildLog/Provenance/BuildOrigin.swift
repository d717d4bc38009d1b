/// Where the source of a build comes from, as the options say that were given to BuildKit's frontend
/// [buildkit: frontend/dockerui; buildx: build/git.go].
package struct BuildOrigin: Sendable, Equatable {
    package var dockerfile: String?
    /// The stage that `--target` names.
    package var target: String?
    package var project: String?
    package var commit: String?
    package var branch: String?

    package init(
        dockerfile: String? = nil, target: String? = nil, project: String? = nil, commit: String? = nil,
        branch: String? = nil
    ) {
        self.dockerfile = dockerfile
        self.target = target
        self.project = project
        self.commit = commit
        self.branch = branch
    }

    /// - Parameters:
    ///   - attributes: options of the frontend: `filename`, `target`, `context`, `vcs:source`, `vcs:revision`.
    ///   - vcs: the same of version control without their prefix, as a provenance has them.
    ///   - contextURI: a Git URL that was built from.
    ///   - contextCommit: what it was at.
    package init(
        attributes: [String: String], vcs: [String: String] = [:], contextURI: String? = nil,
        contextCommit: String? = nil
    ) {
        func value(_ key: String) -> String? {
            (attributes[key] ?? (key.hasPrefix("vcs:") ? vcs[String(key.dropFirst(4))] : nil))
                .flatMap { $0.isEmpty ? nil : String($0.prefix(1_000)) }
        }
        dockerfile = value("filename")
        target = value("target")
        let context = (contextURI ?? value("context")).flatMap(GitURL.init)
        project = (value("vcs:source").flatMap { GitURL($0) } ?? context)?.project
        // A dirty tree is marked behind its revision.
        commit = value("vcs:revision") ?? contextCommit ?? context?.commit
        branch = value("vcs:branch") ?? context?.branch
    }
}

/// A Git repository's URL, as BuildKit takes them: `https://host/owner/name.git#ref:folder`, `git@host:owner/name`.
struct GitURL: Sendable, Equatable {
    /// Path of the repository, without what may be secret or differs between ways to reach it.
    let project: String
    /// What follows the `#`, without a folder.
    private let reference: String?

    /// Nil when the text is no such URL.
    init?(_ text: String) {
        var rest = text[...]
        if rest.hasPrefix("git+") { rest = rest.dropFirst(4) }
        let parts = rest.split(separator: "#", maxSplits: 1)
        guard let address = parts.first else { return nil }
        let path: Substring
        if let scheme = address.firstRange(of: "://") {
            guard ["https", "http", "git", "ssh"].contains(address[..<scheme.lowerBound]),
                let slash = address[scheme.upperBound...].firstIndex(of: "/")
            else { return nil }
            path = address[slash...].prefix { $0 != "?" }
        } else if address.hasPrefix("git@"), let colon = address.firstIndex(of: ":") {
            path = address[address.index(after: colon)...]
        } else if address.hasPrefix("github.com/") {
            path = address.dropFirst("github.com".count)
        } else {
            return nil
        }
        // A statement of other tools has the reference behind an `@`.
        let bare = path.prefix { $0 != "@" }
        var name = bare.split(separator: "/").joined(separator: "/")
        if name.hasSuffix(".git") { name.removeLast(4) }
        guard !name.isEmpty else { return nil }
        project = name
        let behind = parts.count > 1 ? parts[1] : path.dropFirst(bare.count + 1)
        let reference = behind.prefix { $0 != ":" }
        self.reference = reference.isEmpty ? nil : String(reference)
    }

    var commit: String? {
        reference.flatMap { $0.utf8.count == 40 && $0.utf8.allSatisfy(Self.isHexDigit) ? $0 : nil }
    }

    var branch: String? {
        guard let reference, commit == nil else { return nil }
        for prefix in ["refs/heads/", "refs/tags/"] where reference.hasPrefix(prefix) {
            return String(reference.dropFirst(prefix.count))
        }
        return reference
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) || (97...102).contains(byte) }
}

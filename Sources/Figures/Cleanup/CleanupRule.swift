package import Foundation

/// One rule of a clean-up: where it looks, what it keeps there, and what else may go.
///
/// A rule speaks of the tags (and, if it says so, of the untagged manifests) of the repositories that it looks at. A tag
/// may go if every condition of the rule holds; several rules are taken together: what any of them selects may go, and
/// what any protection keeps stays.
package struct CleanupRule: Sendable, Equatable {
    /// What else than tags a rule selects.
    package enum Kind: String, Sendable, CaseIterable, Hashable {
        /// Registry manifests that no tag reaches.
        case untagged
        /// Engine images without a name that nothing was built from.
        case dangling
        /// Untagged manifests that a tag once pointed to.
        case superseded
        /// Referrers whose subject is gone, and blobs that nothing lists.
        case orphans
        /// Indexes with a missing entry, and images of which an object is gone.
        case broken
    }

    /// What the rule is called where a plan says why: its name in the configuration, or its own words.
    package var name: String
    /// Patterns (`*`, `?`) of repositories; empty for all.
    package var repositories: [String] = []
    /// Owners; empty for all.
    package var owners: [String] = []
    /// A regular expression that a whole tag must match; nil for any. A group in it divides what `keepLast` counts.
    package var tag: String?
    /// A regular expression; tags that it matches whole are left alone.
    package var excludedTag: String?
    /// So many of the youngest tags stay, in each repository or group of tags.
    package var keepLast: Int?
    /// Seconds since it was pushed (or created, where no push is known).
    package var olderThan: TimeInterval?
    /// Seconds since it was pulled last. What is not known to have been pulled or not stays.
    package var notPulledFor: TimeInterval?
    package var kinds: Set<Kind> = []

    package init(name: String) { self.name = name }

    /// Whether tags may be selected: a rule with conditions on tags, not one for untagged things alone.
    package var selectsTags: Bool {
        tag != nil || keepLast != nil || (kinds.isEmpty && (olderThan != nil || notPulledFor != nil))
    }

    /// Whether it selects anything at all.
    package var selectsAnything: Bool { selectsTags || !kinds.isEmpty }

    /// The rule in its own words, for plans that say why: `tag nightly-.*, keep last 5, older than 30d`.
    package var words: String {
        var words: [String] = []
        if let tag { words.append("tag \(tag)") }
        if let excludedTag { words.append("but not \(excludedTag)") }
        words += kinds.map(\.rawValue).sorted()
        if let keepLast { words.append("beyond the last \(keepLast)") }
        if let olderThan { words.append("older than \(Self.words(olderThan))") }
        if let notPulledFor { words.append("not pulled for \(Self.words(notPulledFor))") }
        return words.joined(separator: ", ")
    }

    private static func words(_ seconds: TimeInterval) -> String {
        for (unit, length) in [("d", 86_400.0), ("h", 3_600), ("m", 60)]
        where seconds >= length && seconds.truncatingRemainder(dividingBy: length) == 0 {
            return "\(Int(seconds / length))\(unit)"
        }
        return "\(Int(seconds))s"
    }
}

/// Says who owns repositories: the first rule that fits wins.
package struct OwnerRules: Sendable, Equatable {
    /// One rule.
    package enum Rule: Sendable, Equatable {
        /// Repositories whose name fits the pattern (``GlobPattern``) belong to the owner.
        case repository(pattern: String, owner: String)
        /// Repositories whose newest image with this label belong to the label's value, or to `owner` when given.
        case label(key: String, owner: String?)
    }

    /// In the order of the configuration.
    package var rules: [Rule]

    package init(_ rules: [Rule] = []) { self.rules = rules }

    /// The labels that rules look at, each once.
    package var labelKeys: [String] {
        var seen = Set<String>()
        return rules.compactMap { rule in
            guard case .label(let key, _) = rule, seen.insert(key).inserted else { return nil }
            return key
        }
    }

    /// Who owns a repository; nil when no rule fits.
    ///
    /// - Parameter labels: the labels of the repository's images that ``labelKeys`` names, newest image first.
    package func owner(ofRepository name: String, labels: [String: String]) -> String? {
        for rule in rules {
            switch rule {
            case .repository(let pattern, let owner):
                if GlobPattern(pattern).matches(name) { return owner }
            case .label(let key, let owner):
                if let value = labels[key], !value.isEmpty { return owner ?? value }
            }
        }
        return nil
    }
}

/// A pattern in which `*` stands for any characters (also `/`) and `?` for one.
package struct GlobPattern: Sendable, Equatable {
    private let pattern: [Character]

    package init(_ pattern: String) { self.pattern = Array(pattern) }

    /// Whether the whole text fits.
    package func matches(_ text: String) -> Bool {
        let text = Array(text)
        var (place, wanted) = (0, 0)
        var retry: (place: Int, wanted: Int)?
        while place < text.count {
            if wanted < pattern.count, pattern[wanted] == "*" {
                retry = (place, wanted)
                wanted += 1
            } else if wanted < pattern.count, pattern[wanted] == "?" || pattern[wanted] == text[place] {
                place += 1
                wanted += 1
            } else if let last = retry {
                // The star takes one character more.
                retry = (last.place + 1, last.wanted)
                (place, wanted) = (last.place + 1, last.wanted + 1)
            } else {
                return false
            }
        }
        return pattern[wanted...].allSatisfy { $0 == "*" }
    }
}

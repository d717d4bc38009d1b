package import Figures
import Foundation
import Yams

/// The standing rules of `layerscope.yml`: what `plan` and the report's clean-up page work by when nothing else is said.
package struct CleanupConfiguration: Sendable, Equatable {
    /// A rule, and the sources that it speaks of.
    package struct Rule: Sendable, Equatable {
        /// A pattern of source names; nil for all.
        package var source: String?
        package var rule: CleanupRule

        package init(source: String? = nil, rule: CleanupRule) {
            self.source = source
            self.rule = rule
        }

        /// Whether the rule speaks of a source.
        package func applies(to name: String) -> Bool { source.map { GlobPattern($0).matches(name) } ?? true }
    }

    package var rules: [Rule]
    /// What must stay, whatever the rules say.
    package var protections: [CleanupProtection]
    /// What frees bytes, by pattern of source names; the first that fits.
    package var collectors: [(source: String, collector: GarbageCollector)]

    package init(
        rules: [Rule] = [], protections: [CleanupProtection] = [],
        collectors: [(source: String, collector: GarbageCollector)] = []
    ) {
        self.rules = rules
        self.protections = protections
        self.collectors = collectors
    }

    package static func == (one: Self, other: Self) -> Bool {
        one.rules == other.rules && one.protections == other.protections
            && one.collectors.elementsEqual(other.collectors) { $0 == $1 }
    }

    /// The garbage collector that is named for a source; nil when none is.
    package func collector(of source: String) -> GarbageCollector? {
        collectors.first { GlobPattern($0.source).matches(source) }?.collector
    }
}

extension CleanupConfiguration {
    /// Parses the mapping `cleanup`. Throws ``ConfigurationError`` for every key and value that is not understood: a
    /// rule that was passed over in silence would delete what it should have kept.
    static func parse(_ node: Node, file: String, path: String, folder: String) throws(ConfigurationError) -> Self {
        let mapping = try ConfigurationMapping(
            node, file: file, path: path, allowed: ["rules", "protect", "garbage_collectors"])
        var configuration = CleanupConfiguration()
        for (element, place) in try mapping.elements("rules") {
            configuration.rules.append(try .parse(element, file: file, path: place))
        }
        for (element, place) in try mapping.elements("protect") {
            configuration.protections += try CleanupProtection.parse(element, file: file, path: place, folder: folder)
        }
        for (element, place) in try mapping.elements("garbage_collectors") {
            let entry = try ConfigurationMapping(element, file: file, path: place, allowed: ["source", "kind"])
            guard let kind = try entry.choice("kind", of: GarbageCollector.self) else {
                throw entry.error("kind", "is missing; for example `kind: distribution`")
            }
            configuration.collectors.append((try entry.requiredText("source", "registry"), kind))
        }
        return configuration
    }
}

extension CleanupConfiguration.Rule {
    private static let flags: [(key: String, kind: CleanupRule.Kind)] = [
        ("untagged", .untagged), ("dangling", .dangling), ("superseded", .superseded), ("orphans", .orphans),
        ("broken", .broken),
    ]

    static func parse(_ node: Node, file: String, path: String) throws(ConfigurationError) -> Self {
        let mapping = try ConfigurationMapping(
            node, file: file, path: path,
            allowed: [
                "name", "source", "repository", "owner", "tag", "exclude_tag", "keep_last", "older_than",
                "not_pulled_for",
            ] + flags.map(\.key))
        var rule = CleanupRule(name: "")
        rule.repositories = try mapping.textOrTexts("repository")
        rule.owners = try mapping.textOrTexts("owner")
        rule.tag = try mapping.expression("tag")
        rule.excludedTag = try mapping.expression("exclude_tag")
        rule.keepLast = try mapping.number("keep_last", in: 0...1_000_000)
        rule.olderThan = try mapping.age("older_than")
        rule.notPulledFor = try mapping.age("not_pulled_for")
        for flag in flags where try mapping.flag(flag.key) { rule.kinds.insert(flag.kind) }
        guard rule.selectsAnything else {
            throw ConfigurationError(
                file: file, line: mapping.line, key: path,
                "selects nothing; say what may go: tag, keep_last, older_than, not_pulled_for, untagged, dangling, "
                    + "superseded, orphans or broken")
        }
        rule.name = try mapping.text("name") ?? rule.words
        return Self(source: try mapping.text("source"), rule: rule)
    }
}

extension CleanupProtection {
    fileprivate static func parse(
        _ node: Node, file: String, path: String, folder: String
    ) throws(ConfigurationError) -> [Self] {
        let mapping = try ConfigurationMapping(
            node, file: file, path: path, allowed: ["repository", "tag", "digest", "file"])
        switch (try mapping.text("repository"), try mapping.text("digest"), try mapping.text("file")) {
        case (let repository?, nil, nil):
            return [Self(.tags(repository: repository, tag: try mapping.expression("tag")), name: path)]
        case (nil, let digest?, nil) where !mapping.has("tag"):
            guard let parsed = PinnedFile.digest(digest) else {
                throw mapping.error("digest", "is no digest; write sha256: and 64 hexadecimal digits")
            }
            return [Self(.digest(parsed), name: path)]
        case (nil, nil, let pinned?) where !mapping.has("tag"):
            do {
                return try PinnedFile.read(absolute(pinned, from: folder))
            } catch {
                throw mapping.error("file", error.reason)
            }
        default:
            throw ConfigurationError(
                file: file, line: mapping.line, key: path,
                "needs either repository (with or without tag), digest, or file")
        }
    }
}

extension ConfigurationMapping {
    /// One text or a list of them; empty when the key is absent.
    fileprivate func textOrTexts(_ key: String) throws(ConfigurationError) -> [String] {
        if case .sequence? = node(key)?.node { return try texts(key) }
        return try text(key).map { [$0] } ?? []
    }

    /// A regular expression.
    fileprivate func expression(_ key: String) throws(ConfigurationError) -> String? {
        guard let text = try text(key) else { return nil }
        guard (try? Regex(text)) != nil else { throw error(key, "\(text.debugDescription) is no regular expression") }
        return text
    }

    /// Seconds of an age such as `30d`.
    fileprivate func age(_ key: String) throws(ConfigurationError) -> TimeInterval? {
        guard let text = try text(key) else { return nil }
        guard let seconds = FilterValue.age(text) else { throw error(key, "must be an age such as 12h, 30d or 2w") }
        return seconds
    }
}

import Foundation
import Yams

/// One mapping of `layerscope.yml`: reads its keys as typed values and refuses every other key, with key and line.
struct ConfigurationMapping {
    let file: String
    /// The mapping's own path: empty for the whole file.
    let path: String
    let line: Int?
    private let entries: [String: (value: Node, line: Int?)]

    /// Reads the keys of a mapping. Throws for a node that is none, and for a key that is not allowed.
    init(_ node: Node, file: String, path: String, allowed: [String]) throws(ConfigurationError) {
        self.file = file
        self.path = path
        line = node.mark?.line
        guard case .mapping(let mapping) = node else {
            throw ConfigurationError(
                file: file, line: node.mark?.line, key: path,
                "must be keys and values: \(allowed.joined(separator: ", "))")
        }
        var entries: [String: (value: Node, line: Int?)] = [:]
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else {
                throw ConfigurationError(file: file, line: key.mark?.line, key: path, "a key must be plain text")
            }
            let name = scalar.string
            guard allowed.contains(name) else {
                throw ConfigurationError(
                    file: file, line: key.mark?.line, key: Self.join(path, name),
                    "unknown key; \(Self.advice(for: name, among: allowed))")
            }
            entries[name] = (value, key.mark?.line)
        }
        self.entries = entries
    }

    private static func join(_ path: String, _ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    /// What to write instead of an unknown key.
    private static func advice(for name: String, among allowed: [String]) -> String {
        if let near = nearest(to: name, among: allowed) { return "did you mean \(near)?" }
        return "allowed here: \(allowed.joined(separator: ", "))"
    }

    /// An error about one of the mapping's keys.
    func error(_ key: String, _ reason: String) -> ConfigurationError {
        ConfigurationError(file: file, line: entries[key]?.line ?? line, key: Self.join(path, key), reason)
    }

    func has(_ key: String) -> Bool { entries[key] != nil }

    /// The node of a key, and its path.
    func node(_ key: String) -> (node: Node, path: String)? {
        entries[key].map { ($0.value, Self.join(path, key)) }
    }

    /// A text; nil when the key is absent. Empty text is an error: a key without a value is a slip.
    func text(_ key: String) throws(ConfigurationError) -> String? {
        guard let entry = entries[key] else { return nil }
        guard case .scalar(let scalar) = entry.value, entry.value.null == nil, !scalar.string.isEmpty else {
            throw error(key, "must be text")
        }
        return scalar.string
    }

    /// A text that must be there.
    func requiredText(_ key: String, _ example: String) throws(ConfigurationError) -> String {
        guard let text = try text(key) else { throw error(key, "is missing; for example `\(key): \(example)`") }
        return text
    }

    /// `true` or `false`; false when the key is absent.
    func flag(_ key: String) throws(ConfigurationError) -> Bool {
        guard let entry = entries[key] else { return false }
        guard let value = entry.value.bool else { throw error(key, "must be true or false") }
        return value
    }

    /// A whole number within a range; nil when the key is absent.
    func number(_ key: String, in range: ClosedRange<Int>) throws(ConfigurationError) -> Int? {
        guard let entry = entries[key] else { return nil }
        guard let value = entry.value.int, range.contains(value) else {
            throw error(key, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// A list of texts; empty when the key is absent.
    func texts(_ key: String) throws(ConfigurationError) -> [String] {
        guard let entry = entries[key] else { return [] }
        guard case .sequence(let sequence) = entry.value else { throw error(key, "must be a list") }
        var texts: [String] = []
        for element in sequence {
            guard case .scalar(let scalar) = element, !scalar.string.isEmpty else {
                throw ConfigurationError(
                    file: file, line: element.mark?.line, key: Self.join(path, key), "every entry must be text")
            }
            texts.append(scalar.string)
        }
        return texts
    }

    /// The elements of a list with the path of each; empty when the key is absent.
    func elements(_ key: String) throws(ConfigurationError) -> [(node: Node, path: String)] {
        guard let entry = entries[key] else { return [] }
        guard case .sequence(let sequence) = entry.value else { throw error(key, "must be a list") }
        return sequence.enumerated().map { ($0.element, "\(Self.join(path, key))[\($0.offset)]") }
    }

    /// One of an enumeration's values; nil when the key is absent.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: String, of type: Choice.Type
    ) throws(ConfigurationError) -> Choice? {
        guard let text = try text(key) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let choices = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw error(key, "\(text.debugDescription) is none of \(choices)")
        }
        return choice
    }

    /// A secret: `{env: NAME}`, `{file: PATH}`, or the text itself.
    func secret(_ key: String, relativeTo folder: String) throws(ConfigurationError) -> Secret? {
        guard let entry = entries[key] else { return nil }
        if case .scalar = entry.value {
            guard let text = try text(key) else { return nil }
            return .inline(text)
        }
        let mapping = try ConfigurationMapping(
            entry.value, file: file, path: Self.join(path, key), allowed: ["env", "file"])
        switch (try mapping.text("env"), try mapping.text("file")) {
        case (let name?, nil): return .environment(name)
        case (nil, let path?): return .file(absolute(path, from: folder))
        default: throw error(key, "needs either env or file")
        }
    }
}

/// A path as it is from the folder of the configuration file; `~` is the home folder.
func absolute(_ path: String, from folder: String) -> String {
    let expanded = NSString(string: path).expandingTildeInPath
    return expanded.hasPrefix("/") ? expanded : folder + (folder.hasSuffix("/") ? "" : "/") + expanded
}

/// A pattern of `#`, `%` and `/`: `*`, `?` and literals, escaped with `\`. Neither `*` nor `?` takes a line break, as in
/// the regular expressions that BuildKit makes of them.
struct ShellPattern {
    private enum Part: Equatable {
        case literal(Unicode.Scalar)
        case any
        case many
    }

    private var parts: [Part] = []
    private var isLongest: Bool

    /// Places times parts that a search may look at.
    private static let workLimit = 1 << 20

    init(_ pattern: Scalars, isLongest: Bool) throws(ShellFailure) {
        self.isLongest = isLongest
        var at = 0
        while at < pattern.count {
            let scalar = pattern[at]
            at += 1
            switch scalar {
            case "*": parts.append(.many)
            case "?": parts.append(.any)
            case "\\":
                guard at < pattern.count else { throw ShellFailure(reason: "a pattern ends with \\") }
                let escaped = pattern[at]
                guard "}/*?\\".unicodeScalars.contains(escaped) else {
                    throw ShellFailure(reason: "\\\(escaped) is no escape in a pattern")
                }
                at += 1
                parts.append(.literal(escaped))
            default: parts.append(.literal(scalar))
            }
        }
    }

    func removePrefix(_ value: Scalars) throws(ShellFailure) -> Scalars {
        guard let end = try end(of: value[...]) else { return value }
        return Scalars(value[end...])
    }

    /// Both turned round, as there is no shortest match from the right.
    func removeSuffix(_ value: Scalars) throws(ShellFailure) -> Scalars {
        var turned = self
        turned.parts.reverse()
        return Scalars(try turned.removePrefix(value.reversed()).reversed())
    }

    /// Replaces the first match, or every one.
    func replace(in value: Scalars, with replacement: Scalars, isEvery: Bool) throws(ShellFailure) -> Scalars {
        guard parts.count * value.count <= Self.workLimit >> 4 else {
            throw ShellFailure(reason: "a replacement is too much work")
        }
        var result = Scalars()
        var at = 0
        var lastEnd = -1
        while at <= value.count {
            // An empty match right behind another match does not count.
            if let end = try end(of: value[at...]), end > at || at != lastEnd {
                result += replacement
                lastEnd = end
                guard isEvery else { return result + value[end...] }
                guard end == at else {
                    at = end
                    continue
                }
            }
            if at < value.count { result.append(value[at]) }
            at += 1
            guard result.count <= ShellLexer.sizeLimit else {
                throw ShellFailure(reason: "grows beyond \(ShellLexer.sizeLimit) characters")
            }
        }
        return result
    }

    /// Where a match that begins at the front ends. Tries in the order of a backtracking matcher, and no state twice.
    private func end(of value: ArraySlice<Unicode.Scalar>) throws(ShellFailure) -> Int? {
        let width = value.count + 1
        guard (parts.count + 1) * width <= Self.workLimit else {
            throw ShellFailure(reason: "a pattern is too much work")
        }
        var seen = [Bool](repeating: false, count: (parts.count + 1) * width)
        var open = [(part: 0, at: value.startIndex)]
        while let (part, at) = open.popLast() {
            guard part < parts.count else { return at }
            let state = part * width + (at - value.startIndex)
            if seen[state] { continue }
            seen[state] = true
            let scalar = at < value.endIndex ? value[at] : nil
            switch parts[part] {
            case .literal(let literal):
                if scalar == literal { open.append((part + 1, at + 1)) }
            case .any:
                if let scalar, scalar != "\n" { open.append((part + 1, at + 1)) }
            case .many:
                let stay = scalar != nil && scalar != "\n" ? (part: part, at: at + 1) : nil
                // What is tried first goes on top.
                if isLongest { open.append((part + 1, at)) }
                if let stay { open.append(stay) }
                if !isLongest { open.append((part + 1, at)) }
            }
        }
        return nil
    }
}

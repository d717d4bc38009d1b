@testable import Dockerfile

extension DockerfileNodes {
    /// The s-expressions that BuildKit's parser prints of its tree.
    var dump: String { nodes.map { "(\($0.dump))" }.joined(separator: "\n") }
}

extension DockerfileNode {
    fileprivate var dump: String {
        var parts = [keyword.lowercased()]
        if !flags.isEmpty { parts.append("[" + flags.map(quoted).joined(separator: " ") + "]") }
        parts += words.map(quoted)
        parts += triggers.map { "(\($0.dump))" }
        return parts.joined(separator: " ")
    }
}

/// Go's `strconv.Quote`, for what the fixtures hold.
private func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case "\t": result += "\\t"
        case "\u{8}": result += "\\b"
        case "\u{C}": result += "\\f"
        case "\u{0}": result += "\\x00"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}

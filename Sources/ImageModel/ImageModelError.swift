/// What is wrong with a name or document, and where.
package struct ImageModelError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of thing that did not parse.
    package enum Subject: String, Sendable {
        case digest
        case reference
        case mediaType = "media type"
        case descriptor
        case manifest
        case index
        case configuration = "image configuration"
        case layout = "image layout"
        case platform
        case document
    }

    package let subject: Subject
    /// Where in the document, as a path (`layers[2].digest`); empty for the whole.
    package let path: String
    /// What is wrong, lower-case, without the path.
    package let reason: String

    package init(_ subject: Subject, at path: String = "", _ reason: String) {
        self.subject = subject
        self.path = path
        self.reason = reason
    }

    package var description: String {
        path.isEmpty ? "invalid \(subject.rawValue): \(reason)" : "invalid \(subject.rawValue): \(path): \(reason)"
    }
}

/// Outside text for an error message: bounded, and without control characters.
package func quoted(_ text: some StringProtocol) -> String {
    let visible = text.prefix(100).map { $0.isASCII && ($0.asciiValue ?? 0) < 32 ? "?" : $0 }
    return "\"" + String(visible) + (text.count > 100 ? "…" : "") + "\""
}

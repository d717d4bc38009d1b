/// Why a template cannot be read or carried out, and where.
package struct GoTemplateError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong, in lower case.
    package var message: String
    /// The line in the template, from 1.
    package var line: Int
    /// The character in the line, from 1.
    package var column: Int

    package var description: String { "template:\(line):\(column): \(message)" }
}

/// A place in a template.
struct GoTemplatePosition: Sendable, Hashable {
    var line: Int
    var column: Int

    func error(_ message: String) -> GoTemplateError {
        GoTemplateError(message: message, line: line, column: column)
    }
}

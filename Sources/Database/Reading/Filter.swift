package import Figures

/// A condition on a column of a view.
package struct Filter: Sendable, Equatable {
    /// How column and value are compared.
    package enum Comparison: String, Sendable, CaseIterable {
        case notEqual = "!="
        case atLeast = ">="
        case atMost = "<="
        case equal = "="
        /// A pattern in which `*` stands for any characters and `?` for one.
        case matches = "~"
        case more = ">"
        case less = "<"
    }

    package var column: String
    package var comparison: Comparison
    /// What to compare with. Text is read as the column's type needs it; null stands for "not known" (in a list: for
    /// "empty"). In an object, `KEY` asks whether the key is there, `KEY=VALUE` what it is.
    package var value: Value

    package init(_ column: String, _ comparison: Comparison = .equal, _ value: Value) {
        self.column = column
        self.comparison = comparison
        self.value = value
    }

    /// Parses `column=value`, `column!=value`, `column~pattern` and so on; nil when there is no sign in it. Empty text
    /// stands for "not known".
    package init?(_ text: String) {
        let letters = text.utf8
        guard let sign = letters.firstIndex(where: { "=!<>~".utf8.contains($0) }), sign > text.startIndex else {
            return nil
        }
        let rest = text[sign...]
        let comparison = Comparison.allCases.first { rest.utf8.starts(with: $0.rawValue.utf8) }
        guard let comparison else { return nil }
        let value = String(rest.dropFirst(comparison.rawValue.count))
        self.init(String(text[..<sign]), comparison, value.isEmpty ? .null : .text(value))
    }
}

/// Sorts by a column; what is not known comes last.
package struct Sort: Sendable, Equatable {
    package var column: String
    package var isDescending: Bool

    package init(_ column: String, descending: Bool = false) {
        self.column = column
        isDescending = descending
    }
}

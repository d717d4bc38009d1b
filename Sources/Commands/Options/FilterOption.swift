import ArgumentParser

/// `key=value` and its kin, as `--filter` takes it.
struct FilterOption: ExpressibleByArgument, Equatable {
    /// How column and value are compared.
    enum Comparison: String, CaseIterable {
        // Longer signs first: `>=` is no `>`.
        case notEqual = "!="
        case atLeast = ">="
        case atMost = "<="
        case equal = "="
        case more = ">"
        case less = "<"
        /// Fits a pattern in which `*` stands for any characters and `?` for one.
        case like = "~"
    }

    let column: String
    let comparison: Comparison
    let value: String
    /// Whether stars and question marks in the value stand for themselves.
    var isLiteral = false

    /// A value as it is, from the program itself.
    init(column: String, literal value: String) {
        self.init(column: column, value: value)
        isLiteral = true
    }

    init(column: String, comparison: Comparison = .equal, value: String) {
        self.column = column
        self.comparison = comparison
        self.value = value
    }

    init?(argument: String) {
        guard let sign = argument.firstIndex(where: { "=!<>~".contains($0) }),
            let column = ColumnName.normalised(argument[..<sign]),
            let comparison = Comparison.allCases.first(where: { argument[sign...].hasPrefix($0.rawValue) })
        else { return nil }
        self.column = column
        self.comparison = comparison
        value = String(argument[sign...].dropFirst(comparison.rawValue.count))
    }
}

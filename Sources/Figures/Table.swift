package import Foundation

/// A table of figures with named columns: what every listing, report section and API answer is made of.
///
/// Column names are those of the SQL views, which are the names of the figures; every renderer reads this one form.
package struct Table: Sendable, Equatable {
    /// A column's name and how its values are shown to people.
    package struct Column: Sendable, Equatable {
        package var name: String
        package var kind: Kind

        package init(_ name: String, _ kind: Kind) {
            self.name = name
            self.kind = kind
        }
    }

    /// How a column's values are shown.
    package enum Kind: String, Sendable {
        case text
        /// A whole number.
        case count
        /// A number of bytes.
        case bytes
        /// A ratio; shown with two decimals.
        case ratio
        case digest
        case time
        case flag
        case list
        /// A JSON object (labels).
        case object
    }

    /// The table's name: a view's name, or a section of a report.
    package var name: String
    package var columns: [Column]
    package var rows: [[Value]]
    /// Totals, by column name; empty when the table has none.
    package var totals: [String: Value]

    package init(name: String, columns: [Column], rows: [[Value]] = [], totals: [String: Value] = [:]) {
        self.name = name
        self.columns = columns
        self.rows = rows
        self.totals = totals
    }

    /// The position of a column, nil when there is none of that name.
    package func position(of column: String) -> Int? { columns.firstIndex { $0.name == column } }

    /// The value of a row in a column; null when there is no such column.
    package func value(_ row: Int, _ column: String) -> Value {
        position(of: column).map { rows[row][$0] } ?? .null
    }
}

/// A value of a table. `null` is "not known" or "absent"; it is never printed as 0.
package enum Value: Sendable, Hashable {
    case null
    case text(String)
    case integer(Int64)
    case real(Double)
    case flag(Bool)
    case time(Date)
    case list([String])
    case object([String: String])

    package var integer: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }

    package var text: String? {
        if case .text(let value) = self { value } else { nil }
    }
}

package import Figures

/// A table as a page shows it: its first rows as HTML, all rows as compact JSON beside it, from which the script sorts,
/// filters and shows more. Without a script the first rows stand, and a note says where all are.
package struct TableView: Sendable {
    /// A column of the page.
    package struct Column: Sendable {
        /// The table's column, or empty for bars.
        package var name: String
        package var heading: String
        /// Shown as code: what made a layer, as ``InstructionText`` gives it.
        package var isCode = false
        /// Texts longer than this end in an ellipsis; the whole text is in the CSV file.
        package var limit: Int?
        /// Where a value leads: a URL in which `{}` stands for the value of ``linkKey``, or `#ID` of a table on the same
        /// page, which is then filtered by the value.
        package var link: String?
        /// The column whose value goes into ``link``; nil for the column itself.
        package var linkKey: String?
        /// Columns of bytes that a bar shows side by side, on one scale for the whole table.
        package var parts: [String] = []
        /// The shades of the parts.
        package var shades: [String] = []
        /// In the data for links and bars alone, not shown.
        package var isHidden = false

        package init(
            _ name: String, _ heading: String, isCode: Bool = false, limit: Int? = nil, link: String? = nil,
            linkKey: String? = nil, isHidden: Bool = false
        ) {
            self.name = name
            self.heading = heading
            self.isCode = isCode
            self.limit = limit
            self.link = link
            self.linkKey = linkKey
            self.isHidden = isHidden
        }

        /// A bar of parts side by side; the shades are classes of the style sheet: `f1` strong to `f5` pale, `fw` waste.
        package static func bar(_ heading: String, parts: [String], shades: [String]) -> Column {
            var column = Column("", heading)
            column.parts = parts
            column.shades = shades
            return column
        }
    }

    /// Unique on the page.
    package var id: String
    /// What the table shows: read out to those who do not see it.
    package var caption: String
    package var table: Table
    package var columns: [Column]
    /// The column by which the rows are sorted at first; nil leaves them as they are.
    package var sortedBy: String?
    package var descending: Bool
    /// How many rows are shown at first.
    package var firstRows: Int
    /// Where the whole table is as CSV; nil when it is nowhere.
    package var download: String?
    package var units: ByteUnits

    package init(
        id: String, caption: String, table: Table, columns: [Column]? = nil, sortedBy: String? = nil,
        descending: Bool = true, firstRows: Int = 20, download: String? = nil, units: ByteUnits = .si
    ) {
        self.id = id
        self.caption = caption
        self.table = table
        self.columns =
            columns
            ?? table.columns.map { Column($0.name, Self.heading($0), limit: $0.kind == .text ? 160 : nil) }
        self.sortedBy = sortedBy
        self.descending = descending
        self.firstRows = firstRows
        self.download = download
        self.units = units
    }

    /// The usual heading of a column: its name in words, without `_bytes` and the `_at` of a time.
    package static func heading(_ column: Table.Column) -> String {
        let words = TextTable.heading(column).lowercased()
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    /// The columns that this table has: a page may ask for some that a source does not give.
    var present: [(column: Column, position: Int?)] {
        columns.compactMap { column in
            if !column.parts.isEmpty {
                return column.parts.allSatisfy { table.position(of: $0) != nil } ? (column, nil) : nil
            }
            return table.position(of: column.name).map { (column, $0) }
        }
    }

    /// The rows in the order in which they are shown at first.
    var sortedRows: [[Value]] {
        guard let sortedBy, let position = table.position(of: sortedBy) else { return table.rows }
        let keyed = table.rows.enumerated().sorted { left, right in
            let (a, b) = (left.element[position], right.element[position])
            if (a == .null) != (b == .null) { return b == .null }
            if Self.precedes(a, b) { return !descending }
            if Self.precedes(b, a) { return descending }
            return left.offset < right.offset
        }
        return keyed.map(\.element)
    }

    private static func precedes(_ left: Value, _ right: Value) -> Bool {
        switch (left, right) {
        case (.integer(let a), .integer(let b)): a < b
        case (.real(let a), .real(let b)): a < b
        case (.text(let a), .text(let b)): a < b
        case (.time(let a), .time(let b)): a < b
        default: false
        }
    }
}

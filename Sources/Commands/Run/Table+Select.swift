import Figures
import Reporting

extension Table {
    /// The rows that fit all filters, for tables that are computed and come from no view. Throws ``CommandFailure``
    /// (usage) for a column that is not there.
    func filtered(_ filters: [FilterOption]) throws -> Table {
        var table = self
        for filter in filters {
            let position = try place(filter.column)
            let value = try FilterValue.value(filter, columns[position].kind)
            table.rows.removeAll { !Self.fits($0[position], filter.comparison, value) }
        }
        return table
    }

    /// The rows in order; what is not known comes last. Throws ``CommandFailure`` (usage) for a column that is not
    /// there.
    func sorted(_ sort: [SortOption]) throws -> Table {
        let keys = try sort.map { (position: try place($0.column), isDescending: $0.isDescending) }
        guard !keys.isEmpty else { return self }
        var table = self
        table.rows = table.rows.enumerated().sorted { left, right in
            for key in keys {
                let (a, b) = (left.element[key.position], right.element[key.position])
                if a == b { continue }
                if a == .null || b == .null { return b == .null }
                return Self.isBelow(a, b) != key.isDescending
            }
            return left.offset < right.offset
        }.map(\.element)
        return table
    }

    /// At most so many rows.
    func limited(_ limit: Int?) -> Table {
        guard let limit, limit < rows.count else { return self }
        var table = self
        table.rows.removeLast(rows.count - limit)
        return table
    }

    private func place(_ column: String) throws -> Int {
        if let position = position(of: column) { return position }
        throw CommandFailure(.usage, Self.unknownColumn(column, among: columns.map(\.name)))
    }

    /// What to say of a column that is not there.
    static func unknownColumn(_ column: String, among names: [String]) -> String {
        let advice = nearest(to: column, among: names).map { "; did you mean \($0)?" } ?? ""
        return "there is no column \(column.debugDescription)\(advice) (columns: \(names.joined(separator: ", ")))"
    }

    private static func isBelow(_ left: Value, _ right: Value) -> Bool {
        switch (left, right) {
        case (.integer(let a), .integer(let b)): a < b
        case (.real(let a), .real(let b)): a < b
        // Numbers that happen to be whole.
        case (.integer(let a), .real(let b)): Double(a) < b
        case (.real(let a), .integer(let b)): a < Double(b)
        case (.text(let a), .text(let b)): a < b
        case (.time(let a), .time(let b)): a < b
        case (.flag(let a), .flag(let b)): !a && b
        case (.list(let a), .list(let b)): a.lexicographicallyPrecedes(b)
        default: false
        }
    }

    private static func fits(_ cell: Value, _ comparison: FilterOption.Comparison, _ value: Value?) -> Bool {
        guard let value else { return (cell == .null) == (comparison != .notEqual) }
        if cell == .null { return comparison == .notEqual }
        switch comparison {
        case .equal, .like: return equals(cell, value)
        case .notEqual: return !equals(cell, value)
        case .less: return isBelow(cell, value)
        case .more: return isBelow(value, cell)
        case .atLeast: return !isBelow(cell, value)
        case .atMost: return !isBelow(value, cell)
        }
    }

    private static func equals(_ cell: Value, _ value: Value) -> Bool {
        guard case .text(let pattern) = value else { return cell == value }
        let glob = GlobPattern(pattern)
        switch cell {
        case .text(let text): return glob.matches(text)
        case .list(let texts): return texts.contains { glob.matches($0) }
        default: return false
        }
    }
}

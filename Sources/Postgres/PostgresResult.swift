import CLibPQ

/// The columns of a result, by position and by name.
final class ResultColumns: Sendable {
    let list: [(name: String, oid: UInt32)]
    let positions: [String: Int]
    let isBinary: Bool

    init(_ result: ResultHandle) {
        let count = PQnfields(result.pointer)
        list = (0..<count).map { column in
            (PQfname(result.pointer, column).map { String(cString: $0) } ?? "", PQftype(result.pointer, column))
        }
        // Of columns with the same name the first one counts.
        positions = Dictionary(list.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        isBinary = count == 0 || PQfformat(result.pointer, 0) == 1
    }
}

/// What a statement gave back.
package struct PostgresResult: Sendable {
    private let handle: ResultHandle
    private let names: ResultColumns

    init(_ handle: ResultHandle) {
        self.handle = handle
        names = ResultColumns(handle)
    }

    /// The columns: name, and the OID of the type.
    package var columns: [(name: String, oid: UInt32)] { names.list }
    /// The rows, in order.
    package var rows: PostgresRows { PostgresRows(handle: handle, columns: names) }
    /// The rows that the statement changed or returned.
    package var affectedRows: Int { handle.affectedRows }
}

/// The rows of a result; a row is read when it is asked for.
package struct PostgresRows: RandomAccessCollection, Sendable {
    let handle: ResultHandle
    let columns: ResultColumns

    package var startIndex: Int { 0 }
    package var endIndex: Int { handle.rowCount }

    package subscript(position: Int) -> PostgresRow {
        precondition(position >= 0 && position < handle.rowCount, "no such row")
        return PostgresRow(handle: handle, row: position, columns: columns)
    }
}

/// Lists of numbers by number, as compressed sparse rows.
struct Rows: Sendable {
    private var offsets: [UInt32]
    private var entries: [UInt32]

    /// Puts each value into the row of its key, in the order given (counting sort).
    init(count: Int, keys: [UInt32], values: [UInt32]) {
        var places = [UInt32](repeating: 0, count: count + 1)
        for key in keys { places[Int(key) + 1] += 1 }
        for row in 0..<count { places[row + 1] += places[row] }
        offsets = places
        entries = [UInt32](repeating: 0, count: keys.count)
        for position in keys.indices {
            let key = Int(keys[position])
            entries[Int(places[key])] = values[position]
            places[key] += 1
        }
    }

    /// Rows that are there as such: row r is `entries[offsets[r]..<offsets[r + 1]]`.
    init(offsets: [UInt32], entries: [UInt32]) {
        self.offsets = offsets
        self.entries = entries
    }

    var count: Int { offsets.count - 1 }

    subscript(row: UInt32) -> ArraySlice<UInt32> {
        entries[Int(offsets[Int(row)])..<Int(offsets[Int(row) + 1])]
    }

    /// The rows the other way round: for each entry below `count`, the rows that have it.
    func reversed(count: Int) -> Rows {
        var rows: [UInt32] = []
        rows.reserveCapacity(entries.count)
        for row in 0..<UInt32(self.count) {
            for _ in self[row] { rows.append(row) }
        }
        return Rows(count: count, keys: entries, values: rows)
    }

    /// Orders the entries of every row that has several.
    mutating func sortRows(by areInOrder: (UInt32, UInt32) -> Bool) {
        for row in 0..<count where offsets[row + 1] - offsets[row] > 1 {
            entries[Int(offsets[row])..<Int(offsets[row + 1])].sort(by: areInOrder)
        }
    }
}

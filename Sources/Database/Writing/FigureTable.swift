import Postgres

/// A large table of figures: whole numbers by the keys of one or two things of a source.
struct FigureTable {
    let name: String
    /// `int4` columns; together they fit 64 bits, the first one in the upper half.
    let keys: [String]
    /// `int8` columns.
    let values: [String]

    /// Rows that are there are deleted one by one as long as they are few.
    private static let fewRows = 50_000

    /// Makes the table have just these rows of the source.
    ///
    /// What is there is read in the order of its keys and walked along the new rows, so nothing is looked up, and only
    /// rows that differ are written.
    ///
    /// - Parameters:
    ///   - count: how many rows there shall be.
    ///   - key: the key of a row; keys rise from row to row.
    ///   - fill: puts a row's values into the buffer.
    func replace(
        _ connection: PostgresConnection, _ source: Int32, count: Int, key: (Int) -> UInt64,
        fill: (Int, UnsafeMutableBufferPointer<Int64>) -> Void
    ) async throws {
        let width = values.count
        let buffer = UnsafeMutableBufferPointer<Int64>.allocate(capacity: width)
        defer { buffer.deallocate() }
        buffer.initialize(repeating: 0)

        var gone: [UInt64] = []
        var written: [Int] = []
        var next = 0
        var existing = 0
        let hasTwoKeys = keys.count == 2
        try await connection.copyOut(
            """
            COPY (SELECT \((keys + values).joined(separator: ", ")) FROM layerscope_data.\(name)
                  WHERE source_id = \(source) ORDER BY \(keys.joined(separator: ", "))) TO STDOUT (FORMAT binary)
            """
        ) { rows in
            while try rows.next() {
                existing += 1
                var found = UInt64(UInt32(bitPattern: try rows.int4()))
                if hasTwoKeys { found = found << 32 | UInt64(UInt32(bitPattern: try rows.int4())) }
                while next < count, key(next) < found {
                    written.append(next)
                    next += 1
                }
                guard next < count, key(next) == found else {
                    gone.append(found)
                    continue
                }
                fill(next, buffer)
                var isSame = true
                for place in 0..<width where try rows.int8() != buffer[place] { isSame = false }
                if !isSame {
                    gone.append(found)
                    written.append(next)
                }
                next += 1
            }
        }
        if gone.count > Self.fewRows, gone.count > existing / 2 {
            try await connection.execute(
                "DELETE FROM layerscope_data.\(name) WHERE source_id = $1", [.int4(source)])
            written = Array(0..<count)
        } else {
            try await delete(gone, connection, source)
            written += next..<count
        }
        guard !written.isEmpty else { return }
        let columns = (["source_id"] + keys + values).joined(separator: ", ")
        try await connection.copyIn(
            "COPY layerscope_data.\(name) (\(columns)) FROM STDIN (FORMAT binary)", rows: written
        ) { row, place in
            let key = key(place)
            row.int4(source)
            if hasTwoKeys { row.int4(Int32(truncatingIfNeeded: key >> 32)) }
            row.int4(Int32(truncatingIfNeeded: key))
            fill(place, buffer)
            for value in buffer { row.int8(value) }
        }
    }

    private func delete(_ gone: [UInt64], _ connection: PostgresConnection, _ source: Int32) async throws {
        guard !gone.isEmpty else { return }
        let second = gone.map { Int32(truncatingIfNeeded: $0) }
        if keys.count == 1 {
            try await connection.execute(
                """
                DELETE FROM layerscope_data.\(name) t USING unnest($2::int4[]) gone (one)
                WHERE t.source_id = $1 AND t.\(keys[0]) = gone.one
                """, [.int4(source), .int4Array(second)])
        } else {
            try await connection.execute(
                """
                DELETE FROM layerscope_data.\(name) t USING unnest($2::int4[], $3::int4[]) gone (one, two)
                WHERE t.source_id = $1 AND t.\(keys[0]) = gone.one AND t.\(keys[1]) = gone.two
                """,
                [.int4(source), .int4Array(gone.map { Int32(truncatingIfNeeded: $0 >> 32) }), .int4Array(second)])
        }
    }
}

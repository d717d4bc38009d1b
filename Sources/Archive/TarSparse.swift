/// Where the stored pieces of a sparse entry belong; what lies between them are zeros.
struct TarSparse {
    /// A run of stored bytes.
    struct Piece: Equatable {
        var offset: Int64
        var length: Int64
    }

    static let pieceLimit = 100_000

    private(set) var pieces: [Piece]
    let realSize: Int64
    private var index = 0
    private var position: Int64 = 0

    /// Checks that pieces are in order, do not overlap, fit the size, and are as long as what is stored.
    init(_ pieces: [Piece], realSize: Int64, storedSize: Int64, limit: Int64) throws(ArchiveError) {
        guard realSize <= limit else {
            throw ArchiveError(.limit, "tar: a sparse entry has \(realSize) bytes, more than the limit of \(limit)")
        }
        var end: Int64 = 0
        var stored: Int64 = 0
        for piece in pieces {
            guard piece.offset >= end, piece.length <= realSize, piece.offset <= realSize - piece.length else {
                throw ArchiveError(.corrupt, "tar: the pieces of a sparse entry overlap or leave it")
            }
            end = piece.offset + piece.length
            stored += piece.length
        }
        guard stored == storedSize else {
            throw ArchiveError(
                .corrupt, "tar: a sparse entry's pieces have \(stored) bytes, but \(storedSize) are stored")
        }
        self.pieces = pieces.filter { $0.length > 0 }
        self.realSize = realSize
    }

    private static let zeros = [UInt8](repeating: 0, count: 64 << 10)

    /// Hands on stored bytes, with the zeros that go before each piece.
    mutating func push(
        _ bytes: UnsafeRawBufferPointer, _ output: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var rest = bytes
        while !rest.isEmpty, index < pieces.count {
            let piece = pieces[index]
            try fill(to: piece.offset, output)
            let count = min(Int64(rest.count), piece.offset + piece.length - position)
            try output(UnsafeRawBufferPointer(rebasing: rest[..<Int(count)]))
            position += count
            rest = UnsafeRawBufferPointer(rebasing: rest[Int(count)...])
            if position == piece.offset + piece.length { index += 1 }
        }
    }

    /// Hands on the zeros at the end.
    mutating func finish(_ output: (UnsafeRawBufferPointer) throws -> Void) throws {
        try fill(to: realSize, output)
    }

    private mutating func fill(to end: Int64, _ output: (UnsafeRawBufferPointer) throws -> Void) throws {
        while position < end {
            let count = min(end - position, Int64(Self.zeros.count))
            try Self.zeros.withUnsafeBytes { try output(UnsafeRawBufferPointer(rebasing: $0[..<Int(count)])) }
            position += count
        }
    }
}

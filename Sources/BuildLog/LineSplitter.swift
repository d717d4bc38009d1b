/// Splits bytes that come in pieces into lines, at newlines. A line that is whole in its piece is not copied.
struct LineSplitter: Sendable {
    /// Bytes of a line that are given; the rest of a longer one is passed over.
    let limit: Int
    /// The beginning of a line whose end has not come yet.
    private var open: [UInt8] = []
    /// Bytes of that line that were passed over.
    private var isCut = false

    init(limit: Int) { self.limit = limit }

    /// Gives every line that ends in the piece, without its newline; true with one that was cut.
    mutating func split(_ piece: ArraySlice<UInt8>, _ give: (ArraySlice<UInt8>, Bool) -> Void) {
        var start = piece.startIndex
        while start < piece.endIndex {
            guard let end = piece.find(UInt8(ascii: "\n"), from: start) else { return keep(piece[start...]) }
            if open.isEmpty, !isCut {
                let line = piece[start..<end]
                give(line.prefix(limit), line.count > limit)
            } else {
                keep(piece[start..<end])
                finish(give)
            }
            start = end + 1
        }
    }

    /// Gives the last line, when no newline ends it.
    mutating func finish(_ give: (ArraySlice<UInt8>, Bool) -> Void) {
        guard !open.isEmpty || isCut else { return }
        let line = open
        let wasCut = isCut
        open.removeAll()
        isCut = false
        give(line[...], wasCut)
    }

    private mutating func keep(_ bytes: ArraySlice<UInt8>) {
        let room = limit - open.count
        open += bytes.prefix(room)
        if bytes.count > room { isCut = true }
    }
}

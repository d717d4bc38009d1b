/// One 512-byte header block, taken apart (POSIX ustar and pax, GNU tar, and what came before).
struct TarHeader {
    static let blockSize = 512

    var name: String
    var typeflag: UInt8
    var size: Int64
    var linkTarget: String
    /// The blocks of GNU's old sparse form: offset and length of the pieces, and the size with holes.
    var sparse: [TarSparse.Piece] = []
    var realSize: Int64 = 0
    var sparseContinues = false

    /// Whether a block is all zeros: the end mark, twice.
    static func isZero(_ block: UnsafeRawBufferPointer) -> Bool { block.allSatisfy { $0 == 0 } }

    /// Reads a header. `offset` is the block's place in the tar, for messages.
    init(_ block: UnsafeRawBufferPointer, at offset: Int64) throws(ArchiveError) {
        guard Self.hasChecksum(block) else {
            let kind: ArchiveError.Kind = offset == 0 ? .notAnArchive : .corrupt
            throw ArchiveError(kind, offset == 0 ? "is no tar" : "tar: no header where one belongs, at byte \(offset)")
        }
        typeflag = block[156]
        guard let size = Self.number(block[124..<136]), size >= 0 else {
            throw ArchiveError(.corrupt, "tar: the header at byte \(offset) has no valid size")
        }
        self.size = size
        name = Self.text(block[0..<100])
        linkTarget = Self.text(block[157..<257])
        // GNU's own magic has times where POSIX has the prefix.
        if block[257..<263].elementsEqual(Array("ustar\0".utf8)), block[345] != 0 {
            name = Self.text(block[345..<500]) + "/" + name
        }
        if typeflag == UInt8(ascii: "S") {
            for index in 0..<4 { try addPiece(block, at: 386 + index * 24) }
            sparseContinues = block[482] != 0
            guard let real = Self.number(block[483..<495]), real >= 0 else {
                throw ArchiveError(.corrupt, "tar: the sparse entry at byte \(offset) has no valid size")
            }
            realSize = real
        }
    }

    /// Adds the pieces of an extension block (GNU's old sparse form): 21 of them.
    mutating func extend(_ block: UnsafeRawBufferPointer) throws(ArchiveError) {
        for index in 0..<21 { try addPiece(block, at: index * 24) }
        sparseContinues = block[504] != 0
        guard sparse.count <= TarSparse.pieceLimit else {
            throw ArchiveError(.limit, "tar: a sparse entry has more than \(TarSparse.pieceLimit) pieces")
        }
    }

    private mutating func addPiece(_ block: UnsafeRawBufferPointer, at place: Int) throws(ArchiveError) {
        guard block[place] != 0 else { return }
        guard let offset = Self.number(block[place..<place + 12]),
            let length = Self.number(block[place + 12..<place + 24]), offset >= 0, length >= 0
        else { throw ArchiveError(.corrupt, "tar: a sparse entry has a piece without valid place") }
        sparse.append(.init(offset: offset, length: length))
    }

    /// The sum of all bytes with the field itself as spaces; old programs summed signed bytes.
    private static func hasChecksum(_ block: UnsafeRawBufferPointer) -> Bool {
        guard let expected = number(block[148..<156]) else { return false }
        var unsigned: Int64 = 0
        var signed: Int64 = 0
        for (index, byte) in block.enumerated() {
            let value: UInt8 = (148..<156).contains(index) ? 32 : byte
            unsigned += Int64(value)
            signed += Int64(Int8(bitPattern: value))
        }
        return expected == unsigned || expected == signed
    }

    /// A number in octal, padded by spaces and NULs, or in base 256 when the first bit is set.
    static func number(_ field: Slice<UnsafeRawBufferPointer>) -> Int64? {
        guard let first = field.first else { return nil }
        if first & 0x80 != 0 {
            // 0xFF leads a negative number, 0x80 a positive one; of the twelve bytes eight fit.
            var value: Int64 = first & 0x40 != 0 ? -1 : Int64(first & 0x3F)
            for byte in field.dropFirst() {
                let (shifted, overflow) = value.multipliedReportingOverflow(by: 256)
                guard !overflow else { return nil }
                value = shifted | Int64(byte)
            }
            return value
        }
        var value: Int64 = 0
        var isEnded = false
        for byte in field.drop(while: { $0 == 32 || $0 == 0 }) {
            if byte == 0 || byte == 32 {
                isEnded = true
            } else {
                guard !isEnded, (48...55).contains(byte), value < Int64.max >> 3 else { return nil }
                value = value << 3 | Int64(byte - 48)
            }
        }
        return value
    }

    private static func text(_ field: Slice<UnsafeRawBufferPointer>) -> String {
        String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
    }
}

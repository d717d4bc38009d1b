/// Reads a tar that arrives in pieces, in one pass, and tells a visitor what is in it. Memory does not grow with the
/// entries. Used by one thread at a time.
final class TarParser {
    private enum State {
        case header
        /// The body of an extended header is gathered; then it is padded.
        case extended(typeflag: UInt8, remaining: Int64)
        /// GNU's old sparse form goes on in further blocks.
        case sparseHeader(TarHeader)
        /// The map of a sparse entry (pax form 1.0) stands before its content.
        case sparseMap(TarEntry, stored: Int64, realSize: Int64)
        case content(remaining: Int64)
        case padding(remaining: Int64)
        /// Behind the end mark.
        case ended
    }

    private let visitor: any TarVisitor
    private let limits: ArchiveLimits
    private var state = State.header
    private var block = [UInt8](repeating: 0, count: TarHeader.blockSize)
    private var filled = 0
    private var offset: Int64 = 0
    private var blockStart: Int64 = 0
    private var zeroBlocks = 0
    private var entries = 0
    private var body: [UInt8] = []
    private var records = PAXRecords()
    private var longName: String?
    private var longLink: String?
    private var sparse: TarSparse?
    private var storedSize: Int64 = 0
    private var hasEntry = false

    init(visitor: any TarVisitor, limits: ArchiveLimits) {
        self.visitor = visitor
        self.limits = limits
    }

    /// Takes the next bytes. Throws ``ArchiveError``, or what the visitor throws.
    func push(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            let used = try step(rest)
            offset += Int64(used)
            rest = UnsafeRawBufferPointer(rebasing: rest[used...])
        }
    }

    /// Says that no more will come. Throws ``ArchiveError`` when the tar ends in the middle. The end mark may be
    /// missing: some writers leave it out.
    func finish() throws {
        switch state {
        case .header where filled == 0:
            if !hasEntry && zeroBlocks == 0 { throw ArchiveError(.notAnArchive, "is empty") }
        case .ended: break
        case .header where !hasEntry && offset < TarHeader.blockSize:
            throw ArchiveError(.notAnArchive, "is no tar")
        default: throw ArchiveError(.truncated, "tar: ends in the middle of an entry, after \(offset) bytes")
        }
    }

    /// Does what the state asks with the front of the bytes; returns how many were used.
    private func step(_ bytes: UnsafeRawBufferPointer) throws -> Int {
        switch state {
        case .header, .sparseHeader, .sparseMap:
            if filled == 0 { blockStart = offset }
            let count = min(bytes.count, TarHeader.blockSize - filled)
            block.withUnsafeMutableBytes { target in
                UnsafeMutableRawBufferPointer(rebasing: target[filled..<filled + count])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
            }
            filled += count
            if filled == TarHeader.blockSize {
                filled = 0
                try takeBlock()
            }
            return count
        case .extended(let typeflag, let remaining):
            let count = Int(min(Int64(bytes.count), remaining))
            body.append(contentsOf: bytes[..<count])
            if Int64(count) == remaining {
                try takeExtended(typeflag)
            } else {
                state = .extended(typeflag: typeflag, remaining: remaining - Int64(count))
            }
            return count
        case .content(let remaining):
            let count = Int(min(Int64(bytes.count), remaining))
            let piece = UnsafeRawBufferPointer(rebasing: bytes[..<count])
            if sparse != nil {
                try sparse?.push(piece) { try visitor.content($0) }
            } else {
                try visitor.content(piece)
            }
            if Int64(count) == remaining {
                try endEntry()
            } else {
                state = .content(remaining: remaining - Int64(count))
            }
            return count
        case .padding(let remaining):
            let count = Int(min(Int64(bytes.count), remaining))
            state = Int64(count) == remaining ? .header : .padding(remaining: remaining - Int64(count))
            return count
        case .ended:
            return bytes.count
        }
    }

    private func takeBlock() throws {
        switch state {
        case .sparseHeader(var header):
            try block.withUnsafeBytes { try header.extend($0) }
            if header.sparseContinues { state = .sparseHeader(header) } else { try begin(header) }
        case .sparseMap(let entry, let stored, let realSize):
            try takeSparseMap(entry, stored: stored, realSize: realSize)
        default:
            if block.withUnsafeBytes({ TarHeader.isZero($0) }) {
                zeroBlocks += 1
                if zeroBlocks == 2 { state = .ended }
                return
            }
            zeroBlocks = 0
            try take(try block.withUnsafeBytes { try TarHeader($0, at: blockStart) })
        }
    }

    private func take(_ header: TarHeader) throws {
        hasEntry = true
        switch header.typeflag {
        case UInt8(ascii: "x"), UInt8(ascii: "g"), UInt8(ascii: "X"), UInt8(ascii: "L"), UInt8(ascii: "K"):
            guard header.size <= limits.extendedHeaderBytes else {
                throw ArchiveError(
                    .limit,
                    "tar: an extended header has \(header.size) bytes, more than the limit of \(limits.extendedHeaderBytes)"
                )
            }
            body.removeAll(keepingCapacity: true)
            storedSize = header.size
            if header.size == 0 {
                try takeExtended(header.typeflag)
            } else {
                state = .extended(typeflag: header.typeflag, remaining: header.size)
            }
        case UInt8(ascii: "S") where header.sparseContinues:
            state = .sparseHeader(header)
        default:
            try begin(header)
        }
    }

    private func takeExtended(_ typeflag: UInt8) throws {
        switch typeflag {
        case UInt8(ascii: "L"): longName = String(decoding: body.prefix { $0 != 0 }, as: UTF8.self)
        case UInt8(ascii: "K"): longLink = String(decoding: body.prefix { $0 != 0 }, as: UTF8.self)
        // A global header holds for all entries; of what it may say nothing matters here (git writes a comment).
        case UInt8(ascii: "g"): break
        default: records = try PAXRecords(body)
        }
        pad()
    }

    private func begin(_ header: TarHeader) throws {
        let records = self.records
        let path = records.sparseName ?? records.path ?? longName ?? header.name
        let link = records.linkPath ?? longLink ?? header.linkTarget
        self.records = PAXRecords()
        longName = nil
        longLink = nil
        entries += 1
        guard entries <= limits.entries else {
            throw ArchiveError(.limit, "tar: has more than \(limits.entries) entries")
        }
        guard path.utf8.count <= limits.pathBytes, link.utf8.count <= limits.pathBytes else {
            throw ArchiveError(.limit, "tar: a name has more than \(limits.pathBytes) bytes")
        }
        let kind = Self.kind(header.typeflag, path: path)
        let hasBody =
            switch kind {
            case .file: true
            case .other(let flag): flag != UInt8(ascii: "3") && flag != UInt8(ascii: "4") && flag != UInt8(ascii: "6")
            case .folder, .symbolicLink, .hardLink: false
            }
        let stored = hasBody ? records.size ?? header.size : 0
        var entry = TarEntry(path: path, kind: kind, size: stored, linkTarget: link)
        storedSize = stored
        sparse = nil
        if header.typeflag == UInt8(ascii: "S") {
            sparse = try makeSparse(header.sparse, realSize: header.realSize, stored: stored)
            entry.size = header.realSize
        } else if records.sparseMajor == 1, let realSize = records.sparseRealSize {
            body.removeAll(keepingCapacity: true)
            entry.size = realSize
            state = .sparseMap(entry, stored: stored, realSize: realSize)
            return
        } else if let pieces = records.sparsePieces, let realSize = records.sparseRealSize {
            sparse = try makeSparse(pieces, realSize: realSize, stored: stored)
            entry.size = realSize
        }
        try start(entry, remaining: stored)
    }

    /// Form 1.0: the number of pieces, then offset and length of each, a line each, padded to a block.
    private func takeSparseMap(_ entry: TarEntry, stored: Int64, realSize: Int64) throws {
        body += block
        guard body.count <= limits.extendedHeaderBytes, Int64(body.count) <= stored else {
            throw ArchiveError(.corrupt, "tar: the map of a sparse entry does not end")
        }
        let lines = body.split(separator: 10, omittingEmptySubsequences: false).dropLast()
        guard let first = lines.first else { return }
        guard let count = Int(String(decoding: first, as: UTF8.self)), (0...TarSparse.pieceLimit).contains(count) else {
            throw ArchiveError(.corrupt, "tar: the map of a sparse entry is no list of numbers")
        }
        guard lines.count > 2 * count else { return }
        let numbers = lines.dropFirst().prefix(2 * count).compactMap { Int64(String(decoding: $0, as: UTF8.self)) }
        guard numbers.count == 2 * count, numbers.allSatisfy({ $0 >= 0 }) else {
            throw ArchiveError(.corrupt, "tar: the map of a sparse entry is no list of numbers")
        }
        let pieces = (0..<count).map { TarSparse.Piece(offset: numbers[2 * $0], length: numbers[2 * $0 + 1]) }
        let rest = stored - Int64(body.count)
        sparse = try makeSparse(pieces, realSize: realSize, stored: rest)
        storedSize = rest
        try start(entry, remaining: rest)
    }

    private func makeSparse(_ pieces: [TarSparse.Piece], realSize: Int64, stored: Int64) throws -> TarSparse {
        try TarSparse(pieces, realSize: realSize, storedSize: stored, limit: limits.sparseBytes)
    }

    private func start(_ entry: TarEntry, remaining: Int64) throws {
        try visitor.begin(entry)
        if remaining == 0 { try endEntry() } else { state = .content(remaining: remaining) }
    }

    private func endEntry() throws {
        try sparse?.finish { try visitor.content($0) }
        sparse = nil
        try visitor.end()
        pad()
    }

    private func pad() {
        let rest = storedSize % Int64(TarHeader.blockSize)
        state = rest == 0 ? .header : .padding(remaining: Int64(TarHeader.blockSize) - rest)
    }

    private static func kind(_ typeflag: UInt8, path: String) -> TarEntry.Kind {
        switch typeflag {
        case 0, UInt8(ascii: "0"), UInt8(ascii: "7"), UInt8(ascii: "S"): path.hasSuffix("/") ? .folder : .file
        case UInt8(ascii: "1"): .hardLink
        case UInt8(ascii: "2"): .symbolicLink
        case UInt8(ascii: "5"): .folder
        default: .other(typeflag)
        }
    }
}

/// The records of a pax extended header: `"%d key=value\n"`, the length counting itself (POSIX pax, "pax Extended
/// Header").
struct PAXRecords {
    var path: String?
    var linkPath: String?
    var size: Int64?
    /// GNU sparse forms 0.0, 0.1 and 1.0.
    var sparseMajor: Int?
    var sparseName: String?
    var sparseRealSize: Int64?
    var sparsePieces: [TarSparse.Piece]?

    init() {}

    init(_ bytes: [UInt8]) throws(ArchiveError) {
        var rest = bytes[...]
        var pendingOffset: Int64?
        while !rest.isEmpty {
            // Some writers pad with NULs.
            if rest.allSatisfy({ $0 == 0 }) { return }
            guard let space = rest.prefix(21).firstIndex(of: 32),
                let length = Int(String(decoding: rest[..<space], as: UTF8.self)), length > space - rest.startIndex + 2,
                length <= rest.count, rest[rest.startIndex + length - 1] == 10
            else { throw ArchiveError(.corrupt, "tar: an extended header has an invalid record") }
            let record = rest[(space + 1)..<(rest.startIndex + length - 1)]
            rest = rest.dropFirst(length)
            guard let equals = record.firstIndex(of: UInt8(ascii: "=")) else {
                throw ArchiveError(.corrupt, "tar: an extended header has a record without value")
            }
            try take(
                String(decoding: record[..<equals], as: UTF8.self), record[record.index(after: equals)...],
                &pendingOffset)
        }
    }

    private mutating func take(
        _ key: String, _ value: ArraySlice<UInt8>, _ pendingOffset: inout Int64?
    ) throws(ArchiveError) {
        func text() throws(ArchiveError) -> String {
            guard !value.contains(0) else { throw ArchiveError(.corrupt, "tar: a name holds a NUL") }
            return String(decoding: value, as: UTF8.self)
        }
        func number() throws(ArchiveError) -> Int64 {
            guard let number = Int64(String(decoding: value, as: UTF8.self)), number >= 0 else {
                throw ArchiveError(.corrupt, "tar: the extended header \(key) is no number")
            }
            return number
        }
        switch key {
        // An empty value takes a record of a global header back.
        case "path": path = value.isEmpty ? nil : try text()
        case "linkpath": linkPath = value.isEmpty ? nil : try text()
        case "size": size = value.isEmpty ? nil : try number()
        case "GNU.sparse.major": sparseMajor = Int(try number())
        case "GNU.sparse.name": sparseName = try text()
        case "GNU.sparse.realsize", "GNU.sparse.size": sparseRealSize = try number()
        case "GNU.sparse.offset": pendingOffset = try number()
        case "GNU.sparse.numbytes":
            guard let offset = pendingOffset else {
                throw ArchiveError(.corrupt, "tar: a sparse piece has no offset")
            }
            let length = try number()
            if sparsePieces == nil { sparsePieces = [] }
            sparsePieces?.append(.init(offset: offset, length: length))
            pendingOffset = nil
        case "GNU.sparse.map":
            let numbers = try text().split(separator: ",").map { Int64($0) }
            guard numbers.count.isMultiple(of: 2), !numbers.contains(where: { $0 ?? -1 < 0 }) else {
                throw ArchiveError(.corrupt, "tar: a sparse map is no list of numbers")
            }
            let values = numbers.compactMap { $0 }
            sparsePieces = stride(from: 0, to: values.count, by: 2).map {
                .init(offset: values[$0], length: values[$0 + 1])
            }
        default: break
        }
        if let sparsePieces, sparsePieces.count > TarSparse.pieceLimit {
            throw ArchiveError(.limit, "tar: a sparse entry has more than \(TarSparse.pieceLimit) pieces")
        }
    }
}

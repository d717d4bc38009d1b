/// How bytes are packed, told by their first bytes: media types and file names can lie.
package enum Packing: String, Sendable, CaseIterable {
    case none
    case gzip
    case zstd
    case xz
    case bzip2

    /// The first bytes that tell every packing.
    package static let prefixLength = 6

    /// What the first bytes say. Fewer than ``prefixLength`` are enough only at the end of the content.
    package init(firstBytes bytes: some Collection<UInt8>) {
        let bytes = Array(bytes.prefix(Self.prefixLength))
        switch bytes.count {
        case 3... where bytes.starts(with: [0x1F, 0x8B, 0x08]): self = .gzip
        case 4... where bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]): self = .zstd
        // A skippable frame comes first in some zstd streams: 0x184D2A50 to 0x184D2A5F, little-endian.
        case 4... where bytes[0] & 0xF0 == 0x50 && bytes[1...3].elementsEqual([0x2A, 0x4D, 0x18]): self = .zstd
        case 6... where bytes == [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]: self = .xz
        case 4... where bytes.starts(with: Array("BZh".utf8)) && (0x31...0x39).contains(bytes[3]): self = .bzip2
        default: self = .none
        }
    }
}

/// Unpacks a stream that arrives in pieces. Used by one thread at a time.
protocol Unpacker: AnyObject {
    /// Takes packed bytes and hands on what they unpack to. Throws ``ArchiveError`` when they are corrupt.
    func push(_ bytes: UnsafeRawBufferPointer, _ output: (UnsafeRawBufferPointer) throws -> Void) throws
    /// Says that no more will come. Throws ``ArchiveError`` when the stream ends in the middle.
    func finish() throws
}

extension Packing {
    /// An unpacker for these bytes; nil when there is nothing to unpack. Throws ``ArchiveError`` for a packing that
    /// is not read.
    func makeUnpacker() throws(ArchiveError) -> (any Unpacker)? {
        switch self {
        case .none: return nil
        case .gzip: return try GzipUnpacker()
        case .zstd: return try ZstdUnpacker()
        case .xz, .bzip2:
            let program = self == .xz ? "xz" : "bzip2"
            throw ArchiveError(
                .unsupported, "is packed with \(program), which is not read; unpack it first with \(program) -d")
        }
    }
}

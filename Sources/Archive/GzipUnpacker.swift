internal import CZlib

/// Unpacks gzip: any number of members one after the other, and zero bytes as padding behind the last (RFC 1952; as
/// pigz, eStargz and tapes write it).
final class GzipUnpacker: Unpacker {
    private enum State {
        /// Inside a member.
        case member
        /// Behind a member: the next byte begins another one, or is padding.
        case between
        case padding
    }

    // The handle is heap-allocated, because zlib keeps its address; it is freed with this object, and touched by the
    // one thread that feeds it.
    private let stream: UnsafeMutablePointer<z_stream>
    private let buffer: UnsafeMutableRawBufferPointer
    private var state = State.member
    private var members = 0

    init() throws(ArchiveError) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        buffer = .allocate(byteCount: 256 << 10, alignment: 16)
        guard inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw ArchiveError(.unreadable, "zlib could not start: memory is short")
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
        buffer.deallocate()
    }

    func push(_ bytes: UnsafeRawBufferPointer, _ output: (UnsafeRawBufferPointer) throws -> Void) throws {
        var rest = bytes
        while !rest.isEmpty {
            switch state {
            case .between:
                if rest[0] == 0 {
                    state = .padding
                } else {
                    inflateReset(stream)
                    state = .member
                }
            case .padding:
                guard rest.allSatisfy({ $0 == 0 }) else {
                    throw ArchiveError(.corrupt, "gzip stream: bytes that are no gzip follow member \(members)")
                }
                return
            case .member:
                rest = try inflateSome(rest, output)
            }
        }
    }

    /// Unpacks until the input is used up or the member ends; returns the input that is left.
    private func inflateSome(
        _ input: UnsafeRawBufferPointer, _ output: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> UnsafeRawBufferPointer {
        var offset = 0
        repeat {
            let count = min(input.count - offset, Int(UInt32.max / 2))
            let source = UnsafeMutableRawPointer(mutating: input.baseAddress)?.advanced(by: offset)
            stream.pointee.next_in = source?.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_in = UInt32(count)
            stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = UInt32(buffer.count)
            let status = inflate(stream, Z_NO_FLUSH)
            offset += count - Int(stream.pointee.avail_in)
            let produced = buffer.count - Int(stream.pointee.avail_out)
            if produced > 0 { try output(UnsafeRawBufferPointer(rebasing: buffer[..<produced])) }
            switch status {
            case Z_STREAM_END:
                members += 1
                state = .between
                return UnsafeRawBufferPointer(rebasing: input[offset...])
            case Z_OK, Z_BUF_ERROR:
                // A full buffer may hide more output: ask again, even without input.
                if offset == input.count && produced < buffer.count { return .init(start: nil, count: 0) }
            default:
                throw ArchiveError(.corrupt, "gzip stream: invalid data in member \(members + 1)")
            }
        } while true
    }

    func finish() throws {
        if state == .member { throw ArchiveError(.truncated, "gzip stream: ends inside member \(members + 1)") }
    }
}

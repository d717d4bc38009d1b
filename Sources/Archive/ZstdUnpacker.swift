internal import CZstd

/// Unpacks zstd: any number of frames, skippable ones among them (RFC 8878), with windows up to 128 MiB.
final class ZstdUnpacker: Unpacker {
    // Freed with this object, and touched by the one thread that feeds it.
    private let stream: OpaquePointer
    private let buffer: UnsafeMutableRawBufferPointer
    /// What the last call hinted: 0 exactly at the end of a frame.
    private var hint = 0
    private var frames = 0

    init() throws(ArchiveError) {
        guard let stream = ZSTD_createDStream() else {
            throw ArchiveError(.unreadable, "zstd could not start: memory is short")
        }
        self.stream = stream
        buffer = .allocate(byteCount: max(256 << 10, ZSTD_DStreamOutSize()), alignment: 16)
        ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, 27)
    }

    deinit {
        ZSTD_freeDStream(stream)
        buffer.deallocate()
    }

    func push(_ bytes: UnsafeRawBufferPointer, _ output: (UnsafeRawBufferPointer) throws -> Void) throws {
        guard !bytes.isEmpty else { return }
        var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
        var isFull = false
        while input.pos < input.size || isFull {
            var target = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
            let status = ZSTD_decompressStream(stream, &target, &input)
            guard ZSTD_isError(status) == 0 else {
                throw ArchiveError(
                    .corrupt,
                    "zstd stream: frame \(frames + 1): \(String(cString: ZSTD_getErrorName(status)).lowercased())")
            }
            hint = status
            if status == 0 { frames += 1 }
            if target.pos > 0 { try output(UnsafeRawBufferPointer(rebasing: buffer[..<target.pos])) }
            // At a frame's end nothing is left inside; asking again would begin a new frame.
            isFull = target.pos == target.size && status != 0
        }
    }

    func finish() throws {
        if hint != 0 { throw ArchiveError(.truncated, "zstd stream: ends inside frame \(frames + 1)") }
    }
}

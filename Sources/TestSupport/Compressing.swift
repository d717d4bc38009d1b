internal import CZlib
internal import CZstd
package import Foundation

/// Compresses for tests; the product itself only reads.
package enum Compressing {
    /// What compression was refused for.
    package struct Failure: Error {}

    /// One gzip member.
    package static func gzip(_ content: Data, level: Int32 = 6) throws -> Data {
        var stream = z_stream()
        guard
            deflateInit2_(
                &stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else { throw Failure() }
        defer { deflateEnd(&stream) }
        var input = [UInt8](content)
        var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(input.count))) + 64)
        let status = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(target.count)
                return deflate(&stream, Z_FINISH)
            }
        }
        guard status == Z_STREAM_END else { throw Failure() }
        return Data(output.prefix(Int(stream.total_out)))
    }

    /// One zstd frame.
    package static func zstd(_ content: Data, level: Int32 = 3) throws -> Data {
        let input = [UInt8](content)
        var output = [UInt8](repeating: 0, count: ZSTD_compressBound(input.count))
        let size = ZSTD_compress(&output, output.count, input, input.count, level)
        guard ZSTD_isError(size) == 0 else { throw Failure() }
        return Data(output.prefix(size))
    }
}

internal import Foundation

extension ArraySlice<UInt8> {
    /// Where the byte is first, from an index on. Lines are searched for several bytes that few of them have, which
    /// the C library does many times faster than a loop.
    func find(_ byte: UInt8, from start: Int? = nil) -> Int? {
        withUnsafeBytes { buffer in
            let offset = start.map { $0 - startIndex } ?? 0
            guard let base = buffer.baseAddress, offset < buffer.count,
                let found = memchr(base + offset, Int32(byte), buffer.count - offset)
            else { return nil }
            return startIndex + base.distance(to: UnsafeRawPointer(found))
        }
    }
}

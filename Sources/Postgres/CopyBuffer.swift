/// A piece of a binary COPY on its way to or from the server.
///
/// Safety: it has one owner at a time. The connection's thread and the task that reads or writes rows hand it to each
/// other and never touch it at once.
@usableFromInline
package final class CopyBuffer: @unchecked Sendable {
    @usableFromInline package private(set) var base: UnsafeMutableRawPointer
    @usableFromInline package private(set) var capacity: Int
    @usableFromInline package var count = 0

    init(capacity: Int) {
        self.capacity = capacity
        base = .allocate(byteCount: capacity, alignment: 16)
    }

    deinit { base.deallocate() }

    var space: Int { capacity - count }
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    /// Makes room for more bytes behind those that are there.
    @usableFromInline
    func grow(_ more: Int) {
        capacity = max(capacity * 2, count + more)
        let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
        larger.copyMemory(from: base, byteCount: count)
        base.deallocate()
        base = larger
    }

    /// Appends a whole number, big-endian.
    @inlinable
    func append(_ number: some FixedWidthInteger) {
        let size = MemoryLayout.size(ofValue: number)
        if count + size > capacity { grow(size) }
        base.storeBytes(of: number.bigEndian, toByteOffset: count, as: type(of: number))
        count += size
    }

    @inlinable
    func append(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return }
        if count + bytes.count > capacity { grow(bytes.count) }
        (base + count).copyMemory(from: start, byteCount: bytes.count)
        count += bytes.count
    }

    /// Replaces a number that was appended before its value was known.
    @inlinable
    func replace(at offset: Int, with number: some FixedWidthInteger) {
        base.storeBytes(of: number.bigEndian, toByteOffset: offset, as: type(of: number))
    }
}

/// What frames a binary COPY (PostgreSQL manual, COPY, "Binary Format").
enum CopyFormat {
    /// `PGCOPY\n\377\r\n\0`
    static let signature: [UInt8] = [0x50, 0x47, 0x43, 0x4F, 0x50, 0x59, 0x0A, 0xFF, 0x0D, 0x0A, 0x00]
    /// Bytes that are gathered before they go to the server or to the reader.
    static let pieceBytes = 256 << 10
    /// A row that would take more is refused.
    static let maximumRowBytes = 1 << 30
}

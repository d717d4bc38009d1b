import Foundation

/// Where an archive's bytes come from: a file, or standard input. Used by one thread at a time.
final class ByteSource {
    private let descriptor: Int32
    private let isOwned: Bool
    private let isRegular: Bool
    /// Bytes that the file has; nil for a pipe.
    let size: Int64?
    /// Bytes read so far.
    private(set) var bytesRead: Int64 = 0

    /// Opens a file. Throws ``ArchiveError``.
    init(path: String) throws(ArchiveError) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else {
            throw ArchiveError(.unreadable, "\(path): \(String(cString: strerror(errno)).lowercased())")
        }
        isOwned = true
        var status = stat()
        fstat(descriptor, &status)
        isRegular = status.st_mode & S_IFMT == S_IFREG
        size = isRegular ? Int64(status.st_size) : nil
    }

    /// Reads from a descriptor that someone else opened and closes.
    init(descriptor: Int32) {
        self.descriptor = descriptor
        isOwned = false
        var status = stat()
        fstat(descriptor, &status)
        isRegular = status.st_mode & S_IFMT == S_IFREG
        size = isRegular ? Int64(status.st_size) : nil
    }

    deinit { if isOwned { close(descriptor) } }

    /// Reads some bytes; 0 at the end. Waits for a pipe a little at a time, so that `isCancelled` is seen. Throws
    /// ``ArchiveError``, or `CancellationError`.
    func read(into buffer: UnsafeMutableRawBufferPointer, isCancelled: () -> Bool) throws -> Int {
        while true {
            if isCancelled() { throw CancellationError() }
            if !isRegular {
                var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                if poll(&poller, 1, 100) == 0 { continue }
            }
            let count = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 {
                bytesRead += Int64(count)
                return count
            }
            guard errno == EINTR || errno == EAGAIN else {
                throw ArchiveError(.unreadable, "reading fails: \(String(cString: strerror(errno)).lowercased())")
            }
        }
    }
}

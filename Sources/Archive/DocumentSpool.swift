import Foundation

/// Keeps the JSON documents of an archive: the first ones in memory, the rest in a temporary file that has no name.
/// Written by one thread; read by any, once written.
final class DocumentSpool: @unchecked Sendable {
    // Safety: `keep` is called by the one thread that scans, before the spool is handed on; afterwards it only reads,
    // with `pread`, which needs no lock.
    private enum Place {
        case memory(Data)
        case file(offset: Int64, count: Int)
    }

    private static let memoryLimit = 64 << 20

    private var places: [String: Place] = [:]
    private var memoryBytes = 0
    private var fileBytes: Int64 = 0
    private var descriptor: Int32 = -1
    private let limit: Int64

    init(limit: Int64) { self.limit = limit }

    deinit { if descriptor >= 0 { close(descriptor) } }

    var paths: some Collection<String> { places.keys }

    /// Keeps a document under its path; a later one takes the place of an earlier.
    func keep(_ content: Data, at path: String) throws(ArchiveError) {
        if memoryBytes + content.count <= Self.memoryLimit {
            memoryBytes += content.count
            places[path] = .memory(content)
            return
        }
        guard fileBytes + Int64(content.count) <= limit else {
            throw ArchiveError(.limit, "the archive's JSON documents have more than \(limit) bytes")
        }
        if descriptor < 0 { descriptor = try Self.openUnnamed() }
        var written = 0
        while written < content.count {
            let count = content.withUnsafeBytes { bytes in
                pwrite(
                    descriptor, bytes.baseAddress?.advanced(by: written), content.count - written,
                    off_t(fileBytes) + off_t(written))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                throw ArchiveError(
                    .unreadable, "a temporary file cannot be written: \(String(cString: strerror(errno)))")
            }
            written += count
        }
        places[path] = .file(offset: fileBytes, count: content.count)
        fileBytes += Int64(content.count)
    }

    /// A document; nil when none was kept under the path.
    func document(at path: String) throws(ArchiveError) -> Data? {
        switch places[path] {
        case nil: return nil
        case .memory(let content): return content
        case .file(let offset, let count):
            var content = Data(count: count)
            var read = 0
            while read < count {
                let step = content.withUnsafeMutableBytes { bytes in
                    pread(descriptor, bytes.baseAddress?.advanced(by: read), count - read, off_t(offset) + off_t(read))
                }
                if step < 0 && errno == EINTR { continue }
                guard step > 0 else { throw ArchiveError(.unreadable, "a temporary file cannot be read back") }
                read += step
            }
            return content
        }
    }

    private static func openUnnamed() throws(ArchiveError) -> Int32 {
        let template = FileManager.default.temporaryDirectory.appending(path: "layerscope-XXXXXX").path
        var name = Array(template.utf8CString)
        let descriptor = mkstemp(&name)
        guard descriptor >= 0 else {
            throw ArchiveError(
                .unreadable, "a temporary file cannot be made in \(FileManager.default.temporaryDirectory.path)")
        }
        unlink(name)
        return descriptor
    }
}

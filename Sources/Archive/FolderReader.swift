import Foundation
import ImageModel
import Synchronization

/// Reads an archive that lies unpacked in a folder: an OCI layout, or an unpacked `docker save`. Files are measured
/// side by side.
struct FolderReader: Sendable {
    let limits: ArchiveLimits
    let progress: @Sendable (Int64, Int64?) -> Void
    let isCancelled: @Sendable () -> Bool

    private static let marks = ["oci-layout", "index.json", "manifest.json", "repositories"]
    /// Layouts are three deep (`blobs/sha256/…`), unpacked archives two.
    private static let depthLimit = 3

    private struct Found: Sendable {
        var path: String
        var place: String
        var bytes: Int64
    }

    func read(_ folder: String) throws -> ArchiveContent {
        guard Self.marks.contains(where: { FileManager.default.fileExists(atPath: folder + "/" + $0) }) else {
            throw ArchiveError(
                .notAnArchive, "\(folder) is no image layout: it has no oci-layout, index.json or manifest.json")
        }
        var found: [Found] = []
        try list(folder, under: "", depth: 1, into: &found)
        let total = found.reduce(0) { $0 + $1.bytes }
        let scanned = try measure(found, total: total)
        let scanner = ArchiveScanner(limits: limits)
        var content = scanner.finished(storedBytes: total, packing: .none, damage: nil)
        for (file, document) in scanned {
            content.files[file.path] = file
            if let document { try content.documents.keep(document, at: file.path) }
        }
        return content
    }

    /// Lists regular files. Symbolic links are followed, as build tools make layouts of them; what they lead to is
    /// measured like any blob, and has to fit its digest.
    private func list(_ folder: String, under prefix: String, depth: Int, into found: inout [Found]) throws {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        } catch {
            throw ArchiveError(.unreadable, "\(folder) cannot be listed")
        }
        for name in names {
            if isCancelled() { throw CancellationError() }
            let place = folder + "/" + name
            var status = stat()
            guard stat(place, &status) == 0 else { continue }
            let path = prefix + name
            switch status.st_mode & S_IFMT {
            case S_IFDIR where depth < Self.depthLimit:
                try list(place, under: path + "/", depth: depth + 1, into: &found)
            case S_IFREG:
                found.append(Found(path: path, place: place, bytes: Int64(status.st_size)))
                guard found.count <= limits.entries else {
                    throw ArchiveError(.limit, "the folder has more than \(limits.entries) files")
                }
            default: break
            }
        }
    }

    private struct Shared {
        var next = 0
        var doneBytes: Int64 = 0
        var results: [(ArchivedFile, Data?)] = []
        var failure: (any Error)?
    }

    private func measure(_ found: [Found], total: Int64) throws -> [(ArchivedFile, Data?)] {
        let shared = Mutex(Shared())
        let workers = min(max(1, ProcessInfo.processInfo.activeProcessorCount), 8, max(1, found.count))
        DispatchQueue.concurrentPerform(iterations: workers) { _ in
            while true {
                let index = shared.withLock { state -> Int? in
                    guard state.failure == nil, state.next < found.count else { return nil }
                    state.next += 1
                    return state.next - 1
                }
                guard let index else { return }
                do {
                    let result = try measure(found[index])
                    let done = shared.withLock { state in
                        state.results.append(result)
                        state.doneBytes += found[index].bytes
                        return state.doneBytes
                    }
                    progress(done, total)
                } catch {
                    shared.withLock { $0.failure = $0.failure ?? error }
                }
            }
        }
        return try shared.withLock { state in
            if let failure = state.failure { throw failure }
            return state.results
        }
    }

    private func measure(_ found: Found) throws -> (ArchivedFile, Data?) {
        let source = try ByteSource(path: found.place)
        let meter = BlobMeter(ArchiveScanner.algorithms(for: found.path), limits: limits)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        var document: Data? = found.bytes <= limits.documentBytes ? Data() : nil
        while true {
            let count = try source.read(into: buffer, isCancelled: isCancelled)
            if count == 0 { break }
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            meter.push(bytes)
            if document?.isEmpty == true, !limits.keepsEveryFile, let first = bytes.first,
                !ArchiveScanner.mayBeDocument(first)
            {
                document = nil
            }
            document?.append(contentsOf: bytes)
            if document?.count ?? 0 > limits.documentBytes { document = nil }
        }
        if document?.isEmpty == true { document = nil }
        return (ArchivedFile(path: found.path, measure: meter.finish()), document)
    }
}

import Foundation
import Synchronization

/// Reads a whole archive: a tar, plain or packed, from a file or standard input, or a folder.
package struct ArchiveReader: Sendable {
    package var limits: ArchiveLimits
    /// Told of progress: bytes read, and bytes there are, if known. Called from the thread that reads.
    package var progress: @Sendable (Int64, Int64?) -> Void

    package init(
        limits: ArchiveLimits = ArchiveLimits(), progress: @escaping @Sendable (Int64, Int64?) -> Void = { _, _ in }
    ) {
        self.limits = limits
        self.progress = progress
    }

    /// Reads the archive at a path; `-` is standard input. Reading and hashing happen on threads of their own. Throws
    /// ``ArchiveError`` when nothing of it can be read, `CancellationError` when the task is cancelled. An archive that
    /// is damaged half way is returned as far as it goes, with its ``ArchiveContent/damage``.
    package func read(path: String) async throws -> ArchiveContent {
        try await offThread { isCancelled in
            if path == "-" { return try readTar(ByteSource(descriptor: 0), isCancelled) }
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
                return try FolderReader(limits: limits, progress: progress, isCancelled: isCancelled).read(path)
            }
            return try readTar(ByteSource(path: path), isCancelled)
        }
    }

    /// Reads a tar from a descriptor, to its end. The descriptor stays open.
    package func read(descriptor: Int32) async throws -> ArchiveContent {
        try await offThread { isCancelled in try readTar(ByteSource(descriptor: descriptor), isCancelled) }
    }

    private func readTar(_ source: ByteSource, _ isCancelled: () -> Bool) throws -> ArchiveContent {
        let scanner = ArchiveScanner(limits: limits)
        let parser = TarParser(visitor: scanner, limits: limits)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        var packing = Packing.none
        var damage: ArchiveError?
        var unpacked: Int64 = 0
        do {
            let first = try fill(buffer, from: source, isCancelled)
            packing = Packing(firstBytes: buffer.prefix(first))
            let unpacker = try packing.makeUnpacker()
            var count = first
            while count > 0 {
                let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                if let unpacker {
                    try unpacker.push(bytes) {
                        if isCancelled() { throw CancellationError() }
                        unpacked += Int64($0.count)
                        guard unpacked <= max(1 << 30, source.bytesRead * limits.expansion) else {
                            throw ArchiveError(.limit, "unpacks to more than \(limits.expansion) times its bytes")
                        }
                        try parser.push($0)
                    }
                } else {
                    try parser.push(bytes)
                }
                progress(source.bytesRead, source.size)
                count = try source.read(into: buffer, isCancelled: isCancelled)
            }
            try unpacker?.finish()
            try parser.finish()
        } catch let error as ArchiveError {
            // What came before the damage is worth telling; if nothing did, there is nothing to tell.
            if scanner.content.files.isEmpty { throw error }
            damage = error
        }
        return scanner.finished(storedBytes: source.bytesRead, packing: packing, damage: damage)
    }

    /// Reads until there is enough to tell the packing.
    private func fill(
        _ buffer: UnsafeMutableRawBufferPointer, from source: ByteSource, _ isCancelled: () -> Bool
    ) throws -> Int {
        var count = 0
        while count < Packing.prefixLength {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
            let step = try source.read(into: rest, isCancelled: isCancelled)
            if step == 0 { break }
            count += step
        }
        return count
    }

    /// Runs blocking work on a thread that is not one of the cooperative pool's.
    private func offThread<Result: Sendable>(
        _ work: @escaping @Sendable (_ isCancelled: @escaping @Sendable () -> Bool) throws -> Result
    ) async throws -> Result {
        try Task.checkCancellation()
        let flag = CancellationFlag()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let thread = Thread {
                    continuation.resume(with: Swift.Result { try work { flag.isSet } })
                }
                thread.stackSize = 1 << 20
                thread.name = "archive"
                thread.start()
            }
        } onCancel: {
            flag.set()
        }
    }
}

/// Carries a cancellation to a thread that no task runs on.
private final class CancellationFlag: Sendable {
    private let value = Atomic(false)
    var isSet: Bool { value.load(ordering: .relaxed) }
    func set() { value.store(true, ordering: .relaxed) }
}

import CoreFoundation
import Foundation
import Glibc

/// A folder that is held open, and what is asked of it by name: nothing is written, nothing is locked. Symbolic links
/// are followed, as registries do.
final class StorageFolder {
    /// What an entry of a folder is.
    enum Kind: Equatable {
        case folder
        case file
        /// A device, a socket, or a link that leads nowhere.
        case other
    }

    struct Entry {
        /// Lossy when ``isText`` is false.
        var name: String
        /// Whether the name is UTF-8 without control characters. Others are never opened: no registry writes them.
        var isText: Bool
        var kind: Kind
    }

    /// What a file says of itself.
    struct Status {
        var kind: Kind
        var bytes: Int64
        var modified: timespec
        var device: UInt64
        var inode: UInt64

        var modifiedAt: Date {
            Date(timeIntervalSince1970: Double(modified.tv_sec) + Double(modified.tv_nsec) / 1_000_000_000)
        }
    }

    let descriptor: Int32

    init(path: String) throws(StorageProblem) {
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor < 0 { throw .failed(errno) }
    }

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// The folder of a name.
    func folder(_ name: String) throws(StorageProblem) -> StorageFolder {
        let opened = openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if opened < 0 { throw problem(errno, name) }
        return StorageFolder(descriptor: opened)
    }

    /// What lies in the folder, by name.
    func entries() throws(StorageProblem) -> [Entry] {
        let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0 else { throw .failed(errno) }
        guard let stream = fdopendir(copy) else {
            let reason = errno
            close(copy)
            throw .failed(reason)
        }
        defer { closedir(stream) }
        var found: [Entry] = []
        while true {
            errno = 0
            guard let next = readdir(stream) else { break }
            let (name, isText) = Self.name(of: next)
            if name == "." || name == ".." { continue }
            let kind: Kind =
                switch Int(next.pointee.d_type) {
                case Int(DT_DIR): .folder
                case Int(DT_REG): .file
                default: isText ? status(name)?.kind ?? .other : .other
                }
            found.append(Entry(name: name, isText: isText, kind: kind))
        }
        if errno != 0 { throw .failed(errno) }
        return found.sorted { $0.name < $1.name }
    }

    private static func name(of entry: UnsafeMutablePointer<dirent>) -> (String, isText: Bool) {
        withUnsafePointer(to: &entry.pointee.d_name) { tuple in
            tuple.withMemoryRebound(to: UInt8.self, capacity: 256) { start in
                let bytes = UnsafeBufferPointer(start: start, count: strlen(UnsafePointer<CChar>(OpaquePointer(start))))
                let isPlain = bytes.allSatisfy { $0 >= 32 && $0 != 127 }
                if isPlain, let name = String(validating: bytes, as: UTF8.self) { return (name, true) }
                let lossy = String(decoding: bytes, as: UTF8.self)
                return (String(lossy.unicodeScalars.map { $0.value < 32 ? "\u{FFFD}" : Character($0) }), false)
            }
        }
    }

    /// What a path below the folder is; nil when there is nothing, or it cannot be looked at.
    func status(_ path: String, follow: Bool = true) -> Status? {
        var found = stat()
        guard fstatat(descriptor, path, &found, follow ? 0 : AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
        return Status(found)
    }

    /// What the folder itself is.
    func status() -> Status? {
        var found = stat()
        return fstat(descriptor, &found) == 0 ? Status(found) : nil
    }

    /// A small file, whole.
    func read(_ path: String, limit: Int) throws(StorageProblem) -> (content: [UInt8], status: Status) {
        try Self.read(path, in: descriptor, limit: limit)
    }

    /// A small file below an open folder, whole.
    static func read(
        _ path: String, in folder: Int32, limit: Int
    ) throws(StorageProblem) -> (content: [UInt8], status: Status) {
        // A pipe that nobody writes to must not hold us up.
        let file = openat(folder, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        if file < 0 { throw problem(errno, path, in: folder) }
        defer { close(file) }
        var found = stat()
        guard fstat(file, &found) == 0 else { throw .failed(errno) }
        let status = Status(found)
        guard status.kind == .file else { throw .notAFile }
        guard status.bytes <= limit else { throw .tooLarge(status.bytes) }
        var failure: Int32 = 0
        // One byte more than there should be: a file that grows shows.
        let content = [UInt8](unsafeUninitializedCapacity: Int(status.bytes) + 1) { buffer, count in
            while count < buffer.count {
                let step = Foundation.read(file, buffer.baseAddress?.advanced(by: count), buffer.count - count)
                if step < 0 && errno == EINTR { continue }
                if step < 0 { failure = errno }
                if step <= 0 { break }
                count += step
            }
        }
        if failure != 0 { throw .failed(failure) }
        if content.count != Int(status.bytes) { throw .moved }
        return (content, status)
    }

    private func problem(_ reason: Int32, _ name: String) -> StorageProblem {
        Self.problem(reason, name, in: descriptor)
    }

    /// What is not found was there when it was listed, unless it is a link that leads nowhere.
    private static func problem(_ reason: Int32, _ path: String, in folder: Int32) -> StorageProblem {
        var found = stat()
        guard reason == ENOENT, fstatat(folder, path, &found, AT_SYMLINK_NOFOLLOW) != 0 else { return .failed(reason) }
        return .moved
    }
}

extension StorageFolder.Status {
    init(_ found: stat) {
        kind =
            switch found.st_mode & S_IFMT {
            case S_IFDIR: .folder
            case S_IFREG: .file
            default: .other
            }
        bytes = Int64(found.st_size)
        modified = found.st_mtim
        device = UInt64(found.st_dev)
        inode = UInt64(found.st_ino)
    }

    /// Whether it was written after a moment.
    func isNewer(than moment: timespec) -> Bool {
        (modified.tv_sec, modified.tv_nsec) > (moment.tv_sec, moment.tv_nsec)
    }
}

extension StorageProblem {
    /// The reason, in words.
    var text: String {
        switch self {
        case .moved: "went or changed while it was read"
        case .failed(ENOENT): "is a link that leads nowhere"
        case .failed(let reason): "cannot be read: " + String(cString: strerror(reason)).lowercased()
        case .notAFile: "is no file"
        case .tooLarge(let bytes): "has \(bytes) bytes, which is too many"
        }
    }

    /// What the operator can do about it.
    var hint: String {
        switch self {
        case .moved: "the registry was writing: collect again"
        case .failed, .notAFile: "check who may read the storage folder, and its disk"
        case .tooLarge: "look at who wrote it"
        }
    }
}

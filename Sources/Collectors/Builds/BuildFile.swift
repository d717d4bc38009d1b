import Archive
package import BuildLog
import Foundation
import ImageModel

/// What a file told of builds.
package struct BuildFileReading: Sendable, Equatable {
    /// In the order in which they stand there. The lines of a record are its number in the file.
    package var builds: [FoundBuild]
    /// What could not be read, and belongs to none of the builds.
    package var gaps: [String]

    package init(builds: [FoundBuild], gaps: [String]) {
        self.builds = builds
        self.gaps = gaps
    }
}

/// A file that tells of builds, whatever kind it is: a log, or exported build records (a packed or plain tar of an OCI
/// layout, or such a layout in a folder). Told by its content, as names can lie.
package enum BuildFile {
    private static let chunkBytes = 1 << 18
    /// Records from standard input are kept in a file while they are read, up to this size.
    private static let spoolLimit: Int64 = 1 << 30

    /// Reads the builds of the file or folder at a path; `-` is standard input. Throws ``BuildLog/BuildLogError`` for a
    /// log without builds, ``Archive/ArchiveError`` for a file that cannot be opened or holds no records, and
    /// `CancellationError`.
    package static func readBuilds(path: String) async throws -> BuildFileReading {
        if isFolder(path) { return try await readRecords(path: path) }
        let file = try open(path)
        defer { if path != "-" { try? file.close() } }
        let head = try fill(file)
        guard let kind = BuildFileKind(head) else { return try readLog(file, head: head) }
        switch kind {
        case .archive where path != "-": return try await readRecords(path: path)
        case .archive: return try await spooled(file, head: head)
        case .zip:
            throw ArchiveError(.unsupported, "\(path) is a zip file, as CI systems pack artifacts; unpack it first")
        }
    }

    /// Reads a metadata file of buildx (`--metadata-file`). Throws ``Archive/ArchiveError`` when it cannot be opened,
    /// ``ImageModel/ImageModelError`` when it is no such file.
    package static func readMetadata(path: String) throws -> [BuildMetadata] {
        let file = try open(path)
        defer { if path != "-" { try? file.close() } }
        let data = try file.read(upToCount: BuildMetadata.byteLimit + 1) ?? Data()
        return try BuildMetadata.parse(data)
    }

    private static func readLog(_ file: FileHandle, head: Data) throws -> BuildFileReading {
        var reader = BuildLogReader()
        reader.read(Array(head)[...])
        while let chunk = try file.read(upToCount: chunkBytes), !chunk.isEmpty {
            try Task.checkCancellation()
            reader.read(Array(chunk)[...])
        }
        let content = try reader.finish()
        return BuildFileReading(builds: content.builds, gaps: content.gaps)
    }

    private static func readRecords(path: String) async throws -> BuildFileReading {
        do {
            let reader = ArchiveReader(limits: BuildRecordReader.archiveLimits)
            return try BuildRecordReader.read(try await reader.read(path: path))
        } catch let error as ArchiveError where !error.message.hasPrefix(path) {
            throw ArchiveError(error.kind, "\(path): \(error.message)")
        }
    }

    /// Puts standard input into a file of its own, as what was read to tell its kind cannot be given back.
    private static func spooled(_ file: FileHandle, head: Data) async throws -> BuildFileReading {
        let place = FileManager.default.temporaryDirectory.appending(path: "layerscope-records-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: place) }
        guard FileManager.default.createFile(atPath: place.path, contents: head, attributes: [.posixPermissions: 0o600])
        else { throw ArchiveError(.unreadable, "a temporary file cannot be made: \(place.path)") }
        let spool = try FileHandle(forWritingTo: place)
        defer { try? spool.close() }
        var size = Int64(try spool.seekToEnd())
        while let chunk = try file.read(upToCount: chunkBytes), !chunk.isEmpty {
            try Task.checkCancellation()
            size += Int64(chunk.count)
            guard size <= spoolLimit else {
                throw ArchiveError(.limit, "standard input has more than \(spoolLimit) bytes of records")
            }
            try spool.write(contentsOf: chunk)
        }
        do {
            let reader = ArchiveReader(limits: BuildRecordReader.archiveLimits)
            return try BuildRecordReader.read(try await reader.read(path: place.path))
        } catch let error as ArchiveError {
            throw ArchiveError(error.kind, "standard input: \(error.message)")
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    private static func open(_ path: String) throws -> FileHandle {
        if path == "-" { return FileHandle.standardInput }
        let descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else {
            throw ArchiveError(.unreadable, "\(path): \(String(cString: strerror(errno)).lowercased())")
        }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    /// Reads until there is enough to tell the kind.
    private static func fill(_ file: FileHandle) throws -> Data {
        var head = Data()
        while head.count < BuildFileKind.prefixLength,
            let chunk = try file.read(upToCount: BuildFileKind.prefixLength - head.count), !chunk.isEmpty
        {
            head.append(chunk)
        }
        return head
    }
}

/// What a file is that is no text.
enum BuildFileKind: Sendable {
    case archive
    case zip

    /// The first bytes that tell every kind.
    static let prefixLength = 512

    /// Nil for what may be a log.
    init?(_ head: Data) {
        let bytes = Array(head)
        if Packing(firstBytes: bytes) != .none {
            self = .archive
        } else if bytes.count >= 262, bytes[257..<262].elementsEqual("ustar".utf8) {
            self = .archive
        } else if bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
            self = .zip
        } else {
            return nil
        }
    }
}

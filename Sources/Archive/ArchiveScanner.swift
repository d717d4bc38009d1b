import Foundation
import ImageModel

/// Measures the files of an archive as they come by, and keeps what may be a JSON document. Used by one thread at a
/// time.
final class ArchiveScanner: TarVisitor {
    private(set) var content: ArchiveContent
    private let limits: ArchiveLimits
    private var entry: TarEntry?
    private var path: String?
    private var meter: BlobMeter?
    private var kept: Data?

    init(limits: ArchiveLimits) {
        self.limits = limits
        content = ArchiveContent(documents: DocumentSpool(limit: limits.allDocumentBytes))
    }

    /// The hashes that a file's path asks for: blobs of a layout may be named by sha512.
    static func algorithms(for path: String) -> [Digest.Algorithm] {
        path.hasPrefix("blobs/sha512/") ? [.sha256, .sha512] : [.sha256]
    }

    /// Whether bytes may be a document that is worth keeping, by the first of them.
    static func mayBeDocument(_ first: UInt8) -> Bool {
        switch first {
        case UInt8(ascii: "{"), UInt8(ascii: "["), 0x20, 0x0A, 0x0D, 0x09, 0xEF, UInt8(ascii: "n"): true
        default: false
        }
    }

    func begin(_ entry: TarEntry) throws {
        self.entry = entry
        path = nil
        meter = nil
        kept = nil
        guard entry.kind != .folder else { return }
        guard let place = ArchivePath.normalized(entry.path) else {
            refuse(entry.path)
            return
        }
        path = place
        switch entry.kind {
        case .file:
            meter = BlobMeter(Self.algorithms(for: place), limits: limits)
            if entry.size > 0 && entry.size <= limits.documentBytes { kept = Data() }
        case .symbolicLink, .hardLink:
            // A hard link names its target from the root, a symbolic one from where it stands.
            let target =
                entry.kind == .hardLink
                ? ArchivePath.normalized(entry.linkTarget)
                : ArchivePath.resolved(link: place, target: entry.linkTarget)
            guard let target else {
                refuse(entry.path)
                return
            }
            content.files[place] = nil
            content.links[place] = target
        case .folder, .other: break
        }
    }

    func content(_ bytes: UnsafeRawBufferPointer) throws {
        meter?.push(bytes)
        guard let first = bytes.first, let size = kept?.count else { return }
        if size == 0 && !limits.keepsEveryFile && !Self.mayBeDocument(first) {
            kept = nil
        } else {
            kept?.append(contentsOf: bytes)
        }
    }

    func end() throws {
        guard let path, let meter else { return }
        content.files[path] = ArchivedFile(path: path, measure: meter.finish())
        content.links[path] = nil
        if let kept, !kept.isEmpty { try content.documents.keep(kept, at: path) }
        self.meter = nil
        self.kept = nil
    }

    /// Ends the scan: what was read, from how many bytes, and what stopped it.
    func finished(storedBytes: Int64, packing: Packing, damage: ArchiveError?) -> ArchiveContent {
        content.storedBytes = storedBytes
        content.packing = packing
        content.damage = damage
        return content
    }

    private func refuse(_ path: String) {
        if content.refused.count < 10 { content.refused.append(quoted(path)) }
    }
}

import Foundation
import ImageModel
import Reporting

/// The folder that reports are written to, one after the other. A listing of the CSV files, in the format of
/// `sha256sum`, tells the next report which of them are an earlier one's: those go when the new one has no such table.
/// A file that is not listed, or was changed since, is somebody else's and stays.
struct ReportFolder {
    /// The listing's path below the folder.
    static let listing = "csv/SHA256SUMS"
    /// No listing of ours is longer.
    private static let listingLimit = 16 << 20

    private let folder: URL

    init(_ folder: URL) { self.folder = folder }

    /// A file as the listing has it.
    private struct Entry: Hashable {
        var hex: String
        /// The path below the listing's own folder.
        var name: String

        var line: String { "\(hex)  \(name)\n" }
    }

    /// Writes every file whole or not at all. Throws ``CommandFailure`` that names the file.
    func write(_ files: [ReportFile]) throws {
        let earlier = entries()
        let entries = files.compactMap { file -> Entry? in
            guard file.path.hasPrefix("csv/") else { return nil }
            return Entry(hex: Digest.of(Array(file.content.utf8)).hex, name: String(file.path.dropFirst("csv/".count)))
        }
        // Both reports' files are listed until one of them is whole: also what is left by a run that is killed goes.
        try write(list(entries + earlier.filter { !entries.contains($0) }), to: Self.listing)
        for file in files { try write(file.content, to: file.path) }
        let names = Set(entries.map(\.name))
        for entry in earlier where !names.contains(entry.name) { try remove(entry) }
        try write(list(entries), to: Self.listing)
    }

    private func list(_ entries: [Entry]) -> String { entries.map(\.line).joined() }

    private func write(_ content: String, to path: String) throws {
        let target = folder.appending(path: path)
        do {
            try FileManager.default.createDirectory(
                at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(content.utf8).write(to: target, options: .atomic)
        } catch {
            let isFull = (error as? CocoaError)?.code == .fileWriteOutOfSpace
            throw CommandFailure(
                .unavailable,
                "\(target.path): \(isFull ? "the disk is full" : "it cannot be written"); "
                    + "choose another folder with --output")
        }
    }

    /// What the listing names, of what could be ours: CSV files below its own folder.
    private func entries() -> [Entry] {
        guard let handle = try? FileHandle(forReadingFrom: folder.appending(path: Self.listing)),
            let content = try? handle.read(upToCount: Self.listingLimit)
        else { return [] }
        return String(decoding: content, as: UTF8.self).split(separator: "\n").compactMap { line in
            let hex = String(line.prefix { $0 != " " })
            guard line.dropFirst(hex.count).hasPrefix("  ") else { return nil }
            let name = String(line.dropFirst(hex.count + 2))
            let parts = name.split(separator: "/", omittingEmptySubsequences: false)
            guard name.hasSuffix(".csv"), !parts.contains(where: { ["", ".", ".."].contains($0) }) else { return nil }
            return Entry(hex: hex, name: name)
        }
    }

    /// Removes an earlier report's file, and its folder when nothing else is in it.
    private func remove(_ entry: Entry) throws {
        let file = folder.appending(path: "csv").appending(path: entry.name)
        guard let content = try? Data(contentsOf: file), Digest.of(content).hex == entry.hex else { return }
        do { try FileManager.default.removeItem(at: file) } catch {
            throw CommandFailure(
                .unavailable, "\(file.path) is an earlier report's and cannot be removed; remove it by hand")
        }
        // Fails where something else is in it, which is then to stay.
        if entry.name.contains("/") { rmdir(file.deletingLastPathComponent().path) }
    }
}

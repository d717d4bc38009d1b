import Figures
import Foundation
import ImageModel

/// A file of what must stay: one digest, image ID or name a line (`sha256:…`, `team/app@sha256:…`, `team/app:1.2`,
/// `team/app` for all of its tags); `#` begins a comment.
enum PinnedFile {
    /// Why a file or a line of it cannot be taken.
    struct Failure: Error, CustomStringConvertible {
        var path: String
        var reason: String

        var description: String { "\(path): \(reason)" }
    }

    /// The largest file that is read, in bytes.
    static let byteLimit = 64 << 20

    /// Reads a file. Throws ``Failure`` for a line that is not understood: what it was to protect would go.
    static func read(_ path: String) throws(Failure) -> [CleanupProtection] {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw Failure(path: path, reason: "cannot be read; check that it exists and who may read it")
        }
        defer { try? handle.close() }
        guard let content = try? handle.read(upToCount: byteLimit + 1) ?? Data(), content.count <= byteLimit else {
            throw Failure(path: path, reason: "cannot be read, or is larger than \(byteLimit >> 20) MiB")
        }
        let name = URL(filePath: path).lastPathComponent
        var protections: [CleanupProtection] = []
        for (number, line) in String(decoding: content, as: UTF8.self)
            .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
        {
            let text = line.prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces)
            guard !text.isEmpty else { continue }
            guard let subject = subject(text) else {
                throw Failure(path: path, reason: "line \(number + 1) is neither a digest nor the name of an image")
            }
            protections.append(CleanupProtection(subject, name: "\(name):\(number + 1)"))
        }
        return protections
    }

    /// What a line names; nil when it names nothing.
    static func subject(_ text: String) -> CleanupProtection.Subject? {
        if let digest = digest(text) { return .digest(digest) }
        if let at = text.lastIndex(of: "@") {
            return digest(String(text[text.index(after: at)...])).map { .digest($0) }
        }
        let slash = text.lastIndex(of: "/") ?? text.startIndex
        guard let colon = text[slash...].lastIndex(of: ":") else {
            return isRepository(text) ? .tags(repository: text, tag: nil) : nil
        }
        let (repository, tag) = (String(text[..<colon]), String(text[text.index(after: colon)...]))
        // A digest that lost some digits is no name, however much it looks like one.
        guard isRepository(repository), ImageReference.isTag(tag), !["sha256", "sha512"].contains(repository) else {
            return nil
        }
        // A tag stands for itself here: of what may stand in one, only the dot means more in an expression.
        return .tags(repository: repository, tag: tag.replacing(".", with: "\\."))
    }

    /// Whether a text is a repository's name, an engine's (`host:port/team/app`) or a pattern included.
    private static func isRepository(_ text: String) -> Bool {
        let plain = text.replacing("*", with: "x").replacing("?", with: "x")
        return ImageReference.isPath(plain) || (try? ImageReference(plain + ":x")) != nil
    }

    /// A digest, with or without its algorithm (`docker inspect` and Podman print image IDs bare).
    static func digest(_ text: String) -> Digest? {
        if let digest = try? Digest(text) { return digest }
        guard text.utf8.count == 64 else { return nil }
        return try? Digest("sha256:" + text)
    }
}

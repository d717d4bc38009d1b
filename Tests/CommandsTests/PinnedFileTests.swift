import ArgumentParser
import Figures
import Foundation
import ImageModel
import TestSupport
import Testing

@testable import Commands

@Suite struct PinnedFileTests {
    private func read(_ text: String) throws -> [CleanupProtection] {
        let folder = try ScratchFolder("pinned")
        return try PinnedFile.read(try folder.write(Data(text.utf8), to: "pinned.txt").path)
    }

    static let hex = String(repeating: "0f", count: 32)

    /// What a line stands for; nil for the digest.
    static let lines: [(line: String, subject: CleanupProtection.Subject?)] = [
        ("sha256:\(hex)", nil), (hex, nil), ("team/app@sha256:\(hex)", nil),
        ("team/app:1@sha256:\(hex)", nil), ("team/app", .tags(repository: "team/app", tag: nil)),
        ("team/app:1.2", .tags(repository: "team/app", tag: "1\\.2")),
        ("team/*", .tags(repository: "team/*", tag: nil)),
        ("*", .tags(repository: "*", tag: nil)), ("team-?/app:1", .tags(repository: "team-?/app", tag: "1")),
        ("localhost:5000/team/app:1", .tags(repository: "localhost:5000/team/app", tag: "1")),
        ("localhost:5000/team/app", .tags(repository: "localhost:5000/team/app", tag: nil)),
        ("  debian:12\t# the base", .tags(repository: "debian", tag: "12")),
    ]

    @Test(arguments: lines.indices)
    func `a line is a digest, an image ID, a name or a pattern`(number: Int) throws {
        let (line, subject) = Self.lines[number]
        let expected = try subject ?? .digest(Digest("sha256:" + Self.hex))
        #expect(try read("\n# comment\n\(line)\n\n") == [CleanupProtection(expected, name: "pinned.txt:3")])
    }

    @Test func `line ends are those of any system`() throws {
        #expect(try read("# keep\r\na:1\r\nb:2").map(\.name) == ["pinned.txt:2", "pinned.txt:3"])
        #expect(try read("").isEmpty && read("# nothing\n\n").isEmpty)
    }

    @Test(arguments: [
        "hello world", "a b:1", "team/app:", ":1", "team/app:(", "team/app@sha256:12", "Team/App", "sha256:zz",
        "a:1 b:2",
    ])
    func `a line that names nothing is refused by its number`(line: String) {
        let failure = #expect(throws: PinnedFile.Failure.self) { try read("a:1\n\(line)\n") }
        #expect(
            failure?.description.hasSuffix("line 2 is neither a digest nor the name of an image") == true, "\(line)")
    }

    @Test func `a file that cannot be read is refused`() throws {
        let folder = try ScratchFolder("pinned")
        for path in [folder("none").path, folder.url.path] {
            #expect(throws: PinnedFile.Failure.self) { try PinnedFile.read(path) }
        }
    }
}

import Archive
import Foundation
import ImageModel
import TestSupport
import Testing

/// Reads a tar from a file of its own.
private func read(_ content: Data, limits: ArchiveLimits = ArchiveLimits()) async throws -> ArchiveContent {
    let folder = try ScratchFolder()
    let file = try folder.write(content, to: "a.tar")
    return try await ArchiveReader(limits: limits).read(path: file.path)
}

private func pax(_ records: [(String, String)]) -> Data {
    var text = ""
    for (key, value) in records {
        var length = key.utf8.count + value.utf8.count + 3
        while "\(length)".utf8.count + key.utf8.count + value.utf8.count + 3 != length {
            length = "\(length)".utf8.count + key.utf8.count + value.utf8.count + 3
        }
        text += "\(length) \(key)=\(value)\n"
    }
    return Data(text.utf8)
}

private func digest(_ text: String) -> Digest { Digest.of(Array(text.utf8)) }

@Suite struct TarReadingTests {
    @Test func `files are hashed, folders and links are told apart`() async throws {
        var tar = TarBuilder()
        tar.add(folder: "./a")
        tar.add(file: "./a/one", Data("one".utf8))
        tar.add(file: "a//two", Data("two".utf8))
        tar.add(link: "b/link", to: "../a/one")
        tar.add(hardLink: "hard", to: "a/two")
        tar.add(link: "c", to: "b/link")
        let content = try await read(tar.finished())
        #expect(content.files.keys.sorted() == ["a/one", "a/two"])
        #expect(content.file("a/one")?.measure.digest(.sha256) == digest("one"))
        #expect(content.file("b/link")?.path == "a/one")
        #expect(content.file("c")?.path == "a/one")
        #expect(content.file("hard")?.path == "a/two")
        #expect(content.damage == nil && content.refused.isEmpty)
    }

    @Test func `paths that leave the archive are passed over and told`() async throws {
        var tar = TarBuilder()
        tar.add(file: "/etc/passwd", Data("x".utf8))
        tar.add(file: "a/../../b", Data("x".utf8))
        tar.add(link: "out", to: "../../etc/passwd")
        tar.add(link: "abs", to: "/etc/passwd")
        tar.add(link: "loop", to: "pool")
        tar.add(link: "pool", to: "loop")
        tar.add(file: "good", Data("x".utf8))
        let content = try await read(tar.finished())
        #expect(content.files.keys.sorted() == ["good"])
        #expect(content.refused.count == 4)
        #expect(content.file("loop") == nil && content.file("../good") == nil && content.file("/good") == nil)
    }

    @Test func `the last of two entries with one path counts`() async throws {
        var tar = TarBuilder()
        tar.add(file: "a", Data("old".utf8))
        tar.add(file: "a", Data("new".utf8))
        #expect(try await read(tar.finished()).file("a")?.measure.digest(.sha256) == digest("new"))
    }

    @Test func `long names come from GNU and pax headers`() async throws {
        let long = String(repeating: "d/", count: 120) + "file"
        var tar = TarBuilder()
        tar.add(file: long, Data("gnu".utf8))
        tar.add(raw: "PaxHeaders/x", type: "x", pax([("path", long + "é\n2"), ("mtime", "1.5"), ("comment", "x")]))
        tar.add(file: "short", Data("pax".utf8))
        tar.add(raw: "global", type: "g", pax([("comment", "0123")]))
        tar.add(file: "after", Data("x".utf8))
        let content = try await read(tar.finished())
        #expect(content.files.keys.sorted() == ["after", long, long + "é\n2"].sorted())
    }

    @Test func `a pax size governs the content`() async throws {
        var tar = TarBuilder()
        tar.add(raw: "x", type: "x", pax([("size", "5")]))
        tar.add(raw: "big", type: "0", Data("12345".utf8), size: 0)
        tar.add(file: "next", Data("n".utf8))
        let content = try await read(tar.finished())
        #expect(content.file("big")?.measure.digest(.sha256) == digest("12345"))
        #expect(content.file("next") != nil)
    }

    @Test func `a missing end mark, and padding behind it, are no damage`() async throws {
        var tar = TarBuilder()
        tar.add(file: "a", Data("x".utf8))
        #expect(try await read(tar.content).damage == nil)
        #expect(try await read(tar.finished() + Data(count: 20_000)).damage == nil)
        #expect(try await read(tar.finished() + Data("rubbish behind the end".utf8)).damage == nil)
    }

    @Test func `a tar cut anywhere tells so or nothing`() async throws {
        var tar = TarBuilder()
        tar.add(file: "a", Data("x".utf8))
        tar.add(file: "b", Data(count: 3_000))
        let whole = tar.content
        for length in [513, 600, 1_000, 1_100, 1_535, 1_537, 2_000, 4_000, whole.count - 1] {
            let content = try await read(whole.prefix(length))
            #expect(content.damage?.kind == .truncated, "cut at \(length)")
        }
        for length in [0, 1, 511, 512] {
            await #expect(throws: ArchiveError.self, "cut at \(length)") { try await read(whole.prefix(length)) }
        }
    }

    @Test(arguments: [
        "", "a", "this is no tar, whatever its name may say", String(repeating: "x", count: 5_000), "\u{0}\u{0}",
    ]) func `what is no tar is refused`(text: String) async throws {
        let error = try await #require(throws: ArchiveError.self) { try await read(Data(text.utf8)) }
        #expect(error.kind == .notAnArchive || error.kind == .truncated)
    }

    @Test func `xz and bzip2 are named, with what to do`() async throws {
        for (bytes, name) in [
            ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00, 1], "xz"), ([0x42, 0x5A, 0x68, 0x39, 1, 1], "bzip2"),
        ] {
            let error = try await #require(throws: ArchiveError.self) { try await read(Data(bytes.map { UInt8($0) })) }
            #expect(error.kind == .unsupported && error.message.contains("\(name) -d"))
        }
    }

    @Test func `limits end in an error, not in memory`() async throws {
        var limits = ArchiveLimits()
        limits.entries = 3
        limits.pathBytes = 50
        limits.extendedHeaderBytes = 600
        var many = TarBuilder()
        for index in 0..<5 { many.add(file: "f\(index)", Data("x".utf8)) }
        #expect(try await read(many.finished(), limits: limits).damage?.kind == .limit)
        var long = TarBuilder()
        long.add(file: "a", Data("x".utf8))
        long.add(file: String(repeating: "x", count: 120), Data("x".utf8))
        #expect(try await read(long.finished(), limits: limits).damage?.kind == .limit)
        var header = TarBuilder()
        header.add(file: "a", Data("x".utf8))
        header.add(raw: "x", type: "x", pax([("comment", String(repeating: "x", count: 700))]))
        #expect(try await read(header.finished(), limits: limits).damage?.kind == .limit)
    }

    @Test func `a device or fifo with a size does not swallow what follows`() async throws {
        var tar = TarBuilder()
        tar.add(raw: "fifo", type: "6", Data(), size: 0o777)
        tar.add(raw: "dir", type: "5", Data(), size: 4096)
        tar.add(file: "a", Data("x".utf8))
        #expect(try await read(tar.finished()).files.keys.sorted() == ["a"])
    }
}

private let gnuTar = ["/bin/tar", "/usr/bin/tar"].first { FileManager.default.isExecutableFile(atPath: $0) }

/// What GNU tar writes, in each of its formats.
@Suite(.enabled(if: gnuTar != nil, "GNU tar is not installed")) struct GNUTarTests {
    @Test(arguments: ["v7", "oldgnu", "gnu", "ustar", "posix"])
    func `a tar of any format is read like the files it was made of`(format: String) async throws {
        let folder = try ScratchFolder()
        var random = SeededGenerator(seed: 7)
        let names =
            ["a", "deep/er/file", "sp ace", "ümlaut"] + (format == "v7" ? [] : [String(repeating: "n", count: 99)])
        for name in names
            + (["posix", "gnu", "oldgnu"].contains(format) ? [String(repeating: "long/", count: 40) + "x"] : [])
        {
            let noise = (0..<Int.random(in: 0...3_000, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            try folder.write(Data(noise), to: "in/" + name)
        }
        // A file with holes, which the posix and gnu formats can store without them.
        let sparse = folder("in/sparse")
        try Data().write(to: sparse)
        let handle = try FileHandle(forWritingTo: sparse)
        for place in [0, 300_000, 900_000, 1_500_000] {
            try handle.seek(toOffset: UInt64(place))
            try handle.write(contentsOf: Data("data at \(place)".utf8))
        }
        try handle.truncate(atOffset: 2_000_000)
        try handle.close()
        let canBeSparse = ["posix", "gnu", "oldgnu"].contains(format)
        let versions =
            canBeSparse && format == "posix"
            ? ["--sparse-version=0.0", "--sparse-version=0.1", "--sparse-version=1.0"] : [""]
        for version in versions {
            let arguments = ["--format=\(format)", "-cf", folder("out.tar").path, "-C", folder("in").path]
            let sparseArguments = canBeSparse ? ["-S"] + [version].filter { !$0.isEmpty } : []
            try run(try #require(gnuTar), sparseArguments + arguments + ["."])
            let content = try await ArchiveReader().read(path: folder("out.tar").path)
            #expect(content.damage == nil)
            let files = FileManager.default.enumerator(
                at: folder("in"), includingPropertiesForKeys: [.isRegularFileKey])
            var count = 0
            while let file = files?.nextObject() as? URL {
                guard try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else { continue }
                let path = String(file.path.dropFirst(folder("in").path.count + 1))
                #expect(content.file(path)?.measure.digest(.sha256) == Digest.of(try Data(contentsOf: file)), "\(path)")
                count += 1
            }
            #expect(content.files.count == count)
        }
    }
}

/// Runs a program to its end.
private func run(_ program: String, _ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.environment = ["LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"]
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(program) \(arguments)")
}

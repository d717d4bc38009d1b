import Archive
import Foundation
import ImageModel
import TestSupport
import Testing

/// What measuring a blob finds when it lies as one file in a tar.
private func measure(_ content: Data, limits: ArchiveLimits = ArchiveLimits()) async throws -> BlobMeasure {
    let folder = try ScratchFolder()
    var tar = TarBuilder()
    tar.add(file: "blob", content)
    let file = try folder.write(tar.finished(), to: "a.tar")
    return try #require(try await ArchiveReader(limits: limits).read(path: file.path).file("blob")).measure
}

private func noise(_ count: Int) -> Data {
    var random = SeededGenerator(seed: 3)
    return Data((0..<count).map { _ in UInt8.random(in: 0...9, using: &random) })
}

@Suite struct PackingTests {
    @Test(arguments: [0, 1, 5, 6, 100, 300_000, 2_000_000])
    func `a packed blob is hashed as stored and as unpacked`(count: Int) async throws {
        let plain = noise(count)
        for (packing, packed) in [
            (Packing.none, plain), (.gzip, try Compressing.gzip(plain)), (.zstd, try Compressing.zstd(plain)),
        ] {
            let found = try await measure(packed)
            #expect(found.packing == packing && found.problem == nil)
            #expect(found.bytes == Int64(packed.count) && found.unpackedBytes == Int64(count))
            #expect(found.digest(.sha256) == Digest.of(packed))
            #expect(found.unpackedDigest(.sha256) == Digest.of(plain))
        }
    }

    @Test func `several gzip members and zeros behind them are one stream`() async throws {
        let parts = [noise(10_000), Data(), noise(70_000), Data("end".utf8)]
        let packed = try parts.reduce(into: Data()) { $0 += try Compressing.gzip($1) }
        for tail in [Data(), Data(count: 1), Data(count: 5_000)] {
            let found = try await measure(packed + tail)
            #expect(found.problem == nil)
            #expect(found.unpackedDigest(.sha256) == Digest.of(parts.reduce(Data(), +)))
        }
        #expect(try await measure(packed + Data("rubbish".utf8)).problem?.kind == .corrupt)
    }

    @Test func `several zstd frames and skippable ones are one stream`() async throws {
        let skippable = Data([0x50, 0x2A, 0x4D, 0x18, 4, 0, 0, 0, 1, 2, 3, 4])
        let parts = [noise(10_000), noise(70_000)]
        let packed = try skippable + Compressing.zstd(parts[0]) + skippable + Compressing.zstd(parts[1]) + skippable
        let found = try await measure(packed)
        #expect(found.packing == .zstd && found.problem == nil)
        #expect(found.unpackedDigest(.sha256) == Digest.of(parts[0] + parts[1]))
    }

    @Test func `a stream that is cut or changed is told, and its stored hash stays true`() async throws {
        let plain = noise(100_000)
        for packed in [try Compressing.gzip(plain), try Compressing.zstd(plain)] {
            for length in [packed.count - 1, packed.count / 2, 20, 7] {
                let found = try await measure(packed.prefix(length))
                #expect(found.problem?.kind == .truncated, "cut at \(length)")
                #expect(found.unpackedBytes == nil && found.unpackedDigests.isEmpty)
                #expect(found.digest(.sha256) == Digest.of(packed.prefix(length)))
            }
        }
        var changed = try Compressing.gzip(plain)
        changed[changed.count / 2] ^= 0x55
        #expect(try await measure(changed).problem?.kind == .corrupt)
    }

    @Test func `a blob that unpacks without end is given up`() async throws {
        var limits = ArchiveLimits()
        limits.unpackedBytes = 1 << 20
        let found = try await measure(try Compressing.zstd(Data(count: 5 << 20)), limits: limits)
        #expect(found.problem?.kind == .limit)
    }

    @Test func `packings are told by their first bytes`() {
        #expect(Packing(firstBytes: [0x1F, 0x8B, 8, 0, 0, 0]) == .gzip)
        #expect(Packing(firstBytes: [0x28, 0xB5, 0x2F, 0xFD, 0, 0]) == .zstd)
        #expect(Packing(firstBytes: [0x5F, 0x2A, 0x4D, 0x18, 0, 0]) == .zstd)
        #expect(Packing(firstBytes: []) == .none)
        #expect(Packing(firstBytes: [0x1F]) == .none)
        #expect(Packing(firstBytes: Array("hello!".utf8)) == .none)
    }

    @Test func `an archive comes through a pipe as it does from a file`() async throws {
        let folder = try ScratchFolder()
        var tar = TarBuilder()
        tar.add(file: "one", noise(400_000))
        tar.add(file: "doc.json", Data("{}".utf8))
        let packed = try Compressing.gzip(tar.finished())
        let file = try folder.write(packed, to: "a.tar.gz")
        let pipe = Pipe()
        let writer = pipe.fileHandleForWriting
        let feeding = Task.detached {
            for start in stride(from: 0, to: packed.count, by: 1_000) {
                try writer.write(contentsOf: packed[start..<min(start + 1_000, packed.count)])
            }
            try writer.close()
        }
        let piped = try await ArchiveReader().read(descriptor: pipe.fileHandleForReading.fileDescriptor)
        try await feeding.value
        let read = try await ArchiveReader().read(path: file.path)
        #expect(piped.files == read.files && piped.packing == .gzip)
        #expect(piped.storedBytes == Int64(packed.count))
        #expect(try piped.document("doc.json") == Data("{}".utf8))
    }

    @Test func `a pipe that never speaks can be left`() async throws {
        let pipe = Pipe()
        let reading = Task {
            try await ArchiveReader().read(descriptor: pipe.fileHandleForReading.fileDescriptor)
        }
        reading.cancel()
        await #expect(throws: CancellationError.self) { try await reading.value }
        try pipe.fileHandleForWriting.close()
    }
}

import Archive
import BuildKitAPI
import BuildLog
import BuildModel
import Collectors
import Foundation
import ImageModel
import SwiftProtobuf
import TestSupport
import Testing

/// Records and other files of builds that are damaged, or made to do harm.
@Suite struct HostileRecordTests {
    /// A layout of one record, whose parts a test may change.
    private struct Layout {
        var record = #"{"Ref":"abc","CreatedAt":{"seconds":1700000000},"CompletedAt":{"seconds":1700000001,"nanos":5}"#
        var progress = HostileRecordTests.progress()
        var wrongDigest = false
        var extra: [(String, String)] = []

        func tar() -> Data {
            var tar = TarBuilder()
            func add(_ data: Data) -> (Digest, Int) {
                let digest = Digest.of(wrongDigest && data == progress ? Data("other".utf8) : data)
                tar.add(file: "blobs/sha256/\(digest.hex)", data)
                return (digest, data.count)
            }
            let logs = add(progress)
            let pointer = #","logs":{"media_type":"x","digest":"\#(logs.0)","size":\#(logs.1)},"numTotalSteps":1}"#
            let config = add(Data((record + pointer).utf8))
            var layers = [
                #"{"mediaType":"application/vnd.buildkit.status.v0","digest":"\#(logs.0)","size":\#(logs.1)}"#
            ]
            for (type, text) in extra {
                let blob = add(Data(text.utf8))
                layers.append(
                    #"{"mediaType":"\#(type)","digest":"\#(blob.0)","size":\#(blob.1),"annotations":"#
                        + #"{"in-toto.io/predicate-type":"https://slsa.dev/provenance/v1"}}"#)
            }
            let manifest = add(
                Data(
                    """
                    {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":\
                    {"mediaType":"application/vnd.buildkit.historyrecord.v0","digest":"\(config.0)","size":\(config.1)},\
                    "layers":[\(layers.joined(separator: ","))]}
                    """.utf8))
            tar.add(file: "oci-layout", Data(#"{"imageLayoutVersion":"1.0.0"}"#.utf8))
            tar.add(
                file: "index.json",
                Data(
                    """
                    {"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":\
                    "application/vnd.oci.image.manifest.v1+json","digest":"\(manifest.0)","size":\(manifest.1)}]}
                    """.utf8))
            return tar.finished()
        }
    }

    private static func progress() -> Data {
        var vertex = BuildKitVertex()
        vertex.digest = Digest.of("a".utf8).description
        vertex.name = "[1/1] RUN a"
        vertex.started = Google_Protobuf_Timestamp(seconds: 1_700_000_000, nanos: 7)
        vertex.completed = Google_Protobuf_Timestamp(seconds: 1_700_000_001, nanos: 4)
        var status = BuildKitStatusResponse()
        status.vertexes = [vertex]
        return framed((try? status.serializedBytes()) ?? Data())
    }

    private static func framed(_ message: Data) -> Data {
        let count = UInt32(message.count)
        return Data((0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * UInt32($0))) }) + message
    }

    private func read(_ layout: Layout) async throws -> BuildFileReading {
        let folder = try ScratchFolder("record")
        return try await BuildFile.readBuilds(path: folder.write(layout.tar(), to: "x.dockerbuild").path)
    }

    @Test func `a record of today's form, with times in parts`() async throws {
        let build = try #require(try await read(Layout()).builds.first?.build)
        #expect(build.reference == "abc" && build.result == .completed && build.duration == 1_000_000_005)
        #expect(build.steps.map(\.duration) == [999_999_997] && build.steps[0].outcome == .miss)
        #expect(build.steps[0].startOffset == 7 && build.gaps == [])
    }

    @Test func `what is damaged of a record is told, and the rest is read`() async throws {
        var layout = Layout()
        layout.progress += Data([9, 0, 0, 0, 1])
        var build = try #require(try await read(layout).builds.first?.build)
        #expect(build.vertices == 1 && build.gaps.count == 1)
        #expect(build.gaps[0].contains("message 2 of the progress has 1 bytes of the 9 it says"))

        layout = Layout()
        layout.wrongDigest = true
        build = try #require(try await read(layout).builds.first?.build)
        #expect(build.steps == [] && build.gaps.first?.contains("does not have the digest") == true)

        layout = Layout()
        layout.extra = [("application/vnd.in-toto+json", #"{"buildType":"other"}"#)]
        build = try #require(try await read(layout).builds.first?.build)
        #expect(build.vertices == 1 && build.gaps.first?.contains("is none of BuildKit's") == true)
    }

    @Test func `a count that the progress does not bear out is told`() async throws {
        var layout = Layout()
        layout.progress = Self.framed(Data()) + Self.progress() + Self.progress()
        layout.record += #","numCachedSteps":1"#
        let build = try #require(try await read(layout).builds.first?.build)
        #expect(
            build.gaps == [
                "the record counts 1 vertices, 1 of them cached; its progress has 1, 0 of them cached"
            ])
    }

    @Test(arguments: [
        ("image", #"{"imageLayoutVersion":"1.0.0"}"#, ArchiveError.Kind.notAnArchive),
        ("empty", "", .notAnArchive),
    ])
    func `an archive without records is refused with the next step`(
        name: String, layout: String, kind: ArchiveError.Kind
    ) async throws {
        let folder = try ScratchFolder("record")
        var tar = TarBuilder()
        tar.add(file: "oci-layout", Data(layout.utf8))
        if name == "image" {
            tar.add(
                file: "index.json",
                Data(#"{"schemaVersion":2,"manifests":[]}"#.utf8))
        }
        let path = try folder.write(tar.finished(), to: "x.tar").path
        await #expect { try await BuildFile.readBuilds(path: path) } throws: {
            ($0 as? ArchiveError)?.kind == kind && "\($0)".contains("x.tar")
        }
    }

    @Test func `other files are told by their content`() async throws {
        let folder = try ScratchFolder("record")
        let zip = try folder.write(Data([0x50, 0x4B, 3, 4, 0]), to: "a.dockerbuild").path
        await #expect { try await BuildFile.readBuilds(path: zip) } throws: { "\($0)".contains("unpack it first") }
        await #expect(throws: BuildLogError.self) {
            try await BuildFile.readBuilds(path: folder.write(Data("hello\n".utf8), to: "log").path)
        }
        await #expect { try await BuildFile.readBuilds(path: folder("none").path) } throws: {
            ($0 as? ArchiveError)?.kind == .unreadable
        }
        let vertex = #"{"vertexes":[{"digest":"\#(Digest.of("a".utf8))","name":"[1/1] RUN a","started":"#
        let line = vertex + #""2024-05-15T08:46:10Z","completed":"2024-05-15T08:46:11Z"}]}"#
        let log = try await BuildFile.readBuilds(path: folder.write(Data(line.utf8), to: "raw").path)
        #expect(log.builds.map(\.build.form) == [.rawjson])
    }

    @Test func `a length beyond every message is refused before anything is made of it`() {
        #expect { try SolveStatus.readStream(Data([0xFF, 0xFF, 0xFF, 0xFF])) { _ in } } throws: {
            ($0 as? SolveError)?.kind == .limit
        }
        #expect { try SolveStatus.readStream(Data([1, 0])) { _ in } } throws: {
            ($0 as? SolveError)?.kind == .truncated
        }
        #expect { try SolveStatus.readStream(Data([1, 0, 0, 0, 0xFF])) { _ in } } throws: {
            ($0 as? SolveError)?.kind == .corrupt
        }
    }

    @Test func `20,000 mutations of a progress stream end with an error or a build, never otherwise`() throws {
        var random = SeededGenerator(seed: 4_711)
        var real = Self.progress()
        for _ in 0..<3 { real += Self.progress() }
        var refused = 0
        var read = 0
        for _ in 0..<20_000 {
            var bytes = real
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                guard !bytes.isEmpty else { break }
                let place = bytes.startIndex + Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
                default: bytes = bytes.prefix(place - bytes.startIndex)
                }
            }
            var history = SolveHistory()
            do {
                try SolveStatus.readStream(bytes) { try history.add($0) }
                read += 1
            } catch is SolveError {
                refused += 1
            }
            for build in history.builds(form: .record, content: Digest.of(bytes)) {
                #expect(build.steps.count <= history.vertexCount && (build.duration ?? 0) >= 0)
                #expect(build.steps.allSatisfy { ($0.duration ?? 0) >= 0 && ($0.startOffset ?? 0) >= 0 })
            }
        }
        #expect(refused > 5_000 && read > 200, "\(refused) refused, \(read) read")
    }
}

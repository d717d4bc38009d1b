import Archive
import Collectors
import Foundation
import ImageModel
import Observations
import TestSupport
import Testing

/// An image of two layers, in a layout.
private struct Sample {
    var builder = ImageBuilder()
    var base: ImageBuilder.Layer
    var top: ImageBuilder.Layer
    var image: ImageBuilder.Image

    init() throws {
        base = try builder.layer(named: "base", bytes: 4_000)
        top = try builder.layer(["top": "x"])
        image = try builder.image([base, top])
    }

    func collect(_ listed: [(Descriptor, ImageBuilder.LayoutName)]? = nil) async throws -> (
        RecordingSink, CollectionResult
    ) {
        let tar = try builder.layoutTar(listed ?? [(image.descriptor, .containerd("docker.io/library/web:1"))])
        return try await collectTar(tar)
    }
}

private func collectTar(_ tar: Data) async throws -> (RecordingSink, CollectionResult) {
    let folder = try ScratchFolder()
    let file = try folder.write(tar, to: "a.tar")
    let seen = RecordingSink()
    let result = try await ArchiveCollector(path: file.path).collect(.test(seen))
    return (seen, result)
}

private func status(_ aspect: String, _ result: CollectionResult) throws -> AspectStatus {
    try #require(result.aspects.first { $0.aspect == aspect })
}

@Suite struct ArchiveDamageTests {
    @Test func `a layer that is not in the archive has unknown bytes, and is named`() async throws {
        var sample = try Sample()
        sample.builder.remove(sample.base.descriptor.digest)
        let (seen, result) = try await sample.collect()
        let layers = try status("layers", result)
        #expect(!result.isComplete && layers.outcome == .incomplete && layers.seen == 1 && layers.expected == 2)
        #expect(layers.detail.contains(sample.base.descriptor.digest.description) && !layers.hint.isEmpty)
        let layer = try #require(seen.distinctObjects.first { $0.key == sample.base.descriptor.digest })
        #expect(layer.bytes == nil && layer.diffID == sample.base.diffID)
        #expect(seen.references.count == 1, "the image is there all the same")
    }

    @Test func `a layer with other content than its digest says is named`() async throws {
        var sample = try Sample()
        sample.builder.corrupt(sample.top.descriptor.digest, with: Data("other".utf8))
        let (_, result) = try await sample.collect()
        #expect(try status("layers", result).detail.contains("other content than its digest says"))
        #expect(try status("images", result).outcome == .complete)
    }

    @Test func `a layer that unpacks to another diffID than the configuration says is named`() async throws {
        var sample = try Sample()
        var liar = sample.top
        liar.diffID = Digest.of([1])
        let image = try sample.builder.image([sample.base, liar])
        let (seen, result) = try await sample.collect([(image.descriptor, .none)])
        let detail = try status("layers", result).detail
        #expect(detail.contains(liar.diffID.description) && detail.contains(sample.top.diffID.description))
        #expect(seen.item(image.digest)?.objects.last?.diffID == sample.top.diffID, "the content is the truth")
    }

    @Test func `a blob whose size differs from its descriptor is named`() async throws {
        var sample = try Sample()
        sample.image.descriptor.size += 1
        await #expect(throws: Never.self) {
            let (seen, result) = try await sample.collect()
            #expect(try status("images", result).detail.contains("but"))
            #expect(seen.items.isEmpty)
        }
    }

    @Test func `a missing or broken configuration leaves the layers counted`() async throws {
        var missing = try Sample()
        missing.builder.remove(missing.image.imageID)
        var broken = try Sample()
        let text = Data("{\"architecture\":1}".utf8)
        let pointer = Descriptor(
            mediaType: .ociConfiguration, digest: broken.builder.add(text), size: Int64(text.count))
        let descriptor = try broken.builder.add(Manifest(config: pointer, layers: broken.image.manifest.layers))
        for (sample, descriptor, what) in [
            (missing, missing.image.descriptor, "is not in the archive"), (broken, descriptor, "architecture"),
        ] {
            let (seen, result) = try await sample.collect([(descriptor, .containerd("docker.io/library/web:1"))])
            #expect(try status("images", result).detail.contains(what))
            let item = try #require(seen.items.first)
            #expect(item.objects.count == 4 && item.configuration == nil && item.imageID != nil)
            #expect(seen.repositories.allSatisfy { !$0.isComplete })
        }
    }

    @Test func `an index without any of its manifests is incomplete`() async throws {
        var sample = try Sample()
        let index = try sample.builder.index([sample.image.descriptor])
        sample.builder.remove(sample.image.digest)
        let (seen, result) = try await sample.collect([(index, .reference("a/b:1"))])
        #expect(try status("images", result).outcome == .incomplete)
        #expect(seen.item(index.digest)?.children.first?.isPresent == false)
    }

    @Test func `a foreign layer need not be here and is not counted`() async throws {
        var sample = try Sample()
        var foreign = sample.base
        foreign.descriptor.mediaType = MediaType("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip")
        let image = try sample.builder.image([foreign, sample.top])
        sample.builder.remove(foreign.descriptor.digest)
        let (seen, result) = try await sample.collect([(image.descriptor, .none)])
        #expect(result.isComplete)
        #expect(seen.item(image.digest)?.objects.map(\.kind) == [.manifest, .configuration, .foreignLayer, .layer])
    }

    @Test func `one name for two images is told`() async throws {
        var sample = try Sample()
        let other = try sample.builder.image([sample.base])
        let (seen, result) = try await sample.collect([
            (sample.image.descriptor, .reference("latest")), (other.descriptor, .reference("latest")),
        ])
        #expect(try status("images", result).outcome == .incomplete)
        #expect(seen.references.count == 1 && seen.items.count == 2)
    }

    @Test func `a docker archive that lacks a layer or has a changed configuration says so`() async throws {
        let sample = try Sample()
        let whole = try sample.builder.dockerArchive([(sample.image, tags: ["web:1"])], format: .flat)
        let layer = Data(sample.top.diffID.hex.utf8) + Data(".tar".utf8)
        var renamed = whole
        let header = try #require(renamed.range(of: layer + Data([0])))
        renamed.replaceSubrange(header.lowerBound..<header.lowerBound + 1, with: Data([renamed[header.lowerBound] ^ 1]))
        // The checksum of the header has to fit the changed name, or nothing is read at all.
        let changed = try #require(fixChecksum(&renamed, at: header.lowerBound))
        let (_, result) = try await collectTar(changed)
        #expect(try status("layers", result).detail.contains("is not in the archive"))
    }

    @Test(arguments: [
        "[]", "null", "{}", "[{\"Config\":\"nowhere.json\",\"RepoTags\":null,\"Layers\":null}]", "[1]", "x",
    ])
    func `a manifest.json that says nothing gives no image`(text: String) async throws {
        var tar = TarBuilder()
        tar.add(file: "manifest.json", Data(text.utf8))
        do {
            let (seen, result) = try await collectTar(tar.finished())
            #expect(seen.items.isEmpty)
            #expect(text == "[]" || !result.isComplete)
        } catch let error as ArchiveError {
            #expect(error.message.contains("manifest.json"))
        }
    }

    @Test func `a tar without images is refused, with its name`() async throws {
        var tar = TarBuilder()
        tar.add(file: "README", Data("x".utf8))
        let error = try await #require(throws: ArchiveError.self) { try await collectTar(tar.finished()) }
        #expect(error.kind == .notAnArchive && error.message.contains("a.tar"))
        let missing = try await #require(throws: ArchiveError.self) {
            try await ArchiveCollector(path: "/nonexistent/save.tar").collect(.test(RecordingSink()))
        }
        #expect(missing.message.hasPrefix("/nonexistent/save.tar: no such file"))
    }

    /// Cuts and changes at random places, with a fixed seed: a complete collection is the untouched one, or one that
    /// differs only in what no digest covers. Never a crash, never a hang.
    @Test(.timeLimit(.minutes(2)), arguments: [0, 1, 2, 3, 4]) func `no change to an archive passes as complete`(
        kind: Int
    ) async throws {
        let sample = try Sample()
        let saved = [(sample.image, tags: ["web:1"])]
        let plain: Data =
            switch kind {
            case 0: try sample.builder.layoutTar([(sample.image.descriptor, .reference("a/b:1"))])
            case 1: try sample.builder.dockerArchive(saved, format: .folders)
            case 2: try sample.builder.dockerArchive(saved, format: .version1)
            case 3: try Compressing.gzip(try sample.builder.dockerArchive(saved, format: .layout))
            default: try Compressing.zstd(try sample.builder.dockerArchive(saved, format: .flat))
            }
        let folder = try ScratchFolder()
        let (whole, _) = try await collectTar(plain)
        let layers = Set(whole.distinctObjects.filter { $0.kind == .layer }.compactMap(\.diffID))
        var random = SeededGenerator(seed: UInt64(kind) + 99)
        for round in 0..<150 {
            var content = plain
            switch round % 3 {
            case 0: content = content.prefix(Int.random(in: 0..<content.count, using: &random))
            case 1:
                let place = Int.random(in: 0..<content.count, using: &random)
                content[place] ^= UInt8.random(in: 1...255, using: &random)
            default:
                let place = Int.random(in: 0..<content.count, using: &random)
                content.insert(contentsOf: content.prefix(Int.random(in: 1...600, using: &random)), at: place)
            }
            let file = try folder.write(Data(content), to: "a.tar")
            let seen = RecordingSink()
            guard let result = try? await ArchiveCollector(path: file.path).collect(.test(seen)), result.isComplete
            else {
                continue
            }
            let found = Set(seen.distinctObjects.filter { $0.kind == .layer }.compactMap(\.diffID))
            // The first format has no digests: a changed layer is another layer there.
            #expect(found.isSubset(of: layers) || kind == 2, "round \(round): a changed layer passed as whole")
        }
    }
}

/// Puts the right checksum into the tar header at a place.
private func fixChecksum(_ tar: inout Data, at place: Data.Index) -> Data? {
    guard place + 512 <= tar.endIndex else { return nil }
    tar.replaceSubrange(place + 148..<place + 156, with: Data("        ".utf8))
    let sum = tar[place..<place + 512].reduce(0) { $0 + Int($1) }
    let text = String(sum, radix: 8)
    tar.replaceSubrange(
        place + 148..<place + 156, with: Data((String(repeating: "0", count: 6 - text.count) + text + "\0 ").utf8))
    return tar
}

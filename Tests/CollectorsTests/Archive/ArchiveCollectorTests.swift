import Archive
import Collectors
import Foundation
import ImageModel
import Observations
import TestSupport
import Testing

/// Two images that share a layer, one of them with two names, and a third without a name.
private struct Sample {
    var builder = ImageBuilder()
    var web: ImageBuilder.Image
    var api: ImageBuilder.Image
    var loose: ImageBuilder.Image

    init(compression: MediaType.Compression = .gzip, algorithm: Digest.Algorithm = .sha256) throws {
        builder.algorithm = algorithm
        let base = try builder.layer(named: "base", bytes: 30_000, compression: compression, instruction: "ADD base /")
        let one = try builder.layer(["app/web": "web"], compression: compression, instruction: "COPY web /app")
        let two = try builder.layer(["app/api": "api"], compression: compression, instruction: "RUN make api")
        web = try builder.image([base, one], labels: ["team": "front"])
        api = try builder.image([base, two])
        loose = try builder.image([base])
    }

    var saved: [(ImageBuilder.Image, tags: [String])] {
        [(web, tags: ["web:1", "web:latest"]), (api, tags: ["localhost:5000/team/api:2"]), (loose, tags: [])]
    }

    var listed: [(Descriptor, ImageBuilder.LayoutName)] {
        [
            (web.descriptor, .containerd("docker.io/library/web:1")),
            (web.descriptor, .containerd("docker.io/library/web:latest")),
            (api.descriptor, .reference("localhost:5000/team/api:2")), (loose.descriptor, .none),
        ]
    }
}

private func names(_ seen: RecordingSink) -> [String] {
    seen.references.map { "\($0.repository):\($0.name)" }.sorted()
}

@Suite struct ArchiveCollectorTests {
    @Test(arguments: ImageBuilder.SaveFormat.allCases)
    func `a docker save of any generation keeps to the rules`(format: ImageBuilder.SaveFormat) async throws {
        let folder = try ScratchFolder()
        let sample = try Sample()
        let file = try folder.write(try sample.builder.dockerArchive(sample.saved, format: format), to: "save.tar")
        let (seen, result) = try await CollectorConformance { ArchiveCollector(path: file.path) }.check()
        #expect(result.source.kind == .archive && result.source.bytesAre == .stored)
        #expect(names(seen) == ["localhost:5000/team/api:2", "web:1", "web:latest"])
        // The first format cannot tell an untagged image from a layer that others stand on.
        let unnamed = format == .version1 ? [] : ["<none>"]
        #expect(seen.repositories.map(\.name) == unnamed + ["localhost:5000/team/api", "web"])
        #expect(seen.items.count { $0.kind == .image } == 2 + unnamed.count)
        let layers = seen.distinctObjects.filter { $0.kind == .layer }
        #expect(Set(layers.compactMap(\.diffID)) == Set([sample.web, sample.api].flatMap { $0.layers.map(\.diffID) }))
        for layer in layers { #expect(layer.bytes == layer.uncompressedBytes && layer.key == layer.diffID) }
        let instructions = seen.items.flatMap(\.objects).compactMap(\.instruction)
        #expect(Set(instructions) == ["ADD base /", "COPY web /app", "RUN make api"])
        guard format != .version1 else { return }
        #expect(
            Set(seen.items.compactMap(\.imageID)) == [sample.web.imageID, sample.api.imageID, sample.loose.imageID])
        let web = try #require(seen.items.first { $0.imageID == sample.web.imageID })
        #expect(web.labels == ["team": "front"] && web.platform?.description == "linux/amd64")
        #expect(web.createdAt != nil && web.configuration?.contains("diff_ids") == true)
        #expect(web.digest == sample.web.imageID || format == .layout)
    }

    @Test(arguments: [MediaType.Compression.none, .gzip, .zstd], Digest.Algorithm.allCases)
    func `a layout keeps to the rules, whatever its compression and digests`(
        compression: MediaType.Compression, algorithm: Digest.Algorithm
    ) async throws {
        let folder = try ScratchFolder()
        let sample = try Sample(compression: compression, algorithm: algorithm)
        try sample.builder.writeLayout(sample.listed, to: folder("layout"))
        let tar = try folder.write(try sample.builder.layoutTar(sample.listed), to: "layout.tar")
        let (seen, _) = try await CollectorConformance { ArchiveCollector(path: folder("layout").path) }.check()
        let (fromTar, _) = try await CollectorConformance { ArchiveCollector(path: tar.path) }.check()
        #expect(seen.items == fromTar.items && seen.references == fromTar.references)
        #expect(names(seen) == ["localhost:5000/team/api:2", "web:1", "web:latest"])
        #expect(Set(seen.items.map(\.digest)) == [sample.web.digest, sample.api.digest, sample.loose.digest])
        #expect(Set(seen.holdings.filter { $0.repository == "<none>" }.map(\.item)) == [sample.loose.digest])
        #expect(seen.storedBytes == sample.builder.blobs.values.reduce(0) { $0 + Int64($1.count) })
        let web = try #require(seen.item(sample.web.digest))
        #expect(web.objects.map(\.kind) == [.manifest, .configuration, .layer, .layer])
        #expect(web.objects.dropFirst(2).compactMap(\.diffID) == sample.web.layers.map(\.diffID))
        #expect(web.objects.dropFirst(2).compactMap(\.uncompressedBytes) == sample.web.layers.map(\.tarBytes))
        #expect(web.imageID == sample.web.imageID)
    }

    @Test(arguments: [Packing.none, .gzip, .zstd]) func `one image is the same packed and from a pipe`(packing: Packing)
        async throws
    {
        let folder = try ScratchFolder()
        let sample = try Sample()
        let plain = try sample.builder.dockerArchive(sample.saved)
        let content =
            switch packing {
            case .gzip:
                try Compressing.gzip(plain.prefix(20_000)) + Compressing.gzip(plain.dropFirst(20_000))
                    + Data(count: 512)
            case .zstd: try Compressing.zstd(plain.prefix(20_000)) + Compressing.zstd(Data(plain.dropFirst(20_000)))
            default: plain
            }
        let file = try folder.write(content, to: "save")
        let reference = RecordingSink()
        let plainFile = try folder.write(plain, to: "plain.tar")
        _ = try await ArchiveCollector(path: plainFile.path).collect(.test(reference))
        let (seen, _) = try await CollectorConformance { ArchiveCollector(path: file.path) }.check()
        #expect(seen.items == reference.items && seen.references == reference.references)
        let figure = try #require(seen.reportedFigures.first)
        #expect(figure.name == "archive_bytes" && figure.bytes == Int64(content.count))
    }

    @Test func `an index of platforms with attestations and referrers is taken whole`() async throws {
        let folder = try ScratchFolder()
        var builder = ImageBuilder()
        let base = try builder.layer(named: "base", bytes: 9_000)
        let amd = try builder.image([base])
        let arm = try builder.image(
            [base, try builder.layer(["arm": "1"])],
            platform: Platform(os: "linux", architecture: "arm64", variant: "v8"))
        let proof = try builder.attestation(for: amd)
        let index = try builder.index([amd.descriptor, arm.descriptor, proof])
        let sbom = try builder.referrer("packages", subject: amd.descriptor)
        let outer = try builder.index([index])
        let tar = try folder.write(
            try builder.layoutTar([(outer, .containerd("ghcr.io/acme/web:3")), (sbom, .none)]), to: "index.tar")
        let (seen, _) = try await CollectorConformance { ArchiveCollector(path: tar.path) }.check()
        #expect(Set(seen.items.map(\.kind)) == [.image, .index, .attestation, .artifact])
        #expect(seen.items.count == 6)
        #expect(seen.item(proof.digest)?.subject == amd.digest)
        #expect(seen.item(sbom.digest)?.subject == amd.digest)
        #expect(seen.item(arm.digest)?.platform?.description == "linux/arm64/v8")
        #expect(Set(seen.holdings.map(\.repository)) == ["ghcr.io/acme/web"], "what is about an image lies with it")
        #expect(seen.holdings.count == 6)
        #expect(seen.references.map(\.item) == [outer.digest])
    }

    @Test func `an archive of one platform says which are not in it`() async throws {
        let folder = try ScratchFolder()
        var builder = ImageBuilder()
        let amd = try builder.image([try builder.layer(["a": "1"])])
        let arm = try builder.image(
            [try builder.layer(["a": "2"])], platform: Platform(os: "linux", architecture: "arm64"))
        let index = try builder.index([amd.descriptor, arm.descriptor])
        builder.remove(arm.digest)
        let tar = try folder.write(try builder.layoutTar([(index, .reference("1.0"))]), to: "one.tar")
        let (seen, result) = try await CollectorConformance(allowsMissingChildren: true) {
            ArchiveCollector(path: tar.path)
        }.check()
        #expect(seen.item(index.digest)?.children.map(\.isPresent) == [true, false])
        #expect(names(seen) == ["<none>:1.0"])
        let status = try #require(result.aspects.first { $0.aspect == "platforms" })
        #expect(status.outcome == .notAvailable && status.expected == 1)
    }

    @Test func `an image that only manifest.json names is found among the blobs`() async throws {
        let folder = try ScratchFolder()
        let sample = try Sample()
        let saved = sample.saved + []
        let file = try folder.write(try sample.builder.dockerArchive(saved, format: .layout), to: "save.tar")
        let seen = RecordingSink()
        _ = try await ArchiveCollector(path: file.path).collect(.test(seen))
        let loose = try #require(seen.items.first { $0.imageID == sample.loose.imageID })
        #expect(loose.objects.first?.kind == .manifest, "the engine left its manifest among the blobs")
        #expect(seen.holdings.filter { $0.item == loose.digest }.map(\.repository) == ["<none>"])
    }
}

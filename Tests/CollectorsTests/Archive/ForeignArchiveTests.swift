import Archive
import Collectors
import Foundation
import ImageModel
import Observations
import TestSupport
import Testing

private let root = SharedData.at("fixtures")

private func place(_ path: String) -> String { root?.appending(path: path).path ?? path }

private func collect(_ path: String) async throws -> (RecordingSink, CollectionResult) {
    let seen = RecordingSink()
    let result = try await ArchiveCollector(path: path).collect(.test(seen))
    return (seen, result)
}

private struct Expected: CustomTestStringConvertible {
    var path: String
    var images: Int
    var layers: Int
    var names: [String] = []
    var allowsMissingChildren = false
    var testDescription: String { path }
}

private let ggcr = "google-go-containerregistry/pkg/v1/"
private let dive = "wagoodman-dive/.data/"
private let actions = "docker-actions-toolkit/__tests__/.fixtures/oci-archive/"

/// Archives of other projects; images, distinct layers and names counted with tar and jq.
private let whole: [Expected] = [
    Expected(
        path: ggcr + "tarball/testdata/test_bundle.tar", images: 2, layers: 2,
        names: ["test_image_1:latest", "test_image_2:latest"]),
    Expected(path: ggcr + "tarball/testdata/test_image_1.tar", images: 1, layers: 1),
    Expected(path: ggcr + "tarball/testdata/test_link.tar", images: 2, layers: 2),
    Expected(path: ggcr + "tarball/testdata/hello-world-v25.tar", images: 1, layers: 1, names: []),
    Expected(path: ggcr + "tarball/testdata/no_manifest.tar", images: 1, layers: 1),
    Expected(path: ggcr + "mutate/testdata/whiteout_image.tar", images: 1, layers: 3),
    Expected(path: ggcr + "mutate/testdata/overwritten_file.tar", images: 1, layers: 3),
    Expected(path: ggcr + "mutate/testdata/whiteout_dir.tar", images: 1, layers: 4),
    Expected(path: ggcr + "mutate/testdata/source_image.tar", images: 1, layers: 1),
    Expected(path: dive + "test-docker-image.tar", images: 1, layers: 14, names: ["dive-test:latest"]),
    Expected(path: dive + "test-kaniko-image.tar", images: 1, layers: 14, names: ["dive-test:kaniko-latest"]),
    Expected(path: dive + "test-oci-gzip-image.tar", images: 1, layers: 1),
    Expected(path: dive + "test-oci-zstd-image.tar", images: 1, layers: 1),
    Expected(path: dive + "test-oci-estargz-image.tar", images: 1, layers: 1),
    Expected(path: dive + "test-oci-uncompressed-image.tar", images: 1, layers: 1),
    Expected(path: actions + "hello-oci-gzip.tar", images: 1, layers: 1),
    Expected(path: actions + "hello-oci-zstd.tar", images: 1, layers: 1),
    Expected(path: actions + "hello-oci-uncompressed.tar", images: 1, layers: 1),
    Expected(path: "containers-image/docker/archive/fixtures/almostempty.tar", images: 1, layers: 1),
    Expected(path: "docker-library-busybox/latest/glibc/amd64", images: 1, layers: 1),
    Expected(path: "docker-library-busybox/latest/musl/arm64v8", images: 1, layers: 1),
]

@Suite(.enabled(if: root != nil, "other projects' archives are not at hand")) struct ForeignArchiveTests {
    @Test(arguments: whole) private func `an archive of another project is read whole`(expected: Expected) async throws
    {
        let (seen, result) = try await CollectorConformance(allowsMissingChildren: expected.allowsMissingChildren) {
            ArchiveCollector(path: place(expected.path))
        }.check()
        #expect(result.isComplete, "\(result.aspects)")
        #expect(seen.items.count { $0.kind == .image } == expected.images)
        #expect(seen.distinctObjects.count { $0.kind == .layer } == expected.layers)
        if !expected.names.isEmpty {
            #expect(seen.references.map { "\($0.repository):\($0.name)" }.sorted() == expected.names)
        }
        for image in seen.items where image.kind == .image { #expect(image.imageID != nil) }
    }

    @Test func `every layout, tar and build record at hand is read or refused with a reason`() async throws {
        let files = FileManager.default.enumerator(at: try #require(root), includingPropertiesForKeys: nil)
        var read = 0
        while let file = files?.nextObject() as? URL {
            let isTar = ["tar", "dockerbuild"].contains(file.pathExtension)
            guard isTar || file.lastPathComponent == "index.json" else { continue }
            let path = isTar ? file.path : file.deletingLastPathComponent().path
            do {
                let (seen, result) = try await collect(path)
                read += 1
                #expect(result.isComplete || result.aspects.contains { !$0.detail.isEmpty }, "\(path)")
                #expect(!seen.observations.isEmpty)
            } catch let error as ArchiveError {
                #expect(error.message.hasPrefix(path), "\(error)")
            } catch let error as ImageModelError {
                Issue.record("\(path): \(error)")
            }
        }
        #expect(read > 30)
    }

    @Test func `one image in gzip, zstd and no compression is one image by its diffIDs`() async throws {
        var diffIDs: Set<[Digest]> = []
        for form in ["gzip", "zstd", "uncompressed"] {
            let (seen, _) = try await collect(place(dive + "test-oci-\(form)-image.tar"))
            diffIDs.insert(try #require(seen.items.first { $0.kind == .image }).objects.compactMap(\.diffID))
        }
        #expect(diffIDs.count == 1)
    }

    @Test func `a layout without some of its blobs is incomplete and says which`() async throws {
        let (_, result) = try await collect(place("containers-image/oci/layout/fixtures/delete_image_shared_blobs_dir"))
        #expect(!result.isComplete)
        #expect(result.aspects.contains { $0.detail.contains("is not in the archive") })
    }
}

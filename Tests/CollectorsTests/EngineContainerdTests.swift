import Collectors
import Foundation
import ImageModel
import Observations
import TestSupport
import Testing

/// The containerd store, as its engines answer: an image for two platforms of which a third is absent, with an
/// attestation, and a second image for one platform that shares a layer.
private func containerd(version: String) -> ScriptedDocker {
    @Sendable func digest(_ name: String) -> Digest { Digest.of(Array(name.utf8)) }
    func manifest(_ name: String, _ kind: String, _ rest: String, available: Bool = true) -> String {
        #"{"ID":"\#(digest(name))","Available":\#(available),"Kind":"\#(kind)","Size":{"Content":500}\#(rest)}"#
    }
    func imageData(_ architecture: String, _ unpacked: Int) -> String {
        #","ImageData":{"Platform":{"os":"linux","architecture":"\#(architecture)"},"Size":{"Unpacked":\#(unpacked)}}"#
    }
    let manifests = [
        manifest("amd", "image", imageData("amd64", 12_288)), manifest("arm", "image", imageData("arm64", 0)),
        manifest("s390", "image", imageData("s390x", 0), available: false),
        manifest("proof", "attestation", #","AttestationData":{"For":"\#(digest("amd"))"}"#),
    ]
    var docker = ScriptedDocker(version: version)
    docker.answer(
        "/info", .json(#"{"Driver":"overlayfs","DriverStatus":[["driver-type","io.containerd.snapshotter.v1"]]}"#))
    docker.answer(
        "/images/json",
        .json(
            """
            [{"Id":"\(digest("index"))","RepoTags":["multi:1"],"RepoDigests":["multi@\(digest("index"))"],
            "Descriptor":{"mediaType":"application/vnd.oci.image.index.v1+json"},"Manifests":[\(manifests.joined(separator: ","))]},
            {"Id":"\(digest("single"))","RepoTags":["single:1"],"RepoDigests":["\(digest("single"))"],
            "Manifests":[\(manifest("single", "image", imageData("amd64", 8_192)))]}]
            """))
    docker.answers["/images/\(digest("index"))/json"] = { request in
        let architecture = request.item("platform")?.contains("arm64") == true ? "arm64" : "amd64"
        return .json(
            #"{"Id":"\#(digest("index"))","Os":"linux","Architecture":"\#(architecture)","Size":99999,"#
                + #""RootFS":{"Layers":["\#(digest("l1"))","\#(digest("l2"))"]}}"#)
    }
    docker.answers["/images/\(digest("index"))/history"] = { request in
        request.item("platform")?.contains("arm64") == true
            ? .json(#"[{"Size":0,"CreatedBy":"b"},{"Size":0,"CreatedBy":"a"}]"#)
            : .json(#"[{"Size":4096,"CreatedBy":"b"},{"Size":8192,"CreatedBy":"a"}]"#)
    }
    docker.answer(
        "/images/\(digest("single"))/json",
        .json(
            #"{"Id":"x","Os":"linux","Architecture":"amd64","Size":99999,"RootFS":{"Layers":["\#(digest("l1"))"]}}"#))
    docker.answer("/images/\(digest("single"))/history", .json(#"[{"Size":8192,"CreatedBy":"a"}]"#))
    docker.answer(
        "/system/df",
        .json(
            #"{"ImageUsage":{"TotalSize":14000},"ContainerUsage":{},"BuildCacheUsage":{}}"#))
    docker.answer(
        "/containers/json",
        .json(
            #"[{"Id":"c","ImageID":"\#(digest("index"))","ImageManifestDescriptor":{"digest":"\#(digest("amd"))"},"State":"running"}]"#
        ))
    return docker
}

struct EngineContainerdTests {
    private func digest(_ name: String) -> Digest { Digest.of(Array(name.utf8)) }

    @Test func `each platform that is here is an image of its own, with snapshots that are shared`() async throws {
        try await containerd(version: "1.52").run { endpoint, _ in
            let (seen, result) = try await CollectorConformance(allowsMissingChildren: true) {
                EngineCollector(endpoint, limits: .small)
            }.check()
            #expect(result.isComplete)
            #expect(result.source.product == "Docker Engine 20.10.24 (containerd, overlayfs)")
            #expect(result.aspects.contains { $0.aspect == "content" && $0.outcome == .notAvailable })
            let index = try #require(seen.item(digest("index")))
            #expect(index.kind == .index)
            #expect(index.children.map(\.isPresent) == [true, true, false, true])
            #expect(index.children[0].platform?.architecture == "amd64")
            #expect(seen.item(digest("amd"))?.objects.map(\.bytes) == [8_192, 4_096])
            #expect(seen.item(digest("arm"))?.objects == [], "not unpacked: no snapshot, and none of size 0")
            #expect(seen.item(digest("arm"))?.platform?.architecture == "arm64")
            #expect(seen.item(digest("proof"))?.subject == digest("amd"))
            #expect(seen.item(digest("single"))?.kind == .image)
            #expect(seen.storedBytes == 12_288)
            #expect(seen.holdings.count { $0.repository == "multi" } == 4)
            #expect(seen.references.count { $0.kind == .digest } == 1, "a bare digest is no name")
            #expect(seen.containers.map(\.item) == [digest("amd")])
            let figure = try #require(seen.reportedFigures.first { $0.name == "layers_bytes" })
            #expect(figure.bytes == 14_000 && figure.note.contains("compressed content"))
        }
    }

    @Test func `an engine that cannot be asked platform by platform tells of one`() async throws {
        let (seen, result) = try await containerd(version: "1.44").run { endpoint, _ in
            let seen = RecordingSink()
            return (seen, try await EngineCollector(endpoint, limits: .small).collect(.test(seen)))
        }
        #expect(result.isComplete)
        #expect(Set(seen.items.map(\.digest)) == [digest("index"), digest("single")])
        #expect(seen.item(digest("index"))?.objects.map(\.bytes) == [8_192, 4_096])
    }
}

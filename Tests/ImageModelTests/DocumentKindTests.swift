import Foundation
import ImageModel
import TestSupport
import Testing

private let digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

private func entry(_ type: String, more: String = "") -> String {
    #"{"mediaType":"\#(type)","size":2,"digest":"\#(digest)"\#(more)}"#
}

private func manifest(_ text: String) throws -> Manifest? {
    if case .manifest(let manifest) = try ManifestDocument.parse(Data(text.utf8)) { manifest } else { nil }
}

private func index(_ text: String, contentType: MediaType? = nil) throws -> Index? {
    if case .index(let index) = try ManifestDocument.parse(Data(text.utf8), contentType: contentType) {
        index
    } else {
        nil
    }
}

@Suite struct DocumentKindTests {
    @Test(arguments: [
        (
            "application/vnd.oci.image.config.v1+json", "application/vnd.oci.image.layer.v1.tar+gzip",
            Manifest.Kind.image
        ),
        ("application/vnd.oci.image.config.v1+json", "application/vnd.oci.image.layer.v1.tar+zstd", .image),
        (
            "application/vnd.docker.container.image.v1+json",
            "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", .image
        ),
        ("application/vnd.oci.image.config.v1+json", "application/vnd.oci.image.layer.v1.tar+gzip+encrypted", .image),
        ("application/vnd.oci.image.config.v1+json", "application/vnd.in-toto+json", .attestation),
        ("application/vnd.buildkit.cacheconfig.v0", "application/vnd.oci.image.layer.v1.tar+gzip", .cache),
        ("application/vnd.oci.empty.v1+json", "application/spdx+json", .artifact),
        ("application/vnd.oci.image.config.v1+json", "application/vnd.dev.cosign.simplesigning.v1+json", .artifact),
        ("application/vnd.cncf.helm.config.v1+json", "application/vnd.cncf.helm.chart.content.v1.tar+gzip", .artifact),
    ]) func `what a manifest describes is told by its content`(config: String, layer: String, kind: Manifest.Kind)
        throws
    {
        let text = #"{"schemaVersion":2,"config":\#(entry(config)),"layers":[\#(entry(layer))]}"#
        #expect(try manifest(text)?.kind == kind)
    }

    @Test func `an image of early Docker has an octet stream as configuration`() throws {
        let type = "application/vnd.docker.distribution.manifest.v2+json"
        let config = entry("application/octet-stream")
        let layer = entry("application/vnd.docker.image.rootfs.diff.tar.gzip")
        let text = #"{"schemaVersion":2,"mediaType":"\#(type)","config":\#(config),"layers":[\#(layer)]}"#
        #expect(try manifest(text)?.kind == .image)
        #expect(try manifest(text.replacingOccurrences(of: type, with: ""))?.kind == .artifact)
    }

    @Test func `an attestation manifest of newer BuildKit is known by its artifact type`() throws {
        let type = "application/vnd.docker.attestation.manifest.v1+json"
        let text =
            #"{"schemaVersion":2,"artifactType":"\#(type)","config":\#(entry("application/vnd.oci.empty.v1+json")),"layers":[],"subject":\#(entry("application/vnd.oci.image.manifest.v1+json"))}"#
        #expect(try manifest(text)?.kind == .attestation)
        #expect(try manifest(text)?.subject?.digest.description == digest)
    }

    @Test func `lists that Go writes as null or leaves out are empty`() throws {
        let config = entry("application/vnd.oci.image.config.v1+json")
        for layers in [#","layers":null"#, "", #","layers":[]"#] {
            #expect(
                try manifest(#"{"schemaVersion":2,"config":\#(config)\#(layers),"annotations":null}"#)?.layers == [])
        }
        #expect(try index(#"{"schemaVersion":2,"manifests":null}"#)?.manifests == [])
        #expect(try index(#"{"schemaVersion":2,"mediaType":"","manifests":[],"subject":null}"#)?.manifests == [])
        #expect(try index(#"{"schemaVersion":2}"#, contentType: .ociIndex)?.manifests == [])
    }

    @Test(arguments: [#""diff_ids":null,"#, "", #""diff_ids":[],"#])
    func `an image from scratch has no diffIDs`(list: String) throws {
        let text =
            #"{"architecture":"amd64","os":"linux","config":{"Env":null,"Cmd":null,"Labels":null,"Volumes":null,"ExposedPorts":null},"created":null,"rootfs":{\#(list)"type":"layers"},"history":null}"#
        let configuration = try DocumentParser.configuration(Data(text.utf8))
        #expect(configuration.rootfs.diffIDs.isEmpty)
        #expect(configuration.layerInstructions.isEmpty && configuration.labels.isEmpty)
    }

    @Test func `instructions stand beside their layers when history allows`() throws {
        var configuration = ImageConfiguration(
            architecture: "amd64", os: "linux", rootfs: .init(diffIDs: [Digest.of([1]), Digest.of([2])]),
            history: [
                History(createdBy: "ADD a"), History(createdBy: "ENV x=y", emptyLayer: true),
                History(createdBy: "RUN b"),
            ])
        #expect(configuration.layerInstructions == ["ADD a", "RUN b"])
        configuration.history?.removeLast()
        #expect(configuration.layerInstructions == [nil, nil], "history that does not fit says nothing")
        configuration.history = nil
        #expect(configuration.layerInstructions == [nil, nil])
    }

    @Test func `a BuildKit cache index lists layers and one cache configuration`() throws {
        let layer = entry(
            "application/vnd.oci.image.layer.v1.tar+zstd", more: #","annotations":{"buildkit/createdat":"x"}"#)
        let text =
            #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[\#(layer),\#(entry("application/vnd.buildkit.cacheconfig.v0"))]}"#
        let parsed = try #require(try index(text))
        #expect(parsed.isBuildKitCache)
        #expect(parsed.manifests[0].mediaType.compression == .zstd)
    }

    @Test func `an index's attestation names the image it is about`() throws {
        var builder = ImageBuilder()
        let image = try builder.image([try builder.layer(["a": "b"])])
        let attestation = try builder.attestation(for: image)
        #expect(attestation.attestedManifest == image.digest.description)
        #expect(attestation.platform?.isUnknown == true)
        #expect(image.descriptor.attestedManifest == nil)
        let content = try #require(builder.blobs[attestation.digest])
        #expect(try manifest(String(decoding: content, as: UTF8.self))?.kind == .attestation)
    }

    @Test func `a descriptor whose embedded content has another length is refused`() throws {
        let text = #"{"schemaVersion":2,"config":\#(entry("a/b", more: #","data":"YQ==""#)),"layers":[]}"#
        let error = try #require(throws: ImageModelError.self) { try manifest(text) }
        #expect(error.path == "config.data")
    }

    @Test func `media types lose parameters and case`() {
        #expect(MediaType(" Application/Vnd.OCI.Image.Manifest.V1+JSON ; charset=utf-8") == .ociManifest)
        #expect(MediaType.ociLayerZstd.compression == .zstd)
        #expect(MediaType.dockerLayerGzip.compression == .gzip)
        #expect(MediaType.ociLayer.compression == MediaType.Compression.none)
        #expect(MediaType("application/vnd.oci.image.layer.v1.tar+gzip+encrypted").compression == nil)
        #expect(MediaType("application/vnd.oci.image.layer.nondistributable.v1.tar+zstd").isForeignLayer)
    }
}

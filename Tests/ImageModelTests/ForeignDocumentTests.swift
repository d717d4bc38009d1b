import Foundation
import ImageModel
import TestSupport
import Testing

private let root = SharedData.at("fixtures")

/// Documents of these projects that are wrong on purpose, or that we refuse for a reason; with the place to be named.
private let refused: [String: String] = [
    "containers-image/manifest/fixtures/unknown-version.manifest.json": "schemaVersion",
    "containers-image/manifest/fixtures/non-json.manifest.json": "",
    // An artifact without any configuration, as no registry takes it.
    "containers-image/manifest/fixtures/ociv1.artifact.json": "config.digest",
    "containers-image/manifest/fixtures/ociv1nomime.artifact.json": "config.digest",
    "containers-image/oci/layout/fixtures/name_lookups/index.json": "manifests[4].mediaType",
    "containers-image/internal/manifest/testdata/unknown-version.manifest.json": "schemaVersion",
    "containers-image/internal/manifest/testdata/non-json.manifest.json": "",
    "containers-image/internal/manifest/testdata/ociv1.artifact.json": "config.digest",
    "containers-image/internal/manifest/testdata/ociv1nomime.artifact.json": "config.digest",
    // Written by a conversion that did not know the size.
    "containers-image/internal/image/fixtures/schema1-to-oci1.json": "config.size",
    "containers-image/internal/image/fixtures/schema1-to-schema2.json": "config.size",
]

private let projects = [
    "containers-image", "google-go-containerregistry", "docker-library-busybox", "docker-library-meta-scripts",
    "moby-buildkit", "apple-containerization",
]

/// JSON documents below a project's folder that have the key at the top.
private func documents(of project: String, with key: String) throws -> [String: Data] {
    guard let root else { return [:] }
    var found: [String: Data] = [:]
    let files = FileManager.default.enumerator(
        at: root.appending(path: project), includingPropertiesForKeys: [.isRegularFileKey])
    while let file = files?.nextObject() as? URL {
        guard try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else { continue }
        let content = try Data(contentsOf: file)
        let path = String(file.path.dropFirst(root.path.count + 1))
        let top = content.count < 1_000_000 ? try? JSONSerialization.jsonObject(with: content) as? [String: Any] : nil
        if top?[key] != nil { found[path] = content }
    }
    return found
}

@Suite(.enabled(if: root != nil, "other projects' documents are not at hand"))
struct ForeignDocumentTests {
    @Test(arguments: projects) func `a project's manifests and indexes parse`(project: String) throws {
        let documents = try documents(of: project, with: "schemaVersion")
        #expect(!documents.isEmpty)
        for (path, content) in documents where refused[path] == nil {
            #expect(throws: Never.self, "\(path)") { try ManifestDocument.parse(content) }
        }
    }

    @Test(arguments: projects) func `a project's image configurations parse`(project: String) throws {
        for (path, content) in try documents(of: project, with: "rootfs") {
            #expect(throws: Never.self, "\(path)") {
                let configuration = try DocumentParser.configuration(content)
                #expect(configuration.layerInstructions.count == configuration.rootfs.diffIDs.count)
            }
        }
    }

    @Test(arguments: refused.keys.sorted()) func `what is wrong is refused, and the place named`(path: String) throws {
        let file = try #require(SharedData.at("fixtures/" + path))
        let content = try Data(contentsOf: file)
        let error = try #require(throws: ImageModelError.self) { try ManifestDocument.parse(content) }
        #expect(error.path == refused[path])
    }

    @Test func `schema 1 manifests give layers base first, without the empty ones`() throws {
        let file = try #require(SharedData.at("fixtures/containers-image/internal/image/fixtures/schema1.json"))
        guard case .schema1(let manifest) = try ManifestDocument.parse(Data(contentsOf: file)) else {
            Issue.record("not schema 1")
            return
        }
        #expect(manifest.layers.count == manifest.instructions.count)
        #expect(!manifest.layers.isEmpty)
        let empty = try Digest("sha256:a3ed95caeb02ffe68cdd9fd84406680ae93d633cb16422d00e8a7c22955b46d4")
        #expect(!manifest.layers.contains(empty))
    }
}

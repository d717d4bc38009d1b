package import Foundation
package import ImageModel

extension ImageBuilder {
    /// A name in a layout's `index.json`: as containerd and `docker save` write it (`io.containerd.image.name` with
    /// the tag beside it), or as skopeo and buildah do (the tag, or a whole reference, alone).
    package enum LayoutName: Sendable {
        case none
        case containerd(String)
        case reference(String)
    }

    /// The files of an OCI image layout, by path.
    package func layoutFiles(_ entries: [(Descriptor, LayoutName)]) throws -> [(String, Data)] {
        let listed = entries.map { entry, name in
            var entry = entry
            switch name {
            case .none: break
            case .containerd(let full):
                entry.annotations = (entry.annotations ?? [:]).merging([
                    "io.containerd.image.name": full,
                    "org.opencontainers.image.ref.name": String(full.split(separator: ":").last ?? "latest"),
                ]) { $1 }
            case .reference(let text):
                entry.annotations = (entry.annotations ?? [:]).merging(["org.opencontainers.image.ref.name": text]) {
                    $1
                }
            }
            return entry
        }
        let documents = [
            ("index.json", try encode(Index(manifests: listed))),
            ("oci-layout", Data(#"{"imageLayoutVersion":"1.0.0"}"#.utf8)),
        ]
        let content = blobs.sorted { $0.key < $1.key }.map { digest, data in
            ("blobs/\(digest.algorithm.rawValue)/\(digest.hex)", data)
        }
        return content + documents
    }

    /// Writes an OCI layout into a folder.
    package func writeLayout(_ entries: [(Descriptor, LayoutName)], to folder: URL) throws {
        for (path, data) in try layoutFiles(entries) {
            let target = folder.appending(path: path)
            try FileManager.default.createDirectory(
                at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            try data.write(to: target)
        }
    }

    /// An OCI layout as a tar.
    package func layoutTar(_ entries: [(Descriptor, LayoutName)]) throws -> Data {
        var tar = TarBuilder()
        for (path, data) in try layoutFiles(entries) { tar.add(file: path, data) }
        return tar.finished()
    }

    /// How a `docker save` archive is laid out.
    package enum SaveFormat: Sendable, CaseIterable {
        /// Before 1.10: a folder for each layer, chained by `parent`, and `repositories`; no `manifest.json`.
        case version1
        /// 1.10 to 24: `manifest.json` first named the layers of the folders.
        case folders
        /// Podman's and skopeo's `docker-archive`: `<diffID>.tar` at the top.
        case flat
        /// 25 and later with a graph driver: an OCI layout with uncompressed layers, and `manifest.json`.
        case layout
    }

    /// A `docker save` archive of a graph-driver engine: uncompressed layers, no registry manifests.
    package func dockerArchive(_ images: [(Image, tags: [String])], format: SaveFormat = .folders) throws -> Data {
        var archive = DockerArchiveWriter(builder: self, format: format)
        for (image, tags) in images { try archive.add(image, tags: tags) }
        return try archive.finished()
    }
}

private struct DockerArchiveWriter {
    struct Entry: Encodable {
        var config: String
        var repoTags: [String]?
        var layers: [String]

        enum CodingKeys: String, CodingKey {
            case config = "Config"
            case repoTags = "RepoTags"
            case layers = "Layers"
        }

        func encode(to encoder: any Encoder) throws {
            var values = encoder.container(keyedBy: CodingKeys.self)
            try values.encode(config, forKey: .config)
            try values.encode(repoTags, forKey: .repoTags)
            try values.encode(layers, forKey: .layers)
        }
    }

    let builder: ImageBuilder
    let format: ImageBuilder.SaveFormat
    var tar = TarBuilder()
    var written: Set<String> = []
    var entries: [Entry] = []
    var repositories: [String: [String: String]] = [:]
    var layout = ImageBuilder()
    var layoutEntries: [(Descriptor, ImageBuilder.LayoutName)] = []

    init(builder: ImageBuilder, format: ImageBuilder.SaveFormat) {
        self.builder = builder
        self.format = format
    }

    mutating func add(_ image: ImageBuilder.Image, tags: [String]) throws {
        guard let document = builder.blobs[image.imageID] else { return }
        let chain = ChainID.chain(of: image.layers.map(\.diffID))
        var paths: [String] = []
        for (position, layer) in image.layers.enumerated() {
            guard let content = builder.tars[layer.diffID] else { continue }
            switch format {
            case .layout: paths.append("blobs/sha256/\(layer.diffID.hex)")
            case .flat: paths.append("\(layer.diffID.hex).tar")
            case .folders, .version1: paths.append("\(chain[position].hex)/layer.tar")
            }
            guard let path = paths.last, written.insert(path).inserted else { continue }
            if format == .version1 || format == .folders {
                let parent = position > 0 ? #","parent":"\#(chain[position - 1].hex)""# : ""
                let folder = chain[position].hex
                tar.add(folder: folder)
                tar.add(file: folder + "/VERSION", Data("1.0".utf8))
                let command = #","container_config":{"Cmd":["\#(layer.instruction ?? "COPY")"]}"#
                let last = position == image.layers.count - 1 ? #","architecture":"amd64","os":"linux""# : ""
                tar.add(
                    file: folder + "/json",
                    Data(#"{"id":"\#(folder)"\#(parent),"created":"2014-01-02T03:04:05Z"\#(command)\#(last)}"#.utf8))
            }
            tar.add(file: path, content)
        }
        for tag in tags {
            guard let colon = tag.lastIndex(of: ":") else { continue }
            repositories[String(tag[..<colon]), default: [:]][String(tag[tag.index(after: colon)...])] =
                chain.last?.hex ?? ""
        }
        guard format != .version1 else { return }
        let configPath = format == .layout ? "blobs/sha256/\(image.imageID.hex)" : "\(image.imageID.hex).json"
        if written.insert(configPath).inserted { tar.add(file: configPath, document) }
        entries.append(Entry(config: configPath, repoTags: tags.isEmpty ? nil : tags, layers: paths))
        if format == .layout { try addToLayout(image, tags: tags) }
    }

    private mutating func addToLayout(_ image: ImageBuilder.Image, tags: [String]) throws {
        let layers = image.layers.map {
            Descriptor(mediaType: .ociLayer, digest: $0.diffID, size: $0.tarBytes)
        }
        var configuration = image.configuration
        configuration.mediaType = .ociConfiguration
        let descriptor = try layout.add(Manifest(config: configuration, layers: layers))
        layoutEntries += tags.map { (descriptor, .containerd("docker.io/library/\($0)")) }
    }

    mutating func finished() throws -> Data {
        if format != .version1 { tar.add(file: "manifest.json", try builder.encode(entries)) }
        tar.add(file: "repositories", try builder.encode(repositories))
        if format == .layout {
            for (path, data) in try layout.layoutFiles(layoutEntries) { tar.add(file: path, data) }
        }
        return tar.finished()
    }
}

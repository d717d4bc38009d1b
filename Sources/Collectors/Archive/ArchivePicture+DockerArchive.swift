import Archive
import Foundation
import ImageModel
import Observations

/// One image in the `manifest.json` of a `docker save` archive (moby, daemon/internal/image/tarexport).
private struct SavedImage: Decodable {
    var config: String
    var repoTags: [String]?
    var layers: [String]?
    var parent: String?

    enum CodingKeys: String, CodingKey {
        case config = "Config"
        case repoTags = "RepoTags"
        case layers = "Layers"
        case parent = "Parent"
    }
}

extension ArchivePicture {
    /// Reads `manifest.json`. In an archive that is an OCI layout too, it adds what `index.json` does not name: images
    /// without tags. Throws when it is all there is and cannot be read.
    mutating func addDockerArchive(isLayout: Bool) throws {
        let saved: [SavedImage]
        do {
            guard let text = try content.document("manifest.json") else {
                throw ArchiveError(.corrupt, "it is no JSON document of up to 16 MiB")
            }
            saved = try DocumentParser.decode([SavedImage].self, from: text, as: .document, limit: text.count)
        } catch {
            let problem = ArchiveError(.corrupt, "manifest.json: \(error)")
            guard isLayout else { throw problem }
            report(.images, problem.description)
            return
        }
        for image in saved { add(image, isLayout: isLayout) }
    }

    private mutating func add(_ image: SavedImage, isLayout: Bool) {
        guard let file = content.file(image.config), let imageID = file.measure.digest(.sha256) else {
            report(.images, "configuration \(quoted(image.config)) is not in the archive")
            return
        }
        if let stated = Self.digest(inName: image.config), stated != imageID {
            report(.images, "configuration \(quoted(image.config)) has other content than its name says")
        }
        let item = isLayout ? itemInLayout(imageID) ?? addLoose(image, imageID) : addLoose(image, imageID)
        guard let item else { return }
        let names = (image.repoTags ?? []).compactMap { text in
            let name = ArchiveName.full(text)
            if name == nil { report(.images, "\(quoted(text)) is no name for an image") }
            return name
        }
        for name in names where !isLayout || references[name] == nil { self.name(item, name) }
        if names.isEmpty && !isHeld(item) { hold(item, in: untaggedRepository) }
    }

    /// The layout's manifest for an image: one that `index.json` leads to, or one that lies among the blobs and that
    /// nothing leads to, as engines leave it for untagged images.
    private mutating func itemInLayout(_ imageID: Digest) -> Digest? {
        if let known = itemsByImageID[imageID] { return known }
        guard let loose = looseManifest(imageID), visit(loose, depth: 0) else { return nil }
        return loose.digest
    }

    private mutating func looseManifest(_ imageID: Digest) -> Descriptor? {
        if loose == nil {
            var found: [Digest: Descriptor] = [:]
            for path in content.documentPaths where path.hasPrefix("blobs/sha256/") {
                guard let digest = try? Digest("sha256:" + path.dropFirst("blobs/sha256/".count)), items[digest] == nil,
                    let file = content.file(path), file.measure.bytes <= ManifestDocument.byteLimit,
                    let text = try? content.document(path),
                    case .manifest(let manifest)? = try? ManifestDocument.parse(text)
                else { continue }
                found[manifest.config.digest] = Descriptor(
                    mediaType: manifest.mediaType ?? .ociManifest, digest: digest, size: file.measure.bytes)
            }
            loose = found
        }
        return loose?[imageID]
    }

    /// An image without manifest: its identity is that of its configuration, its layers are files of the tar.
    private mutating func addLoose(_ image: SavedImage, _ imageID: Digest) -> Digest? {
        if items[imageID] != nil { return imageID }
        var item = ItemObservation(
            kind: .image, digest: imageID, mediaType: MediaType.dockerConfiguration.rawValue, imageID: imageID,
            parent: image.parent.flatMap { try? Digest($0) })
        let configuration: ImageConfiguration
        do {
            guard let text = try content.document(image.config) else {
                throw ArchiveError(.corrupt, "it is no JSON document of up to 16 MiB")
            }
            configuration = try DocumentParser.configuration(text)
            item.fill(from: configuration, text: text)
        } catch {
            report(.images, "configuration \(quoted(image.config)): \(error)")
            return nil
        }
        item.objects.append(
            ObjectObservation(
                kind: .configuration, key: imageID, bytes: content.file(image.config)?.measure.bytes,
                mediaType: MediaType.dockerConfiguration.rawValue))
        let layers = image.layers ?? []
        let diffIDs = configuration.rootfs.diffIDs
        if layers.count != diffIDs.count {
            report(
                .images, "image \(imageID) has \(layers.count) layers, but its configuration \(diffIDs.count)")
        }
        let instructions = configuration.layerInstructions
        for (position, path) in layers.enumerated() {
            let stated = layers.count == diffIDs.count ? diffIDs[position] : nil
            let instruction = layers.count == diffIDs.count ? instructions[position] : nil
            if let object = looseLayer(path, diffID: stated, instruction: instruction) { item.objects.append(object) }
        }
        add(item)
        return imageID
    }

    /// A layer that is a file of the tar: its key is the digest of its bytes as they lie there.
    mutating func looseLayer(_ path: String, diffID: Digest?, instruction: String?) -> ObjectObservation? {
        let what = "layer \(quoted(path))"
        guard let measure = content.file(path)?.measure, let key = measure.digest(.sha256) else {
            report(.layers, "\(what) is not in the archive")
            // Without its bytes only the configuration knows the layer.
            guard let diffID else { return nil }
            listedLayers.insert(diffID)
            if facts[diffID] == nil { facts[diffID] = Fact(isSound: false) }
            return ObjectObservation(
                kind: .layer, key: diffID, bytes: facts[diffID]?.bytes, diffID: diffID,
                uncompressedBytes: facts[diffID]?.uncompressedBytes, instruction: instruction)
        }
        listedLayers.insert(key)
        if facts[key] == nil {
            if let problem = measure.problem { report(.layers, "\(what): \(problem)") }
            facts[key] = Fact(
                bytes: measure.bytes, diffID: measure.unpackedDigest(.sha256), uncompressedBytes: measure.unpackedBytes,
                isSound: measure.problem == nil)
        }
        if let diffID, let computed = measure.unpackedDigest(.sha256), diffID.algorithm == .sha256, computed != diffID {
            disagree(key, what, computed: computed, stated: diffID)
        }
        return ObjectObservation(
            kind: .layer, key: key, bytes: measure.bytes, mediaType: measure.packing.layerType.rawValue,
            diffID: facts[key]?.diffID ?? diffID, uncompressedBytes: measure.unpackedBytes, instruction: instruction)
    }

    /// The digest that a configuration's file name states: `<hex>.json`, `sha256:<hex>`, `blobs/sha256/<hex>`.
    private static func digest(inName path: String) -> Digest? {
        var name = path.split(separator: "/").last ?? ""
        if name.hasSuffix(".json") { name.removeLast(5) }
        if name.hasPrefix("sha256:") { name.removeFirst(7) }
        return try? Digest("sha256:" + name)
    }
}

extension Packing {
    /// The media type of a layer that is packed so.
    var layerType: MediaType {
        switch self {
        case .gzip: .ociLayerGzip
        case .zstd: .ociLayerZstd
        case .none, .xz, .bzip2: .ociLayer
        }
    }
}

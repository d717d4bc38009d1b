import Archive
import Foundation
import ImageModel
import Observations

/// A layer of the first image format: a folder with `json` and `layer.tar`, chained by `parent` (moby,
/// image/spec/v1.md).
private struct Version1Layer: Decodable {
    struct Execution: Decodable {
        var command: [String]?
        var labels: [String: String]?

        enum CodingKeys: String, CodingKey {
            case command = "Cmd"
            case labels = "Labels"
        }
    }

    var id: String
    var parent: String?
    var created: String?
    var os: String?
    var architecture: String?
    var container: Execution?
    var config: Execution?

    enum CodingKeys: String, CodingKey {
        case id, parent, created, os, architecture, config
        case container = "container_config"
    }
}

extension ArchivePicture {
    /// Reads an archive of Docker before 1.10: no `manifest.json`, but a folder for each layer, and `repositories`.
    /// Throws ``ArchiveError`` when there is none either: then nothing here is an image.
    mutating func addVersion1() throws {
        var layers: [String: Version1Layer] = [:]
        for path in content.documentPaths where path.hasSuffix("/json") {
            do {
                guard let text = try content.document(path) else { continue }
                let layer = try DocumentParser.decode(
                    Version1Layer.self, from: text, as: .configuration, limit: DocumentParser.configurationByteLimit)
                layers[layer.id] = layer
            } catch {
                report(.images, "\(quoted(path)): \(error)")
            }
        }
        let names = try version1Names()
        guard !layers.isEmpty || !names.isEmpty else {
            if let damage = content.damage { throw damage }
            throw ArchiveError(
                .notAnArchive, "holds no image: it has neither index.json nor manifest.json nor repositories")
        }
        let parents = Set(layers.values.compactMap(\.parent))
        let named = Set(names.map(\.id))
        for id in layers.keys.sorted() where named.contains(id) || !parents.contains(id) {
            guard let digest = addVersion1(id, layers) else { continue }
            if !named.contains(id) { hold(digest, in: untaggedRepository) }
        }
        for (name, id) in names {
            guard let digest = try? Digest("sha256:" + id), items[digest] != nil else {
                report(.images, "image \(quoted(id)), named \(quoted(name.repository)), is not in the archive")
                continue
            }
            self.name(digest, name)
        }
    }

    private func version1Names() throws -> [(name: ArchiveName, id: String)] {
        guard let text = try content.document("repositories") else { return [] }
        let listed: [String: [String: String]]
        do {
            listed = try DocumentParser.decode(
                [String: [String: String]].self, from: text, as: .document, limit: text.count)
        } catch {
            throw ArchiveError(.corrupt, "repositories: \(error)")
        }
        return listed.sorted { $0.key < $1.key }.flatMap { repository, tags in
            tags.sorted { $0.key < $1.key }.map { tag, id in
                let name = ArchiveName.full("\(repository):\(tag)")
                return (name ?? ArchiveName(repository: untaggedRepository, kind: .tag, name: tag), id)
            }
        }
    }

    /// One image: the chain of layers that ends in `top`. Its identity is the one that it had then, which was no
    /// digest of anything.
    private mutating func addVersion1(_ top: String, _ layers: [String: Version1Layer]) -> Digest? {
        guard let digest = try? Digest("sha256:" + top), let head = layers[top] else {
            report(.images, "\(quoted(top)) is no image ID")
            return nil
        }
        var chain: [Version1Layer] = []
        var next: String? = top
        while let id = next {
            guard let layer = layers[id] else {
                report(.images, "image \(digest): its parent \(quoted(id)) is not in the archive")
                break
            }
            chain.append(layer)
            guard chain.count <= layers.count else {
                report(.images, "image \(digest): its parents go in a circle")
                return nil
            }
            next = layer.parent.flatMap { $0.isEmpty ? nil : $0 }
        }
        var item = ItemObservation(
            kind: .image, digest: digest, imageID: digest,
            platform: Platform(os: head.os ?? "linux", architecture: head.architecture ?? "amd64"),
            createdAt: Timestamp.parse(head.created), labels: head.config?.labels ?? [:])
        if let file = content.file("\(top)/json"), let key = file.measure.digest(.sha256) {
            item.objects.append(ObjectObservation(kind: .configuration, key: key, bytes: file.measure.bytes))
        }
        for layer in chain.reversed() {
            let instruction = layer.container?.command?.joined(separator: " ")
            if let object = looseLayer("\(layer.id)/layer.tar", diffID: nil, instruction: instruction) {
                item.objects.append(object)
            }
        }
        add(item)
        return digest
    }
}

import Foundation
import ImageModel
import Observations

extension ManifestNode {
    /// The observation of the item. Nil for what was observed before.
    func item(store: String, presence: (Digest) -> Presence) -> ItemObservation? {
        switch content {
        case .known: nil
        case .unreadable:
            ItemObservation(
                store: store, kind: .artifact, digest: digest, mediaType: mediaType,
                objects: [object(.manifest, digest, Int64(byteCount), mediaType)])
        case .parsed(.index(let index)): item(of: index, store: store, presence: presence)
        case .parsed(.manifest(let manifest)): item(of: manifest, store: store)
        case .parsed(.schema1(let manifest)): item(of: manifest, store: store)
        }
    }

    private func item(of index: Index, store: String, presence: (Digest) -> Presence) -> ItemObservation {
        var item = ItemObservation(
            store: store, kind: index.isBuildKitCache ? .cache : .index, digest: digest,
            mediaType: index.mediaType?.rawValue ?? mediaType, artifactType: index.artifactType,
            subject: index.subject?.digest, annotations: index.annotations ?? [:],
            objects: [object(.index, digest, Int64(byteCount), index.mediaType?.rawValue ?? mediaType)])
        item.createdAt = Timestamp.parse(item.annotations["org.opencontainers.image.created"])
        guard index.isBuildKitCache else {
            item.children = index.manifests.map {
                ChildObservation(
                    digest: $0.digest, platform: $0.platform, isPresent: presence($0.digest) == .present)
            }
            return item
        }
        let entries = index.manifests
        item.objects += entries.filter { $0.mediaType == .buildKitCache }.map {
            object(.configuration, $0.digest, $0.size, $0.mediaType.rawValue)
        }
        item.objects += entries.filter { $0.mediaType != .buildKitCache }.map { layer($0, diffID: nil, nil) }
        return item
    }

    private func item(of manifest: Manifest, store: String) -> ItemObservation {
        let kind: ItemKind =
            switch manifest.kind {
            case .image: .image
            case .attestation: .attestation
            case .cache: .cache
            case .artifact: candidate.attests == nil ? .artifact : .attestation
            }
        let type = manifest.mediaType?.rawValue ?? mediaType
        var item = ItemObservation(
            store: store, kind: kind, digest: digest, mediaType: type,
            artifactType: manifest.artifactType ?? (kind == .artifact ? manifest.config.mediaType.rawValue : nil),
            subject: manifest.subject?.digest ?? candidate.attests, annotations: manifest.annotations ?? [:])
        item.createdAt = Timestamp.parse(item.annotations["org.opencontainers.image.created"])
        if kind == .image {
            item.imageID = manifest.config.digest
            item.platform = parsedConfiguration?.platform ?? candidate.platform
            item.createdAt = Timestamp.parse(parsedConfiguration?.created) ?? item.createdAt
            item.labels = parsedConfiguration?.labels ?? [:]
            item.configuration =
                parsedConfiguration == nil
                ? nil
                : configuration.map {
                    String(decoding: $0.content, as: UTF8.self)
                }
        }
        let size = configuration.map { Int64($0.content.count) } ?? manifest.config.size
        item.objects = [
            object(.manifest, digest, Int64(byteCount), type),
            object(.configuration, manifest.config.digest, size, manifest.config.mediaType.rawValue),
        ]
        let diffIDs = parsedConfiguration?.rootfs.diffIDs ?? []
        let instructions = parsedConfiguration?.layerInstructions ?? []
        // Configuration and manifest list the same layers, or nothing is told of any.
        let isPaired = diffIDs.count == manifest.layers.count
        for (position, descriptor) in manifest.layers.enumerated() {
            item.objects.append(
                layer(
                    descriptor, diffID: isPaired ? diffIDs[position] : nil,
                    isPaired ? instructions[position] : nil))
        }
        return item
    }

    private func item(of manifest: Schema1Manifest, store: String) -> ItemObservation {
        var item = ItemObservation(
            store: store, kind: .image, digest: digest, mediaType: mediaType ?? MediaType.dockerSchema1.rawValue,
            platform: manifest.architecture.isEmpty
                ? candidate.platform : Platform(os: "linux", architecture: manifest.architecture),
            createdAt: Timestamp.parse(manifest.created),
            objects: [object(.manifest, digest, Int64(byteCount), mediaType)])
        for (position, digest) in manifest.layers.enumerated() {
            var layer = object(.layer, digest, sizes[digest], MediaType.dockerLayerGzip.rawValue)
            layer.instruction = manifest.instructions.indices.contains(position) ? manifest.instructions[position] : nil
            item.objects.append(layer)
        }
        return item
    }

    private func layer(_ descriptor: Descriptor, diffID: Digest?, _ instruction: String?) -> ObjectObservation {
        let type = descriptor.mediaType
        let kind: ObjectKind = type.isForeignLayer ? .foreignLayer : type.isLayer ? .layer : .blob
        var observation = object(kind, descriptor.digest, descriptor.size, type.rawValue)
        guard kind != .blob else { return observation }
        // BuildKit tells a cache layer's diffID beside it.
        let told = diffID ?? descriptor.annotations?["containerd.io/uncompressed"].flatMap { try? Digest($0) }
        observation.diffID = told
        observation.instruction = instruction ?? descriptor.annotations?["buildkit/description"]
        if type.compression == MediaType.Compression.none, told == nil || told == descriptor.digest {
            observation.diffID = descriptor.digest
            observation.uncompressedBytes = descriptor.size
        }
        return observation
    }

    private func object(_ kind: ObjectKind, _ key: Digest, _ bytes: Int64?, _ type: String?) -> ObjectObservation {
        ObjectObservation(kind: kind, key: key, bytes: bytes, mediaType: type)
    }
}

import Archive
import Foundation
import ImageModel
import Observations

extension ArchivePicture {
    /// Indexes within indexes, at most; real ones are two deep.
    private static let depthLimit = 32

    /// Reads an OCI image layout (OCI image-spec, image-layout.md). Throws when `index.json` cannot be read and there
    /// is nothing else to go by.
    mutating func addLayout() throws {
        let index: Index
        do {
            if let layout = try content.document("oci-layout") { try DocumentParser.checkLayout(layout) }
            guard let document = try content.document("index.json") else {
                throw ArchiveError(.corrupt, "is no JSON document of up to 16 MiB")
            }
            guard case .index(let parsed) = try ManifestDocument.parse(document, contentType: .ociIndex) else {
                throw ArchiveError(.corrupt, "is no index")
            }
            index = parsed
        } catch {
            let problem = ArchiveError(.corrupt, "image layout: index.json: \(error)")
            guard content.file("manifest.json") != nil else { throw problem }
            report(.images, problem.description)
            return
        }
        var unnamed: [Digest] = []
        for entry in index.manifests where visit(entry, depth: 0) {
            if let name = ArchiveName.layout(entry.annotations) {
                self.name(entry.digest, name)
            } else {
                unnamed.append(entry.digest)
            }
        }
        // What is about an image (signatures, SBOMs) lies with it; what is part of a named index needs no place.
        for digest in unnamed where !isHeld(digest) {
            let owners = items[digest]?.subject.map { repositories(holding: $0) } ?? []
            for owner in owners { hold(digest, in: owner) }
            if owners.isEmpty { hold(digest, in: untaggedRepository) }
        }
    }

    /// Reads what a descriptor of an index points at, once; whether it is here. What is missing or wrong is noted.
    @discardableResult
    mutating func visit(_ descriptor: Descriptor, depth: Int) -> Bool {
        let digest = descriptor.digest
        if items[digest] != nil { return true }
        let what = "manifest \(digest)"
        guard isSound(descriptor, .images, what) else { return false }
        guard depth < Self.depthLimit else {
            report(.images, "\(what) lies in more than \(Self.depthLimit) indexes within each other")
            return false
        }
        do {
            guard let text = try content.document(ArchiveContent.blobPath(digest)) else {
                return addUnknown(descriptor)
            }
            let type = descriptor.mediaType
            let isManifest = type.isManifest || type.isIndex || type.isSchema1
            let document: ManifestDocument
            do {
                document = try ManifestDocument.parse(text, contentType: isManifest ? type : nil)
            } catch {
                if !isManifest { return addUnknown(descriptor) }
                throw error
            }
            documents.append(StoredDocument(digest: digest, mediaType: type.rawValue, content: text))
            switch document {
            case .manifest(let manifest): addManifest(manifest, descriptor)
            case .index(let index): addIndex(index, descriptor, depth: depth)
            case .schema1(let manifest): addSchema1(manifest, descriptor)
            }
            return true
        } catch {
            report(.images, "\(what): \(error)")
            return false
        }
    }

    /// Content that an index lists and that is no manifest: it takes its bytes all the same.
    private mutating func addUnknown(_ descriptor: Descriptor) -> Bool {
        add(
            ItemObservation(
                kind: .artifact, digest: descriptor.digest, mediaType: descriptor.mediaType.rawValue,
                artifactType: descriptor.artifactType, annotations: descriptor.annotations ?? [:],
                objects: [object(descriptor, kind: .blob)]))
        return true
    }

    private func document(_ descriptor: Descriptor, kind: ObjectKind) -> ObjectObservation {
        ObjectObservation(
            kind: kind, key: descriptor.digest, bytes: descriptor.size, mediaType: descriptor.mediaType.rawValue)
    }

    private mutating func addIndex(_ index: Index, _ descriptor: Descriptor, depth: Int) {
        var item = ItemObservation(
            kind: .index, digest: descriptor.digest, mediaType: descriptor.mediaType.rawValue,
            artifactType: index.artifactType, subject: index.subject?.digest, annotations: index.annotations ?? [:],
            objects: [document(descriptor, kind: .index)])
        if index.isBuildKitCache {
            item.kind = .cache
            for entry in index.manifests {
                item.objects.append(
                    entry.mediaType == .buildKitCache
                        ? object(entry, kind: .configuration) : object(entry, kind: .layer))
            }
            item.objects.sort { $0.kind == .configuration && $1.kind == .layer }
            add(item)
            return
        }
        var absent: [Descriptor] = []
        for child in index.manifests {
            let isHere = content.file(ArchiveContent.blobPath(child.digest)) != nil
            if !isHere { absent.append(child) }
            let isPresent = isHere && visit(child, depth: depth + 1)
            if isPresent, let attested = child.attestedManifest, let subject = try? Digest(attested) {
                if items[child.digest]?.subject == nil { items[child.digest]?.subject = subject }
            }
            item.children.append(
                ChildObservation(digest: child.digest, platform: child.platform, isPresent: isPresent))
        }
        if absent.count == index.manifests.count, let first = absent.first {
            report(.images, "index \(descriptor.digest): none of its manifests is in the archive (\(first.digest) …)")
        } else {
            absentChildren += absent.count
        }
        add(item)
    }

    private mutating func addManifest(_ manifest: Manifest, _ descriptor: Descriptor) {
        let kind = manifest.kind
        var item = ItemObservation(
            kind: ItemKind(kind), digest: descriptor.digest, mediaType: descriptor.mediaType.rawValue,
            artifactType: manifest.artifactType, imageID: kind == .image ? manifest.config.digest : nil,
            platform: descriptor.platform, subject: manifest.subject?.digest, annotations: manifest.annotations ?? [:])
        item.objects.append(document(descriptor, kind: .manifest))
        item.objects.append(object(manifest.config, kind: .configuration))
        var configuration: ImageConfiguration?
        if kind == .image { configuration = readConfiguration(of: &item, manifest.config) }
        let diffIDs = configuration?.rootfs.diffIDs ?? []
        let isAligned = diffIDs.count == manifest.layers.count
        if configuration != nil && !isAligned {
            report(
                .images,
                "image \(descriptor.digest) has \(manifest.layers.count) layers, but its configuration \(diffIDs.count)"
            )
        }
        let instructions = configuration?.layerInstructions ?? []
        for (position, layer) in manifest.layers.enumerated() {
            let isLayer = layer.mediaType.isLayer && (kind == .image || kind == .cache)
            item.objects.append(
                object(
                    layer, kind: isLayer ? .layer : .blob, diffID: isAligned ? diffIDs[position] : nil,
                    instruction: isAligned ? instructions[position] : nil))
        }
        add(item)
    }

    /// Reads an image's configuration into its item. Nil when it is missing or wrong, which is noted.
    private mutating func readConfiguration(
        of item: inout ItemObservation, _ descriptor: Descriptor
    ) -> ImageConfiguration? {
        guard facts[descriptor.digest]?.isSound == true else { return nil }
        do {
            guard let text = try content.document(ArchiveContent.blobPath(descriptor.digest)) else {
                throw ArchiveError(.corrupt, "is no JSON document of up to 16 MiB")
            }
            let configuration = try DocumentParser.configuration(text)
            item.fill(from: configuration, text: text)
            return configuration
        } catch {
            report(.images, "configuration \(descriptor.digest): \(error)")
            return nil
        }
    }

    private mutating func addSchema1(_ manifest: Schema1Manifest, _ descriptor: Descriptor) {
        var item = ItemObservation(
            kind: .image, digest: descriptor.digest, mediaType: descriptor.mediaType.rawValue,
            platform: descriptor.platform ?? Platform(os: "linux", architecture: manifest.architecture),
            createdAt: Timestamp.parse(manifest.created), objects: [document(descriptor, kind: .manifest)])
        for (layer, instruction) in zip(manifest.layers, manifest.instructions) {
            // Schema 1 tells no sizes: what lies here is what counts.
            let bytes = content.file(ArchiveContent.blobPath(layer))?.measure.bytes ?? 0
            let pointer = Descriptor(mediaType: .dockerLayerGzip, digest: layer, size: bytes)
            item.objects.append(object(pointer, kind: .layer, instruction: instruction))
        }
        add(item)
    }
}

extension ItemKind {
    init(_ kind: Manifest.Kind) {
        switch kind {
        case .image: self = .image
        case .attestation: self = .attestation
        case .cache: self = .cache
        case .artifact: self = .artifact
        }
    }
}

extension ItemObservation {
    /// Takes what an image's configuration says.
    mutating func fill(from configuration: ImageConfiguration, text: Data) {
        platform = configuration.platform
        createdAt = Timestamp.parse(configuration.created)
        labels = configuration.labels
        self.configuration = String(decoding: text, as: UTF8.self)
    }
}

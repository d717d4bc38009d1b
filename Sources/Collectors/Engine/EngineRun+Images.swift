import ImageModel
import Observations

extension EngineRun {
    /// Records images, names and layers.
    func record(_ catalog: EngineCatalog, _ sizes: LayerSizes, into report: inout EngineReport) async throws {
        let listings = catalog.readListings
        var layers = LayerTable(sizes, isTar: session.isPodman)
        let withChildren = Set(catalog.listings.compactMap(\.parent))
        var items: [Digest: ItemObservation] = [:]
        var holdings: [HoldingObservation] = []
        var references: [ReferenceObservation] = []
        var names = NameTable()
        for listing in listings {
            guard let entry = catalog.entries[listing.id] else { continue }
            let isIntermediate =
                listing.tags.isEmpty && listing.digests.isEmpty && withChildren.contains(listing.id)
            for image in entry.images where items[image.digest] == nil {
                items[image.digest] = layers.item(image, isIntermediate: isIntermediate)
            }
            for other in entry.others where items[other.digest] == nil { items[other.digest] = other }
            if let index = entry.index, items[index.digest] == nil { items[index.digest] = index }
            let top = entry.index?.digest ?? entry.images.first?.digest ?? entry.others.first?.digest
            guard let top else { continue }
            let children = (entry.index?.children ?? []).filter(\.isPresent).map(\.digest)
            // An intermediate goes with the images built from it, and keeps nothing alive: `docker rmi` removes it, and
            // no figure of Docker counts it. It is seen, and not held.
            guard !isIntermediate else { continue }
            let own = names.names(of: listing)
            for repository in own.repositories {
                for item in [top] + children { holdings.append(HoldingObservation(repository: repository, item: item)) }
            }
            references += own.references(to: top)
        }
        for listing in catalog.listings where catalog.failures[listing.id] != nil {
            names.markIncomplete(listing)
        }
        let repositories = names.observations
        try await record(repositories.map { .repository($0) })
        report.items = Set(items.keys)
        try await record(items.values.sorted { $0.digest < $1.digest }.map { .item($0) })
        try await record(
            Set(holdings).sorted { ($0.repository, $0.item) < ($1.repository, $1.item) }.map { .holding($0) })
        try await record(references.map { .reference($0) })
        report.add(
            AspectStatus(
                aspect: Aspect.repositories, outcome: .complete, seen: repositories.count, expected: repositories.count)
        )
        report.add(Self.imageStatus(catalog, seen: listings.count))
        report.add(layers.status)
    }

    private static func imageStatus(_ catalog: EngineCatalog, seen: Int) -> AspectStatus {
        let failures = catalog.failures.sorted { $0.key < $1.key }
        guard let first = failures.first else {
            return AspectStatus(aspect: "images", outcome: .complete, seen: seen, expected: seen)
        }
        return AspectStatus(
            aspect: "images", outcome: .incomplete, seen: seen, expected: seen + failures.count,
            detail: "\(failures.count) of \(seen + failures.count) images could not be read; "
                + "\(first.key.short): \(first.value.detail)",
            hint: first.value.hint.isEmpty ? "collect again" : first.value.hint)
    }
}

/// Layers as objects, with what all images together tell of them.
struct LayerTable {
    private var bytes: [Digest: Int64]
    private var instructions: [Digest: String] = [:]
    private var layersOfImage: [Digest: [LayerAlignment.Layer]] = [:]
    private var seen: Set<Digest> = []
    private let isTar: Bool

    /// - Parameter isTar: whether the bytes are those of the layer's tar (Podman) and not of its files (Docker).
    init(_ sizes: LayerSizes, isTar: Bool) {
        bytes = sizes.bytes
        self.isTar = isTar
        for (image, layers) in zip(sizes.images, sizes.layers) {
            layersOfImage[image.digest] = layers
            for (layer, chainID) in zip(layers, image.chain) where instructions[chainID] == nil {
                guard let step = layer.step, !image.history[step].instruction.isEmpty else { continue }
                instructions[chainID] = image.history[step].instruction
            }
        }
    }

    mutating func item(_ image: EngineImage, isIntermediate: Bool) -> ItemObservation {
        let layers = layersOfImage[image.digest] ?? []
        var objects: [ObjectObservation] = []
        if image.isUnpacked {
            for (position, (diffID, chainID)) in zip(image.diffIDs, image.chain).enumerated() {
                seen.insert(chainID)
                let step = layers.indices.contains(position) ? layers[position].step : nil
                let own = step.map { image.history[$0].instruction } ?? ""
                objects.append(
                    ObjectObservation(
                        space: .snapshot, kind: .layer, key: chainID, bytes: bytes[chainID], diffID: diffID,
                        uncompressedBytes: isTar ? bytes[chainID] : nil,
                        instruction: own.isEmpty ? instructions[chainID] : own))
            }
        }
        return ItemObservation(
            kind: .image, digest: image.digest, mediaType: image.mediaType, imageID: image.imageID,
            platform: image.platform, createdAt: image.createdAt, labels: image.labels, objects: objects,
            configuration: image.configuration(layers), parent: image.parent, isIntermediate: isIntermediate)
    }

    /// Whether the bytes of every layer are known.
    var status: AspectStatus {
        let unknown = seen.count { bytes[$0] == nil }
        guard unknown > 0 else {
            return AspectStatus(aspect: "layers", outcome: .complete, seen: seen.count, expected: seen.count)
        }
        return AspectStatus(
            aspect: "layers", outcome: .incomplete, seen: seen.count - unknown, expected: seen.count,
            detail: "the engine's history does not tell the bytes of \(unknown) layers",
            hint: "collect on the engine's own machine, as a user who can read its data folder")
    }
}

import Archive
import Foundation
import ImageModel
import Observations

/// What an archive holds, put together from its files: items, who holds them, and what is wrong. A pure computation
/// over what was read.
struct ArchivePicture {
    /// What the collection looked at, and where something was wrong.
    enum Part {
        case images
        case layers
    }

    /// One blob or file, verified once, whoever names it.
    struct Fact {
        var bytes: Int64?
        var diffID: Digest?
        var uncompressedBytes: Int64?
        var isForeign = false
        var isSound = true
    }

    let content: ArchiveContent
    private(set) var product = ""
    private(set) var order: [Digest] = []
    var items: [Digest: ItemObservation] = [:]
    /// Manifests and indexes, for the document store.
    var documents: [StoredDocument] = []
    private(set) var holdings: [String: Set<Digest>] = [:]
    private(set) var references: [ArchiveName: Digest] = [:]
    private var problems: [Part: [String]] = [:]
    var facts: [Digest: Fact] = [:]
    /// Layers and blobs that some item lists.
    var listedLayers: Set<Digest> = []
    /// Manifests that an index lists and the archive does not hold, beside others that it does.
    var absentChildren = 0
    /// The items of images, by image ID: the first of each.
    private(set) var itemsByImageID: [Digest: Digest] = [:]
    /// Manifests among the blobs that nothing leads to, by the configuration they name; made when first asked for.
    var loose: [Digest: Descriptor]?

    /// Reads the picture out of an archive. Throws ``ArchiveError`` when it holds no image at all.
    init(_ content: ArchiveContent) throws {
        self.content = content
        let isLayout = content.file("index.json") != nil
        let isDockerArchive = content.file("manifest.json") != nil
        if isLayout { try addLayout() }
        if isDockerArchive { try addDockerArchive(isLayout: isLayout) }
        if !isLayout && !isDockerArchive { try addVersion1() }
        product =
            switch (isLayout, isDockerArchive) {
            case (true, true): "docker save, OCI image layout"
            case (true, false): "OCI image layout"
            case (false, true): "docker archive"
            case (false, false): "docker save, version 1"
            }
        if let damage = content.damage { report(.images, "reading stopped: \(damage)") }
        if !content.refused.isEmpty {
            report(.images, "paths that lead outside were passed over: \(content.refused.joined(separator: ", "))")
        }
    }

    /// Notes what is wrong with a part.
    mutating func report(_ part: Part, _ text: String) { problems[part, default: []].append(text) }

    /// Adds an item, once.
    mutating func add(_ item: ItemObservation) {
        guard items[item.digest] == nil else { return }
        order.append(item.digest)
        items[item.digest] = item
        if let imageID = item.imageID, itemsByImageID[imageID] == nil { itemsByImageID[imageID] = item.digest }
    }

    /// A repository holds an item, and with it the children that are here.
    mutating func hold(_ digest: Digest, in repository: String) {
        guard let item = items[digest], holdings[repository, default: []].insert(digest).inserted else { return }
        for child in item.children where child.isPresent { hold(child.digest, in: repository) }
    }

    /// Whether any repository holds the item.
    func isHeld(_ digest: Digest) -> Bool { holdings.values.contains { $0.contains(digest) } }

    /// The repositories that hold an item.
    func repositories(holding digest: Digest) -> [String] {
        holdings.filter { $0.value.contains(digest) }.keys.sorted()
    }

    /// A name points at an item. A name that points elsewhere already is left there, and that is noted.
    mutating func name(_ digest: Digest, _ name: ArchiveName) {
        hold(digest, in: name.repository)
        if let other = references[name] {
            if other != digest {
                report(
                    .images, "\(quoted(name.repository + ":" + name.name)) names \(other.short) and \(digest.short)")
            }
        } else {
            references[name] = digest
        }
    }

    /// Everything seen, in an order that is the same each time.
    var observations: [Observation] {
        let isComplete = content.damage == nil && problems[.images] == nil
        var seen: [Observation] = holdings.keys.sorted().map {
            .repository(RepositoryObservation(name: $0, isComplete: isComplete))
        }
        seen += order.compactMap { items[$0] }.map { .item($0) }
        for (repository, digests) in holdings.sorted(by: { $0.key < $1.key }) {
            seen += digests.sorted().map { .holding(HoldingObservation(repository: repository, item: $0)) }
        }
        seen += references.map { name, item in
            ReferenceObservation(repository: name.repository, kind: name.kind, name: name.name, item: item)
        }
        .sorted { ($0.repository, $0.kind.rawValue, $0.name) < ($1.repository, $1.kind.rawValue, $1.name) }
        .map { .reference($0) }
        seen.append(.reportedFigure(archiveFigure))
        return seen
    }

    private var archiveFigure: ReportedFigure {
        let packed = content.packing == .none ? "" : " It is packed with \(content.packing.rawValue)."
        return ReportedFigure(
            name: "archive_bytes", bytes: content.storedBytes,
            note: "The archive as a whole, with tar headers, padding, its own listings, and files that no image uses."
                + " The same layer may lie in it twice." + packed)
    }

    /// How far the collection got.
    var aspects: [AspectStatus] {
        let damage = content.damage.map { "reading stopped: \($0)" }
        let hint = "write the archive again and compare; a part of it is missing or was changed"
        let images = items.values.count { $0.kind == .image }
        let sound = listedLayers.count { facts[$0]?.isSound == true }
        var aspects = [
            AspectStatus(
                aspect: Aspect.repositories, outcome: damage == nil ? .complete : .incomplete, seen: holdings.count,
                detail: damage ?? "", hint: damage == nil ? "" : hint),
            AspectStatus(
                aspect: "images", outcome: problems[.images] == nil ? .complete : .incomplete, seen: images,
                expected: problems[.images] == nil ? images : nil, detail: detail(.images),
                hint: problems[.images] == nil ? "" : hint),
            AspectStatus(
                aspect: "layers", outcome: problems[.layers] == nil ? .complete : .incomplete, seen: sound,
                expected: listedLayers.count, detail: detail(.layers), hint: problems[.layers] == nil ? "" : hint),
        ]
        if absentChildren > 0 {
            aspects.append(
                AspectStatus(
                    aspect: "platforms", outcome: .notAvailable, seen: 0, expected: absentChildren,
                    detail: "\(absentChildren) manifests that an index lists are not in the archive",
                    hint: "an archive of one platform lacks the others; save all platforms to see them"))
        }
        return aspects
    }

    private func detail(_ part: Part) -> String {
        guard let all = problems[part] else { return "" }
        let more = all.count > 5 ? "; and \(all.count - 5) more" : ""
        return all.prefix(5).joined(separator: "; ") + more
    }
}

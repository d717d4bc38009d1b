import Figures
import Foundation
import Reporting

/// A storage report over example images. The figures are counted here in the plainest way, for the report counts none.
struct ExampleReport {
    var images: [ExampleImage]
    private var bytes: [String: Int64] = [:]
    private var imagesOf: [String: Set<Int>] = [:]
    private var instruction: [String: String] = [:]

    init(_ images: [ExampleImage]) {
        self.images = images
        for (index, image) in images.enumerated() {
            for layer in image.layers {
                bytes[layer.digest] = layer.bytes
                imagesOf[layer.digest, default: []].insert(index)
                instruction[layer.digest] = instruction[layer.digest] ?? InstructionText.plain(layer.instruction)
            }
        }
    }

    var report: StorageReport {
        let stored = bytes.values.reduce(0, +)
        let apparent = images.reduce(Int64(0)) { $0 + Set($1.layers.map(\.digest)).reduce(0) { $0 + (bytes[$1] ?? 0) } }
        let single = imagesOf.filter { $0.value.count == 1 }.keys.reduce(Int64(0)) { $0 + (bytes[$1] ?? 0) }
        let ratio = stored > 0 ? Double(apparent) / Double(stored) : 0
        let percent = RatioFormat.percent(single, of: stored) ?? "–"
        let repositories = usage("repository", \.repository)
        let namespaces = usage("namespace") {
            $0.repository.split(separator: "/").dropLast().first.map(String.init) ?? "<none>"
        }
        let dangling = dangling
        let waste = dangling.rows.reduce(Int64(0)) { $0 + ($1[4].integer ?? 0) }
        let scope = StorageReport.Scope(
            id: "stored", title: "Registries, bytes as stored", sources: ["docker.io/library"],
            keyFigures: [
                .init("stored_bytes", "Stored", .integer(stored), .bytes, note: "compressed, each layer once"),
                .init(
                    "apparent_bytes", "Without sharing", .integer(apparent), .bytes,
                    note: "\(RatioFormat.decimals(ratio)) times as much"),
                .init(
                    "single_image_bytes", "Held by one image", .integer(single), .bytes, note: "\(percent) of stored"),
                .init("waste_bytes", "Waste", .integer(waste), .bytes, note: "\(dangling.rows.count) without a tag"),
                .init(
                    "images", "Images", .integer(Int64(images.count)), .count,
                    note: "in \(PageText.counted(Int64(repositories.rows.count), "repository", "repositories"))"),
                .init("layers", "Layers", .integer(Int64(bytes.count)), .count, note: "distinct"),
            ],
            usage: [.init(by: "repository", table: repositories), .init(by: "namespace", table: namespaces)],
            referenceCounts: referenceCounts, topLayers: topLayers, layerTree: tree,
            sharing: matrix(repositories), duplicates: duplicates,
            waste: wasteTable(dangling, waste), dangling: dangling, images: imageTable,
            cleanup: cleanup(bytes, imagesOf))
        let generated = Date(timeIntervalSince1970: 1_517_214_480)
        return StorageReport(
            title: "Storage report", generatedAt: generated, coverage: Self.coverage(generated, images.count),
            scopes: [scope], buildCache: buildCache,
            checks: [
                .init(
                    name: "sum of fair_share_bytes = stored_bytes", scope: "docker.io/library", left: stored,
                    right: repositories.totals["fair_share_bytes"]?.integer ?? -1, outcome: .holds),
                .init(
                    name: "exclusive_bytes + shared_bytes = stored_bytes", scope: "docker.io/library", left: stored,
                    right: stored, outcome: .holds),
                .init(
                    name: "sum by reference_count = stored_bytes", scope: "docker.io/library",
                    left: referenceCounts.reduce(0) { $0 + $1.bytes }, right: stored, outcome: .holds),
            ])
    }

    static func coverage(_ time: Date, _ images: Int) -> Coverage {
        Coverage(sources: [
            .init(
                name: "docker.io/library", kind: "registry", location: "https://registry-1.docker.io",
                product: "distribution", bytesAre: "stored", collectedAt: time,
                aspects: [
                    .init(name: "repositories", outcome: "complete", seen: 72),
                    .init(name: "tags", outcome: "complete", seen: 2001),
                    .init(
                        name: "manifests", outcome: "incomplete", seen: Int64(images), expected: Int64(images + 3),
                        detail: "3 manifests answered 429 until the time ran out.",
                        hint: "Collect again in an hour, or log in for a higher rate limit."),
                    .init(
                        name: "untagged manifests", outcome: "not_available",
                        detail: "This API does not show them."),
                ])
        ])
    }

    private func usage(_ by: String, _ key: (ExampleImage) -> String) -> Table {
        var members: [String: Set<Int>] = [:]
        for (index, image) in images.enumerated() { members[key(image), default: []].insert(index) }
        var holders: [String: Set<String>] = [:]
        for (group, indices) in members {
            for index in indices {
                for layer in images[index].layers { holders[layer.digest, default: []].insert(group) }
            }
        }
        var groups: [String: (stored: Int64, exclusive: Int64, fair: Int64)] = [:]
        for (digest, names) in holders {
            let size = bytes[digest] ?? 0
            // Any rule that hands out the remainder keeps the sum; reports do not care which.
            for (place, name) in names.sorted().enumerated() {
                let part = size / Int64(names.count) + (Int64(place) < size % Int64(names.count) ? 1 : 0)
                groups[name, default: (0, 0, 0)].stored += size
                groups[name, default: (0, 0, 0)].exclusive += names.count == 1 ? size : 0
                groups[name, default: (0, 0, 0)].fair += part
            }
        }
        var table = Table(
            name: "usage_by_\(by)",
            columns: [
                .init(by, .text), .init("images", .count), .init("apparent_bytes", .bytes),
                .init("stored_bytes", .bytes),
                .init("exclusive_bytes", .bytes), .init("shared_bytes", .bytes), .init("fair_share_bytes", .bytes),
            ])
        for (name, indices) in members.sorted(by: { $0.key < $1.key }) {
            let group = groups[name] ?? (0, 0, 0)
            let apparent = indices.reduce(Int64(0)) { $0 + images[$1].layers.reduce(0) { $0 + $1.bytes } }
            table.rows.append([
                .text(name), .integer(Int64(indices.count)), .integer(apparent), .integer(group.stored),
                .integer(group.exclusive), .integer(group.stored - group.exclusive), .integer(group.fair),
            ])
        }
        table.totals = [
            "images": .integer(Int64(images.count)), "stored_bytes": .integer(bytes.values.reduce(0, +)),
            "fair_share_bytes": .integer(groups.values.reduce(0) { $0 + $1.fair }),
        ]
        return table
    }

    private var referenceCounts: [ReferenceBucket] {
        let limits: [(Int64, Int64?)] = [(1, 1), (2, 2), (3, 5), (6, 20), (21, nil)]
        return limits.map { from, through in
            let digests = imagesOf.filter { $0.value.count >= from && $0.value.count <= through ?? .max }.keys
            return ReferenceBucket(
                from: from, through: through, objects: Int64(digests.count),
                bytes: digests.reduce(0) { $0 + (bytes[$1] ?? 0) })
        }
    }

    private var topLayers: Table {
        var table = Table(
            name: "layers",
            columns: [
                .init("digest", .digest), .init("bytes", .bytes), .init("images", .count),
                .init("repositories", .count), .init("instruction", .text), .init("saved_bytes", .bytes),
            ])
        let saved = bytes.map { ($0.key, $0.value * Int64((imagesOf[$0.key]?.count ?? 1) - 1)) }
        for (digest, saving) in saved.sorted(by: { ($0.1, $0.0) > ($1.1, $1.0) }).prefix(100) {
            let holders = imagesOf[digest] ?? []
            table.rows.append([
                .text(digest), .integer(bytes[digest] ?? 0), .integer(Int64(holders.count)),
                .integer(Int64(Set(holders.map { images[$0].repository }).count)), .text(instruction[digest] ?? ""),
                .integer(saving),
            ])
        }
        return table
    }

    private func matrix(_ repositories: Table) -> SharingMatrix {
        let order = repositories.rows.sorted { ($0[3].integer ?? 0) > ($1[3].integer ?? 0) }.prefix(24)
        let keys = order.compactMap { $0[0].text }
        var sets: [String: Set<String>] = [:]
        for image in images { sets[image.repository, default: []].formUnion(image.layers.map(\.digest)) }
        let shared = keys.map { row in
            keys.map { column in
                (sets[row] ?? []).intersection(sets[column] ?? []).reduce(Int64(0)) { $0 + (bytes[$1] ?? 0) }
            }
        }
        return SharingMatrix(groups: keys.indices.map { UInt32($0) }, keys: keys, sharedBytes: shared)
    }

    private var dangling: Table {
        var table = Table(
            name: "dangling",
            columns: [
                .init("kind", .text), .init("source", .text), .init("repository", .text), .init("digest", .digest),
                .init("exclusive_bytes", .bytes), .init("reason", .text),
            ])
        for (index, image) in images.enumerated() where image.tags.isEmpty {
            let alone = image.layers.filter { imagesOf[$0.digest] == [index] }.reduce(Int64(0)) { $0 + $1.bytes }
            table.rows.append([
                .text("untagged"), .text("docker.io/library"), .text(image.repository), .text(image.digest),
                .integer(alone), .text("no tag reaches this manifest"),
            ])
        }
        return table
    }

    /// The two largest layers, as if each were kept under a second digest.
    private var duplicates: Table {
        let largest = bytes.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(2)
        return Table(
            name: "duplicates",
            columns: [
                .init("source", .text), .init("diff_id", .digest), .init("copies", .count), .init("bytes", .bytes),
                .init("duplicate_bytes", .bytes), .init("digests", .list), .init("instruction", .text),
            ],
            rows: largest.map { digest, size in
                let other = "sha256:" + String(digest.reversed().prefix(64))
                return [
                    .text("docker.io/library"), .text(digest), .integer(2), .integer(size * 2), .integer(size),
                    .list([digest, other]), .text(instruction[digest] ?? ""),
                ]
            })
    }

    private func wasteTable(_ dangling: Table, _ bytes: Int64) -> Table {
        Table(
            name: "waste",
            columns: [
                .init("kind", .text), .init("items", .count), .init("exclusive_bytes", .bytes),
                .init("stored_bytes", .bytes),
            ],
            rows: dangling.rows.isEmpty
                ? [] : [[.text("untagged"), .integer(Int64(dangling.rows.count)), .integer(bytes), .integer(bytes)]])
    }

    private var imageTable: Table {
        let times = ISO8601DateFormatter()
        var table = Table(
            name: "images",
            columns: [
                .init("source", .text), .init("repository", .text), .init("tags", .list), .init("digest", .digest),
                .init("platform", .text), .init("created_at", .time), .init("layers", .count),
                .init("apparent_bytes", .bytes), .init("exclusive_bytes", .bytes), .init("shared_bytes", .bytes),
                .init("containers", .count),
            ])
        for (index, image) in images.enumerated() {
            let all = image.layers.reduce(Int64(0)) { $0 + $1.bytes }
            let alone = image.layers.filter { imagesOf[$0.digest] == [index] }.reduce(Int64(0)) { $0 + $1.bytes }
            table.rows.append([
                .text("docker.io/library"), .text(image.repository), .list(image.tags), .text(image.digest),
                .text(image.platform), image.created.flatMap(times.date).map { .time($0) } ?? .null,
                .integer(Int64(image.layers.count)), .integer(all), .integer(alone), .integer(all - alone), .null,
            ])
        }
        return table
    }
}

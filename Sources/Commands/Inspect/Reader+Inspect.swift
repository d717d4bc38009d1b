import Database
import Figures
import Foundation
import ImageModel
import Postgres
import Reporting

/// An item by its numbers in the database.
struct ItemPlace: Hashable, Sendable {
    var source: Int32
    var item: Int32
}

extension Reader {
    /// How many holders of a layer are named.
    static let holderLimit: Int32 = 5

    /// The images that a name means. The first way to read it that finds something is taken. Throws
    /// ``CommandFailure`` when a prefix or a repository means several images.
    func items(named name: ImageName, source: String?) async throws -> [ItemPlace] {
        for reading in name.readings {
            let places = try await items(reading, source)
            guard !places.isEmpty else { continue }
            var images: [ItemPlace] = []
            for place in places {
                for image in try await imagesBelow(place) where !images.contains(image) { images.append(image) }
            }
            return images
        }
        return []
    }

    private func items(_ reading: ImageName.Reading, _ source: String?) async throws -> [ItemPlace] {
        let source = PostgresValue(optional: source)
        switch reading {
        case .digest(let text):
            let digest = PostgresValue.bytea(try Digest(text).bytes)
            return try await places("by_digest", [digest, digest, source])
        case .prefix(let prefix):
            let found = try await places("by_digest", Self.range(prefix) + [source])
            return try await single(found, "\(prefix.debugDescription) begins")
        case .repositoryDigest(let repository, let text):
            let digest = try Digest(text)
            return try await places(
                "by_repository_digest", names(repository) + [.bytea(digest.bytes), .text(text), source])
        case .tag(let repository, let tag, let isStated):
            let tagged = try await places("by_tag", names(repository) + [.text(tag), source])
            if isStated || !tagged.isEmpty { return tagged }
            let held = try await places("by_repository", names(repository) + [source])
            return try await single(held, "\(repository.debugDescription) has no tag latest, and names")
        }
    }

    private func names(_ repository: String) -> [PostgresValue] {
        [.textArray(ImageName.aliases(of: repository)), .text(repository)]
    }

    /// All sha256 digests that begin with these hexadecimal digits lie between the two.
    static func range(_ prefix: String) -> [PostgresValue] {
        let count = Digest.Algorithm.sha256.byteCount * 2
        return ["0", "f"].map { digit in
            .bytea(decodeHex((prefix + String(repeating: digit, count: count - prefix.count)).utf8) ?? [])
        }
    }

    /// Places that are one image, in however many sources. Throws ``CommandFailure`` when they are several.
    private func single(_ places: [ItemPlace], _ what: String) async throws -> [ItemPlace] {
        var images: [String: InspectedImage] = [:]
        for place in places.prefix(20) {
            guard let image = try await image(at: place, withLayers: false) else { continue }
            images[image.imageID ?? image.digest] = image
        }
        guard images.count > 1 else { return places }
        let some = images.values.map { $0.tags.first ?? $0.digest }.sorted().prefix(8).joined(separator: ", ")
        throw CommandFailure(.checkFailed, "\(what) several images: \(some); say which")
    }

    private func places(_ step: String, _ parameters: [PostgresValue]) async throws -> [ItemPlace] {
        try await rows("inspect", step, parameters) {
            ItemPlace(source: try $0.int4("source_id"), item: try $0.int4("item_id"))
        }
    }

    private func imagesBelow(_ place: ItemPlace) async throws -> [ItemPlace] {
        let images = try await rows("inspect", "images_below", [.int4(place.source), .int4(place.item)]) {
            ItemPlace(source: place.source, item: try $0.int4("item_id"))
        }
        return images.isEmpty ? [place] : images
    }

    /// Names of repositories, for advice.
    func repositoryNames(source: String?) async throws -> [String] {
        try await rows("inspect", "known_names", [PostgresValue(optional: source)]) { try $0.text("name") }
    }

    /// An image with all that `inspect` shows of it; nil when it is not held any more.
    func image(at place: ItemPlace, withLayers: Bool = true) async throws -> InspectedImage? {
        let found = try await rows("inspect", "image", [.int4(place.source), .int4(place.item)]) {
            try InspectedImage($0)
        }
        guard var image = found.first, withLayers else { return found.first }
        image.layers = try await rows(
            "inspect", "layers", [.int4(place.source), .int4(place.item), .int4(Self.holderLimit)]
        ) { try InspectedImage.Layer($0) }
        return image
    }
}

extension PostgresValue {
    init(optional text: String?) { self = text.map { .text($0) } ?? .null }
}

extension InspectedImage {
    init(_ row: PostgresRow) throws {
        let names = ["apparent_bytes", "stored_bytes", "exclusive_bytes", "shared_bytes", "fair_share_bytes"]
        let isEngine = try row.text("source_kind") == "engine"
        let digest = try row.text("digest")
        let repositories = try row.textArray("repositories")
        let imageID = try row.optionalText("image_id")
        let known = try row.textArray("known_digests").map { name in
            // An engine's name by digest may have the repository in it already.
            name.split(separator: "@").count == 3
                ? String(name[name.index(after: name.firstIndex(of: "@") ?? name.startIndex)...]) : name
        }
        self.init(
            source: try row.text("source"), digest: digest, imageID: imageID,
            kind: try row.text("kind"), platform: try row.optionalText("platform"),
            createdAt: try row.optionalTimestamptz("created_at"), tags: try row.textArray("tags"),
            digests: known
                + (isEngine || digest == imageID
                    ? [] : repositories.filter { $0 != "<none>" }.map { "\($0)@\(digest)" }),
            repositories: repositories, containers: isEngine ? try row.int8("containers") : nil,
            waste: try row.optionalText("waste"),
            figures: try names.map { ($0, .integer(try row.int8($0))) }
                + [("unknown_objects", .integer(try row.int8("unknown_objects")))],
            configuration: try row.optionalText("configuration").map { try JSONValue.parse($0) }, layers: [])
    }
}

extension InspectedImage.Layer {
    init(_ row: PostgresRow) throws {
        let images = try row.int8("images")
        let holders = try row.textArray("holders")
        self.init(
            digest: try row.text("digest"), diffID: try row.optionalText("diff_id"),
            bytes: try row.optionalInt8("bytes"),
            uncompressedBytes: try row.optionalInt8("uncompressed_bytes"),
            instruction: try row.optionalText("instruction"), images: images, holders: holders,
            unnamedHolders: max(0, images - 1 - Int64(holders.count)),
            otherSources: try row.textArray("other_sources"))
    }
}

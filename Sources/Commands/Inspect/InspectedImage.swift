import Figures
import Foundation
import Reporting

/// One image of one source, with everything that `inspect` shows of it.
struct InspectedImage {
    /// A layer of the image, base first.
    struct Layer {
        /// The object's key in its source: a blob's digest or a chainID.
        var digest: String
        var diffID: String?
        /// Null when it cannot be known.
        var bytes: Int64?
        var uncompressedBytes: Int64?
        var instruction: String?
        /// Distinct images of the source that hold the layer.
        var images: Int64
        /// Names of other images of the source that hold it: a few.
        var holders: [String]
        /// How many more images hold it.
        var unnamedHolders: Int64 = 0
        /// Other sources that keep the same content, by diffID.
        var otherSources: [String] = []
    }

    var source: String
    var digest: String
    var imageID: String?
    var kind: String
    var platform: String?
    var createdAt: Date?
    /// `repository:tag`
    var tags: [String]
    /// `repository@digest`
    var digests: [String]
    var repositories: [String]
    /// Containers of the engine that use it; nil in a source that has none.
    var containers: Int64?
    /// The kind of waste that it is; nil when it is none.
    var waste: String?
    /// The byte figures by name, in the order of the view.
    var figures: [(name: String, value: Value)]
    /// The image's configuration document; nil when there is none.
    var configuration: JSONValue?
    var layers: [Layer]

    /// The document that `docker inspect` gives, from the stored configuration (Engine API, `ImageInspect`), followed
    /// by our own figures under their own names.
    var document: JSONValue {
        .object(dockerMembers + ownMembers)
    }

    /// Containers are known of engines alone.
    var isOfEngine: Bool { containers != nil }

    /// The image as a row of a JSON listing: our own members, and docker's document as one of them.
    var row: JSONValue {
        .object(ownMembers + [.init("tags", .list(tags.map { .text($0) })), .init("inspect", .object(dockerMembers))])
    }

    private var dockerMembers: [JSONValue.Member] {
        let configuration = configuration ?? .object([])
        let comment = configuration["history"].flatMap { history in
            if case .list(let entries) = history { entries.last?.text("comment") } else { nil }
        }
        var members: [JSONValue.Member] = [
            .init("Id", .text(imageID ?? digest)),
            .init("RepoTags", .list(tags.map { .text($0) })),
            .init("RepoDigests", .list(digests.map { .text($0) })),
            .init("Comment", .text(comment ?? "")),
            .init("Created", configuration["created"] ?? .null),
            .init("DockerVersion", .text(configuration.text("docker_version") ?? "")),
            .init("Author", .text(configuration.text("author") ?? "")),
            .init("Config", configuration["config"] ?? .object([])),
            .init("Architecture", .text(configuration.text("architecture") ?? platformPart(1))),
        ]
        if let variant = configuration.text("variant"), !variant.isEmpty {
            members.append(.init("Variant", .text(variant)))
        }
        members.append(.init("Os", .text(configuration.text("os") ?? platformPart(0))))
        if let version = configuration.text("os.version") { members.append(.init("OsVersion", .text(version))) }
        members += [
            .init("Size", figures.first { $0.name == "apparent_bytes" }.map { JSONValue($0.value) } ?? .null),
            .init(
                "RootFS",
                .object([
                    .init("Type", .text("layers")),
                    .init("Layers", .list(layers.map { $0.diffID.map { .text($0) } ?? .null })),
                ])),
        ]
        return members
    }

    private func platformPart(_ position: Int) -> String {
        let parts = (platform ?? "").split(separator: "/")
        return position < parts.count ? String(parts[position]) : ""
    }

    private var ownMembers: [JSONValue.Member] {
        [
            .init("source", .text(source)), .init("kind", .text(kind)), .init("digest", .text(digest)),
            .init("image_id", imageID.map { .text($0) } ?? .null),
            .init("platform", platform.map { .text($0) } ?? .null),
            .init("repositories", .list(repositories.map { .text($0) })),
            .init("containers", containers.map { .integer($0) } ?? .null),
            .init("waste", waste.map { .text($0) } ?? .null),
        ] + figures.map { .init($0.name, JSONValue($0.value)) } + [
            .init("layers", .list(layers.map(\.json)))
        ]
    }
}

extension InspectedImage.Layer {
    var json: JSONValue {
        .object([
            .init("digest", .text(digest)), .init("diff_id", diffID.map { .text($0) } ?? .null),
            .init("bytes", bytes.map { .integer($0) } ?? .null),
            .init("uncompressed_bytes", uncompressedBytes.map { .integer($0) } ?? .null),
            .init("instruction", instruction.map { .text($0) } ?? .null), .init("images", .integer(images)),
            .init("holders", .list(holders.map { .text($0) })),
            .init("other_sources", .list(otherSources.map { .text($0) })),
        ])
    }
}

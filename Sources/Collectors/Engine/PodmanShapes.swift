// What libpod answers, as far as we read it (podman, pkg/domain/entities). IDs have no `sha256:`.

/// An image in `GET /libpod/images/json`.
struct PodmanImageSummary: Decodable, Sendable {
    var id: String
    var parentID: String?
    var tags: [String]?
    var digests: [String]?
    /// The manifest's digest.
    var digest: String?
    var isManifestList: Bool?

    enum CodingKeys: String, CodingKey {
        case id = "Id"
        case parentID = "ParentId"
        case tags = "RepoTags"
        case digests = "RepoDigests"
        case digest = "Digest"
        case isManifestList = "IsManifestList"
    }
}

/// `GET /libpod/system/df`, without what it tells of single images: that is known to be wrong (docs/engines.md).
struct PodmanDiskUsage: Decodable, Sendable {
    struct Container: Decodable, Sendable {
        var id: String
        var writableBytes: Int64?

        enum CodingKeys: String, CodingKey {
            case id = "ContainerID"
            case writableBytes = "RWSize"
        }
    }

    /// The bytes of everything in the image store; from Podman 4.4 on.
    var imagesBytes: Int64?
    var containers: [Container]?

    enum CodingKeys: String, CodingKey {
        case imagesBytes = "ImagesSize"
        case containers = "Containers"
    }
}

/// A container in `GET /libpod/containers/json`.
struct PodmanContainer: Decodable, Sendable {
    var id: String
    var names: [String]?
    var image: String?
    var imageID: String?
    var created: String?
    var state: String?

    enum CodingKeys: String, CodingKey {
        case id = "Id"
        case names = "Names"
        case image = "Image"
        case imageID = "ImageID"
        case created = "Created"
        case state = "State"
    }
}

import Foundation

// What the Engine API answers, as far as we read it (moby, api/docs, 1.23 to 1.55). Go writes empty lists as null, and
// leaves out what is zero, so that next to nothing is required.

/// An image in `GET /images/json`.
struct DockerImageSummary: Decodable, Sendable {
    struct Manifest: Decodable, Sendable {
        struct Size: Decodable, Sendable {
            var content: Int64?
            enum CodingKeys: String, CodingKey { case content = "Content" }
        }

        struct ImageData: Decodable, Sendable {
            struct Size: Decodable, Sendable {
                var unpacked: Int64?
                enum CodingKeys: String, CodingKey { case unpacked = "Unpacked" }
            }

            var platform: DockerPlatform?
            var size: Size?

            enum CodingKeys: String, CodingKey {
                case platform = "Platform"
                case size = "Size"
            }
        }

        struct AttestationData: Decodable, Sendable {
            var subject: String?
            enum CodingKeys: String, CodingKey { case subject = "For" }
        }

        var id: String
        var kind: String?
        var isAvailable: Bool?
        var size: Size?
        var imageData: ImageData?
        var attestationData: AttestationData?

        enum CodingKeys: String, CodingKey {
            case id = "ID"
            case kind = "Kind"
            case isAvailable = "Available"
            case size = "Size"
            case imageData = "ImageData"
            case attestationData = "AttestationData"
        }
    }

    struct Descriptor: Decodable, Sendable {
        var mediaType: String?
    }

    var id: String
    var parentID: String?
    var tags: [String]?
    var digests: [String]?
    var created: Int64?
    var labels: [String: String]?
    var descriptor: Descriptor?
    var manifests: [Manifest]?

    enum CodingKeys: String, CodingKey {
        case id = "Id"
        case parentID = "ParentId"
        case tags = "RepoTags"
        case digests = "RepoDigests"
        case created = "Created"
        case labels = "Labels"
        case descriptor = "Descriptor"
        case manifests = "Manifests"
    }
}

/// A platform, as the API writes it: OCI's keys.
struct DockerPlatform: Codable, Hashable, Sendable {
    var architecture: String?
    var os: String?
    var variant: String?
    var osVersion: String?

    enum CodingKeys: String, CodingKey {
        case architecture
        case os
        case variant
        case osVersion = "os.version"
    }
}

/// `GET /images/{name}/json`; libpod's differs in what it adds.
struct DockerImageDetail: Decodable, Sendable {
    struct RootFS: Decodable, Sendable {
        var layers: [String]?
        enum CodingKeys: String, CodingKey { case layers = "Layers" }
    }

    struct Config: Decodable, Sendable {
        var labels: [String: String]?
        enum CodingKeys: String, CodingKey { case labels = "Labels" }
    }

    /// libpod only: the configuration's own history, base first.
    struct History: Decodable, Sendable {
        var created: String?
        var createdBy: String?
        var comment: String?
        var emptyLayer: Bool?

        enum CodingKeys: String, CodingKey {
            case created
            case createdBy = "created_by"
            case comment
            case emptyLayer = "empty_layer"
        }
    }

    var id: String
    var parent: String?
    var created: String?
    var author: String?
    var architecture: String?
    var variant: String?
    var os: String?
    var osVersion: String?
    var size: Int64?
    var rootFS: RootFS?
    var config: Config?
    var history: [History]?
    var manifestType: String?

    enum CodingKeys: String, CodingKey {
        case id = "Id"
        case parent = "Parent"
        case created = "Created"
        case author = "Author"
        case architecture = "Architecture"
        case variant = "Variant"
        case os = "Os"
        case osVersion = "OsVersion"
        case size = "Size"
        case rootFS = "RootFS"
        case config = "Config"
        case history = "History"
        case manifestType = "ManifestType"
    }
}

/// An entry of `GET /images/{name}/history`, newest first.
struct DockerHistoryEntry: Decodable, Sendable {
    var id: String?
    var created: Int64?
    var createdBy: String?
    var comment: String?
    var size: Int64?

    enum CodingKeys: String, CodingKey {
        case id = "Id"
        case created = "Created"
        case createdBy = "CreatedBy"
        case comment = "Comment"
        case size = "Size"
    }
}

/// A container in `GET /containers/json`, and in `GET /system/df`.
struct DockerContainer: Decodable, Sendable {
    struct ManifestDescriptor: Decodable, Sendable { var digest: String? }

    var id: String
    var names: [String]?
    var image: String?
    var imageID: String?
    var manifest: ManifestDescriptor?
    var created: Int64?
    var state: String?
    var writableBytes: Int64?

    enum CodingKeys: String, CodingKey {
        case id = "Id"
        case names = "Names"
        case image = "Image"
        case imageID = "ImageID"
        case manifest = "ImageManifestDescriptor"
        case created = "Created"
        case state = "State"
        case writableBytes = "SizeRw"
    }
}

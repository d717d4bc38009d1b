import Foundation

/// `GET /system/df`, both shapes: lists up to 1.51, and objects with totals from 1.52 on (moby,
/// api/types/system/disk_usage.go). Absent numbers of the new shape are 0 (`omitempty`).
struct DockerDiskUsage: Decodable, Sendable {
    /// What the engine states as the bytes of all its images; nil when it states nothing.
    var layersBytes: Int64?
    var containers: [DockerContainer]
    /// Nil when the engine tells of no build cache.
    var buildCache: [DockerCacheRecord]?
    var buildCacheBytes: Int64?

    private enum CodingKeys: String, CodingKey {
        case layersSize = "LayersSize"
        case containers = "Containers"
        case buildCache = "BuildCache"
        case builderSize = "BuilderSize"
        case imageUsage = "ImageUsage"
        case containerUsage = "ContainerUsage"
        case buildCacheUsage = "BuildCacheUsage"
    }

    private struct Usage<Item: Decodable>: Decodable {
        var totalSize: Int64?
        var items: [Item]?

        enum CodingKeys: String, CodingKey {
            case totalSize = "TotalSize"
            case items = "Items"
        }
    }

    private struct Anything: Decodable {
        init(from decoder: any Decoder) throws {}
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let images = try values.decodeIfPresent(Usage<Anything>.self, forKey: .imageUsage)
        let containerUsage = try values.decodeIfPresent(Usage<DockerContainer>.self, forKey: .containerUsage)
        let cacheUsage = try values.decodeIfPresent(Usage<DockerCacheRecord>.self, forKey: .buildCacheUsage)
        layersBytes = try images.map { $0.totalSize ?? 0 } ?? values.decodeIfPresent(Int64.self, forKey: .layersSize)
        containers =
            try containerUsage?.items ?? values.decodeIfPresent([DockerContainer].self, forKey: .containers) ?? []
        if let cacheUsage {
            buildCache =
                try cacheUsage.items
                ?? values.decodeIfPresent([DockerCacheRecord].self, forKey: .buildCache) ?? []
            buildCacheBytes = cacheUsage.totalSize ?? 0
        } else if values.contains(.buildCache) {
            // Go writes an empty list as null.
            buildCache = try values.decodeIfPresent([DockerCacheRecord].self, forKey: .buildCache) ?? []
            buildCacheBytes = try values.decodeIfPresent(Int64.self, forKey: .builderSize)
        }
    }
}

/// A record of the builder's cache (moby, api/types/build/cache.go).
struct DockerCacheRecord: Decodable, Sendable {
    var id: String
    var parents: [String]
    var type: String?
    var description: String?
    var isInUse: Bool?
    var isShared: Bool?
    var size: Int64?
    var createdAt: String?
    var lastUsedAt: String?
    var usageCount: Int64?

    private enum CodingKeys: String, CodingKey {
        case id = "ID"
        case parent = "Parent"
        case parents = "Parents"
        /// So in every engine's own encoding: a slip in Go's struct tag.
        case misspeltParents = " Parents"
        case type = "Type"
        case description = "Description"
        case isInUse = "InUse"
        case isShared = "Shared"
        case size = "Size"
        case createdAt = "CreatedAt"
        case lastUsedAt = "LastUsedAt"
        case usageCount = "UsageCount"
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        id = try values.decode(String.self, forKey: .id)
        parents =
            try values.decodeIfPresent([String].self, forKey: .misspeltParents)
            ?? values.decodeIfPresent([String].self, forKey: .parents)
            // Before 1.42 there was one, and its records' names were joined by a space.
            ?? values.decodeIfPresent(String.self, forKey: .parent)?.split(separator: " ").map(String.init) ?? []
        type = try values.decodeIfPresent(String.self, forKey: .type)
        description = try values.decodeIfPresent(String.self, forKey: .description)
        isInUse = try values.decodeIfPresent(Bool.self, forKey: .isInUse)
        isShared = try values.decodeIfPresent(Bool.self, forKey: .isShared)
        size = try values.decodeIfPresent(Int64.self, forKey: .size)
        createdAt = try values.decodeIfPresent(String.self, forKey: .createdAt)
        lastUsedAt = try values.decodeIfPresent(String.self, forKey: .lastUsedAt)
        usageCount = try values.decodeIfPresent(Int64.self, forKey: .usageCount)
    }
}
